"""Overrides of limits on items over HTTP (I3)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.planning.api.cursors import id_cursor
from services.planning.api.path_ids import OverrideId
from services.planning.api.words import Code, Paragraph, ReasonIn
from services.planning.domain.decisions import PROPOSAL_NAMES, ProposalState
from services.planning.domain.filters import OverrideFilter
from services.planning.domain.limit_overrides import LimitOverride, OverrideUnknown
from services.planning.domain.rules import RULE_NAMES
from services.planning.usecases.override_limit import AskOverride, DecideOverride, ask_override, decide_override
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/limit-overrides", tags=["规则"])
_EXAMPLE: JsonDict = {
    "rule": "key_item_count",
    "year": 2026,
    "limit": 12,
    "reason": "新增两项涉及公共安全的法定检查事项",
}


class LimitOverrideIn(In):
    """部门申请突破事项清单的一项上限。"""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    rule: str = Field(
        description="规则代码：key_item_count 重点检查事项数量上限，general_cap_ppm 一般检查事项比例上限",
        max_length=40,
        examples=["key_item_count"],
    )
    year: int = Field(description="清单年度", ge=2000, le=2100, examples=[2026])
    item_code: Code | None = Field(None, description="事项编码；只在突破比例上限时填写", examples=["scjg-001"])
    limit: int = Field(description="申请的上限：项数，或百万分之几", le=1_000_000, examples=[12])
    reason: Paragraph = Field(description="申请的理由", examples=["新增两项涉及公共安全的法定检查事项"])


class LimitOverrideOut(Out):
    """突破上限的一份申请。"""

    limit_override_id: UUID = Field(description="申请的编号")
    department: str = Field(description="部门代码", examples=["scjg"])
    year: int = Field(description="清单年度", examples=[2026])
    rule: str = Field(description="规则代码", examples=["key_item_count"])
    rule_name: str = Field(description="规则名称", examples=["重点检查事项数量上限"])
    item_code: str | None = Field(description="事项编码；突破数量上限的为空", examples=["scjg-001"])
    limit: int = Field(description="申请的上限：项数，或百万分之几", examples=[12])
    reason: str = Field(description="申请的理由", examples=["新增两项涉及公共安全的法定检查事项"])
    asked_at: datetime = Field(description="申请时间")
    state: str = Field(description="状态：proposed、approved、rejected", examples=["approved"])
    state_name: str = Field(description="状态名称", examples=["已批准"])
    decided_at: datetime | None = Field(description="批准或不予批准的时间")
    decision_reason: str | None = Field(description="批准或不予批准的理由", examples=["联席会议同意"])

    @classmethod
    def of(cls, one: LimitOverride) -> LimitOverrideOut:
        return cls(
            limit_override_id=one.id,
            department=one.department,
            year=one.year,
            rule=one.code.value,
            rule_name=RULE_NAMES[one.code],
            item_code=one.item_code,
            limit=one.limit,
            reason=one.reason,
            asked_at=one.asked_at,
            state=one.state.value,
            state_name=PROPOSAL_NAMES[one.state],
            decided_at=one.decision.at if one.decision else None,
            decision_reason=one.decision.reason if one.decision else None,
        )


@router.post(
    "",
    status_code=201,
    response_model=LimitOverrideOut,
    summary="申请突破上限",
    description="部门管理员写明理由，为本部门一个年度的清单申请突破重点检查事项数量上限，或一个一般检查事项的比例上限；"
    "联席会议办公室批准后，该部门该年度的清单按批准的上限检查。",
)
async def create_limit_override(body: LimitOverrideIn, act: CurrentAct) -> Response:
    command = AskOverride(body.rule, body.year, body.item_code, body.limit, body.reason)
    return await act.run(
        ask_override,
        command,
        shows=LimitOverrideOut.of,
        status=201,
        headers=lambda made: {"Location": f"/v1/limit-overrides/{made.id}"},
    )


@router.get(
    "",
    response_model=Page[LimitOverrideOut],
    summary="突破上限的申请",
    description="本部门的申请；联席会议办公室可见全部，新的在前。",
)
async def list_limit_overrides(
    work: Reading,
    paging: Paging,
    department: Annotated[str | None, Query(description="部门代码")] = None,
    year: Annotated[int | None, Query(description="清单年度", ge=2000, le=2100)] = None,
    state: Annotated[ProposalState | None, Query(description="状态")] = None,
) -> Page[LimitOverrideOut]:
    wanted = OverrideFilter(department, year, state)
    async with work:
        rows = await work.limit_overrides.page(wanted, paging.size + 1, id_cursor(paging.after))
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[LimitOverrideOut](items=[LimitOverrideOut.of(row) for row in shown], next=more)


@router.get(
    "/{limit_override_id}",
    response_model=LimitOverrideOut,
    summary="查询突破上限的申请",
    description="一份申请及其办理结果。",
)
async def get_limit_override(limit_override_id: OverrideId, work: Reading, response: Response) -> LimitOverrideOut:
    async with work:
        found = await work.limit_overrides.find(limit_override_id)
    if found is None:
        raise OverrideUnknown
    response.headers["ETag"] = etag(1 if found.decision is None else 2)
    return LimitOverrideOut.of(found)


@router.post(
    "/{limit_override_id}/approval",
    response_model=LimitOverrideOut,
    summary="批准突破上限",
    description="由联席会议办公室写明理由批准；不得批准本人提出的申请。",
)
async def create_limit_override_approval(limit_override_id: OverrideId, body: ReasonIn, act: CurrentAct) -> Response:
    return await act.run(
        decide_override, DecideOverride(limit_override_id, True, body.reason), shows=LimitOverrideOut.of
    )


@router.post(
    "/{limit_override_id}/rejection",
    response_model=LimitOverrideOut,
    summary="不予批准突破上限",
    description="由联席会议办公室写明理由，不予批准。",
)
async def create_limit_override_rejection(limit_override_id: OverrideId, body: ReasonIn, act: CurrentAct) -> Response:
    return await act.run(
        decide_override, DecideOverride(limit_override_id, False, body.reason), shows=LimitOverrideOut.of
    )
