"""Mutual recognition over HTTP (结果互认)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field, JsonValue

from services.results.api.bodies import Text
from services.results.api.cursors import after_id
from services.results.api.shown import here
from services.results.domain.recognition import Cover, Recognition
from services.results.usecases.recognise_result import (
    Candidate,
    ExcuseVisit,
    RecognitionFilter,
    RevokeRecognition,
    candidates_for,
    excuse_visit,
    page_of_recognitions,
    revoke_recognition,
)
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page, Paging, next_cursor
from shared.values.text import clean

router = APIRouter(prefix="/v1", tags=["结果互认"])
_OURS, _THEIRS = "01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058"
_RESULT = "01890a5d-ac96-774b-bcce-b302099a8201"


class CoverIn(In):
    """本部门的一个事项由对方的哪个事项代替。"""

    item_id: UUID = Field(description="本部门应检查的事项", examples=[_OURS])
    by_item_id: UUID = Field(description="互认结果中的事项", examples=[_THEIRS])


RECOGNITION_EXAMPLE: dict[str, JsonValue] = {
    "result_id": _RESULT,
    "covers": [{"item_id": _OURS, "by_item_id": _THEIRS}],
    "reason": "消防救援大队上月已检查同一事项，未发现问题",
}


class RecognitionIn(In):
    """以其他部门的检查结果代替一次检查。"""

    model_config = ConfigDict(json_schema_extra={"examples": [RECOGNITION_EXAMPLE]})

    result_id: UUID = Field(description="互认的检查结果编号（已公示）", examples=[_RESULT])
    covers: list[CoverIn] = Field(
        default_factory=list, description="事项对应；不填表示双方是同样的事项", max_length=500
    )
    reason: Text = Field(description="互认的理由", examples=["消防救援大队上月已检查同一事项，未发现问题"])


class RevocationIn(In):
    """撤销互认，恢复检查。"""

    reason: Text = Field(description="撤销的理由", examples=["所依据的检查结果已撤回"])


class CoverOut(Out):
    """事项对应。"""

    item_id: UUID = Field(description="本部门应检查的事项")
    by_item_id: UUID = Field(description="互认结果中的事项")


class RecognitionOut(Out):
    """一次互认。"""

    recognition_id: UUID = Field(description="互认编号")
    visit_id: UUID = Field(description="免去的检查编号")
    department: str = Field(description="免去检查的部门代码", examples=["SCJG"])
    entity_id: UUID = Field(description="检查对象编号")
    result_id: UUID = Field(description="所依据的检查结果编号")
    result_version: int = Field(description="所依据的公示版本", examples=[1])
    result_digest: str = Field(description="所依据公示版本的摘要（SHA-256）", examples=["9f86d081884c7d65"])
    result_department: str = Field(description="作出该结果的部门代码", examples=["XFJY"])
    concluded_on: date = Field(description="该结果形成日期", examples=["2026-03-09"])
    covers: list[CoverOut] = Field(description="事项对应")
    reason: str = Field(description="理由", examples=["消防救援大队上月已检查同一事项，未发现问题"])
    approved_by: str = Field(description="批准人账号", examples=["officer:reviewer-1"])
    approved_at: datetime = Field(description="批准时间")
    revoked_reason: str | None = Field(description="撤销的理由", examples=["所依据的检查结果已撤回"])
    revoked_at: datetime | None = Field(description="撤销时间")

    @classmethod
    def of(cls, made: Recognition) -> RecognitionOut:
        return cls(
            recognition_id=made.id,
            visit_id=made.visit_id,
            department=made.department,
            entity_id=made.entity_id,
            result_id=made.result_id,
            result_version=made.result_version,
            result_digest=made.result_digest,
            result_department=made.result_department,
            concluded_on=made.concluded_on,
            covers=[CoverOut(item_id=one.item_id, by_item_id=one.by_item_id) for one in made.covers],
            reason=made.reason,
            approved_by=made.approved_by,
            approved_at=here(made.approved_at),
            revoked_reason=made.revoked_reason,
            revoked_at=None if made.revoked_at is None else here(made.revoked_at),
        )


class ListedRecognitionOut(RecognitionOut):
    """列表中的互认。"""

    newest_version: int = Field(description="该结果现在的公示版本", examples=[1])
    is_shaken: bool = Field(description="所依据的结果已更正或撤回，需要重新决定", examples=[False])


class CandidateItemOut(Out):
    """可互认结果的一个事项。"""

    item_id: UUID = Field(description="事项编号")
    item_name: str = Field(description="事项名称", examples=["消防设施检查"])
    outcome_codes: list[str] = Field(description="检查结果代码", examples=[["1"]])


class CandidateOut(Out):
    """其他部门对同一对象的一个公示结果。"""

    result_id: UUID = Field(description="检查结果编号")
    version: int = Field(description="公示版本", examples=[1])
    department: str = Field(description="检查部门代码", examples=["XFJY"])
    entity_name: str = Field(description="检查对象名称", examples=["孟津示例食品有限公司"])
    method: str = Field(description="检查方式代码", examples=["on_site"])
    concluded_on: date = Field(description="结果形成日期", examples=["2026-03-09"])
    items: list[CandidateItemOut] = Field(description="各事项的结果")
    can_be_relied_on: bool = Field(description="今天能否据以免检", examples=[True])
    why_not: str = Field(description="不能的原因；能则为空", examples=[""])

    @classmethod
    def of(cls, found: Candidate) -> CandidateOut:
        result = found.result
        items = [
            CandidateItemOut(item_id=item.item_id, item_name=item.item_name, outcome_codes=list(item.outcome_codes))
            for item in result.items
        ]
        return cls(
            result_id=result.result_id,
            version=result.version,
            department=result.department,
            entity_name=result.entity_name,
            method=result.method,
            concluded_on=result.concluded_on,
            items=items,
            can_be_relied_on=not found.why_not,
            why_not=found.why_not,
        )


class CandidatesOut(Out):
    """同一对象的公示结果。"""

    items: list[CandidateOut] = Field(description="最近的在前")


@router.get(
    "/recognisable-results",
    response_model=CandidatesOut,
    summary="可互认的检查结果",
    description="各部门对同一检查对象的公示结果，最近的在前，并说明今天能否据以免去本部门的检查。",
)
async def list_recognisable_results(
    work: Reading, entity: Annotated[UUID, Query(description="检查对象编号")]
) -> CandidatesOut:
    return CandidatesOut(items=[CandidateOut.of(one) for one in await candidates_for(entity, work)])


@router.post(
    "/visits/{visit_id}/recognitions",
    status_code=201,
    response_model=RecognitionOut,
    summary="互认免检",
    description="法制审核人员批准以其他部门近期的公示结果代替本部门的检查；每个应检查事项都要有对应且没有发现问题。",
)
async def create_recognition(visit_id: UUID, body: RecognitionIn, act: CurrentAct) -> Response:
    covers = tuple(Cover(one.item_id, one.by_item_id) for one in body.covers)
    command = ExcuseVisit(visit_id, body.result_id, covers, clean(body.reason))
    return await act.run(excuse_visit, command, shows=RecognitionOut.of, status=201)


@router.post(
    "/recognitions/{recognition_id}/revocation",
    response_model=RecognitionOut,
    summary="撤销互认",
    description="法制审核人员批准恢复检查，例如所依据的结果已撤回或更正；互认的经过保留。",
)
async def create_recognition_revocation(recognition_id: UUID, body: RevocationIn, act: CurrentAct) -> Response:
    command = RevokeRecognition(recognition_id, clean(body.reason))
    return await act.run(revoke_recognition, command, shows=RecognitionOut.of)


@router.get(
    "/recognitions",
    response_model=Page[ListedRecognitionOut],
    summary="互认清单",
    description="本部门免去的检查，以及其他部门依据本部门结果免去的检查；`shaken=true` 为需要重新决定的。",
)
async def list_recognitions(
    work: Reading,
    paging: Paging,
    entity: Annotated[UUID | None, Query(description="检查对象编号")] = None,
    visit: Annotated[UUID | None, Query(description="检查编号")] = None,
    shaken: Annotated[bool | None, Query(description="所依据的结果是否已更正或撤回")] = None,
) -> Page[ListedRecognitionOut]:
    found = await page_of_recognitions(
        RecognitionFilter(entity, visit, shaken), work, paging.size + 1, after_id(paging)
    )
    shown = [
        ListedRecognitionOut(
            **RecognitionOut.of(one.recognition).model_dump(),
            newest_version=one.newest_version,
            is_shaken=one.recognition.revoked_at is None and one.newest_version > one.recognition.result_version,
        )
        for one in found[: paging.size]
    ]
    more = next_cursor([shown[-1].recognition_id]) if len(found) > paging.size else None
    return Page[ListedRecognitionOut](items=shown, next=more)
