"""Substitutions over HTTP: asked for at a visit, attested, approved or turned down; and how often officers decline."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.draw.api.bodies import EvidenceIn, OpinionIn, SubstitutionIn
from services.draw.api.cursors import after_id
from services.draw.domain.fitness import UNFIT_LABELS, UnfitSeat
from services.draw.domain.substitution_request import REASON_LABELS, STATE_LABELS, Reason, SubstitutionRequest
from services.draw.usecases.decide_substitution import (
    ApproveSubstitution,
    RejectSubstitution,
    approve_substitution,
    reject_substitution,
)
from services.draw.usecases.reading_after import (
    SubstitutionQuery,
    one_substitution,
    page_of_substitutions,
    refusal_patterns,
    seats_due,
)
from services.draw.usecases.request_substitution import (
    ConfirmSubstitution,
    confirm_substitution,
    request_substitution,
)
from shared.runtime.act import Act
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Caller, Out, Page, Paging, etag, next_cursor
from shared.runtime.principal import JOINT_OFFICE, Principal

router = APIRouter(prefix="/v1", tags=["递补"])


class SubstitutionOut(Out):
    """一项递补申请。说明和佐证只有申请部门、联席会议办公室、监督机关可见。"""

    id: UUID = Field(description="申请编号")
    draw_id: UUID = Field(description="抽取编号")
    visit_id: UUID = Field(description="检查编号")
    inspector_id: UUID | None = Field(description="不能参加的人员；空表示对象需要递补")
    reason_code: str = Field(description="事由", examples=["object_not_found"])
    reason_label: str = Field(description="事由名称", examples=["通过登记的住所无法联系检查对象"])
    public_reason: str = Field(description="写入公开日志的事由", examples=["检查人员依法回避"])
    reason: str | None = Field(description="说明", examples=["登记住所无人，电话停机"])
    evidence: list[str] | None = Field(description="申请人和第二人的佐证", examples=[["照片 A-0317"]])
    state: str = Field(
        description="requested 待佐证，confirmed 待批准，applied 已递补，rejected 已驳回", examples=["requested"]
    )
    state_label: str = Field(description="状态名称", examples=["待佐证"])
    version: int = Field(description="版本", examples=[1])
    department: str = Field(description="申请部门代码", examples=["scjg"])
    requested_by: str = Field(description="申请账号", examples=["officer:inspector-007"])
    requested_at: datetime = Field(description="申请时间")
    confirmed_by: str | None = Field(description="佐证账号", examples=["officer:yjj-admin"])
    confirmed_department: str | None = Field(description="佐证部门代码", examples=["yjj"])
    confirmed_at: datetime | None = Field(description="佐证时间")
    decided_by: str | None = Field(description="批准或驳回的账号", examples=["officer:office"])
    decided_at: datetime | None = Field(description="批准或驳回时间")
    opinion: str = Field(description="驳回意见", examples=[""])
    result_version: int | None = Field(description="递补后的结果版本", examples=[1])
    substitute_visit_id: UUID | None = Field(description="递补对象的检查编号；空表示没有可递补的对象")
    new_inspector_id: UUID | None = Field(description="递补的人员；空表示没有人可以递补")

    @classmethod
    def of(cls, found: SubstitutionRequest) -> SubstitutionOut:
        """In full: for who asked, and for the office."""
        first, second, applied = found.request, found.confirmation, found.applied
        return cls(
            id=found.id,
            draw_id=found.draw_id,
            visit_id=found.visit_id,
            inspector_id=found.inspector_id,
            reason_code=found.reason_code.value,
            reason_label=REASON_LABELS[found.reason_code],
            public_reason=found.public_reason,
            reason=found.reason,
            evidence=[first.evidence, *([second.evidence] if second else [])],
            state=found.state.value,
            state_label=STATE_LABELS[found.state],
            version=found.version,
            department=found.owner_department,
            requested_by=first.by,
            requested_at=first.at,
            confirmed_by=second.by if second else None,
            confirmed_department=second.department if second else None,
            confirmed_at=second.at if second else None,
            decided_by=found.decided_by,
            decided_at=found.decided_at,
            opinion=found.opinion,
            result_version=applied.result_version if applied else None,
            substitute_visit_id=applied.substitute_visit_id if applied else None,
            new_inspector_id=applied.new_inspector_id if applied else None,
        )

    @classmethod
    def seen_by(cls, found: SubstitutionRequest, who: Principal) -> SubstitutionOut:
        """Of an officer's ground other departments see the name of the reason only (SEC33)."""
        shown = cls.of(found)
        knows = who.department == found.owner_department or JOINT_OFFICE in who.roles or who.reads_all
        return shown if knows else shown.model_copy(update={"reason": None, "evidence": None})


class RefusalPatternOut(Out):
    """一名人员因同一事由被申请递补的次数。"""

    department: str = Field(description="申请部门代码", examples=["scjg"])
    inspector_id: UUID = Field(description="人员编号")
    reason_code: str = Field(description="事由", examples=["inspector_declined"])
    reason_label: str = Field(description="事由名称", examples=["检查人员推辞"])
    asked: int = Field(description="申请次数", examples=[3])
    applied: int = Field(description="已递补次数", examples=[2])
    rejected: int = Field(description="驳回次数", examples=[0])
    last_at: datetime = Field(description="最近一次申请时间")


class RefusalPatternsOut(Out):
    """本年度的递补情况，次数多的在前。"""

    items: list[RefusalPatternOut] = Field(description="按人员和事由")


async def _run(act: Act[Any], use_case: Any, command: object, who: Principal, status: int = 200) -> Response:
    def headers(done: SubstitutionRequest) -> dict[str, str]:
        return {"ETag": etag(done.version), "Location": f"/v1/substitutions/{done.id}"}

    def shown(done: SubstitutionRequest) -> SubstitutionOut:
        return SubstitutionOut.seen_by(done, who)

    return await act.run(use_case, command, shows=shown, status=status, headers=headers)


@router.post(
    "/visits/{visit_id}/substitutions",
    status_code=201,
    response_model=SubstitutionOut,
    summary="申请递补",
    description="由检查组人员或参加部门的管理员申请；人员的递补由本人或其部门申请。须另一部门佐证、第三人批准后，"
    "才按公开的序列延续，任何人不得挑选递补者。",
)
async def create_substitution(visit_id: UUID, body: SubstitutionIn, act: CurrentAct, caller: Caller) -> Response:
    return await _run(act, request_substitution, body.command(visit_id), caller, 201)


@router.post(
    "/substitutions/{substitution_id}/confirmation",
    response_model=SubstitutionOut,
    summary="佐证递补",
    description="由另一参加部门的执法人员或管理员佐证；只有一个部门的抽取由此次抽取的见证方佐证。",
)
async def create_confirmation(substitution_id: UUID, body: EvidenceIn, act: CurrentAct, caller: Caller) -> Response:
    return await _run(act, confirm_substitution, ConfirmSubstitution(substitution_id, body.evidence), caller)


@router.post(
    "/substitutions/{substitution_id}/approval",
    response_model=SubstitutionOut,
    summary="批准递补",
    description="由发起部门或联席会议办公室的第三人批准：公布递补和新一版结果，改派检查。已披露的抽取同时披露递补对象。",
)
async def create_approval(substitution_id: UUID, act: CurrentAct, caller: Caller) -> Response:
    return await _run(act, approve_substitution, ApproveSubstitution(substitution_id), caller)


@router.post(
    "/substitutions/{substitution_id}/rejection",
    response_model=SubstitutionOut,
    summary="驳回递补",
    description="由发起部门或联席会议办公室办理，写明意见；申请留痕。",
)
async def create_rejection(substitution_id: UUID, body: OpinionIn, act: CurrentAct, caller: Caller) -> Response:
    return await _run(act, reject_substitution, RejectSubstitution(substitution_id, body.opinion), caller)


@router.get(
    "/substitutions",
    response_model=Page[SubstitutionOut],
    summary="递补申请列表",
    description="参加部门、联席会议办公室和监督机关可见，按申请先后排列。",
)
async def list_substitutions(
    work: Reading,
    caller: Caller,
    paging: Paging,
    draw: Annotated[UUID | None, Query(description="抽取编号")] = None,
    visit: Annotated[UUID | None, Query(description="检查编号")] = None,
    inspector: Annotated[UUID | None, Query(description="人员编号")] = None,
    state: Annotated[Literal["requested", "confirmed", "applied", "rejected"] | None, Query(description="状态")] = None,
) -> Page[SubstitutionOut]:
    wanted = SubstitutionQuery(draw, visit, inspector, state)
    found = await page_of_substitutions(wanted, work, paging.size + 1, after_id(paging))
    shown = [SubstitutionOut.seen_by(request, caller) for request in found[: paging.size]]
    more = next_cursor([shown[-1].id]) if len(found) > paging.size else None
    return Page[SubstitutionOut](items=shown, next=more)


@router.get(
    "/substitutions/{substitution_id}",
    response_model=SubstitutionOut,
    summary="查询递补申请",
    description="参加部门、联席会议办公室和监督机关可见。",
)
async def get_substitution(substitution_id: UUID, work: Reading, caller: Caller, response: Response) -> SubstitutionOut:
    found = await one_substitution(substitution_id, work)
    response.headers["ETag"] = etag(found.version)
    return SubstitutionOut.seen_by(found, caller)


@router.get(
    "/refusal-patterns",
    response_model=RefusalPatternsOut,
    summary="人员递补情况",
    description="本年度各人员因何事由、多少次被申请递补。本部门管理员看本部门，联席会议办公室和监督机关看全部。",
)
async def list_refusal_patterns(
    work: Reading, page_size: Annotated[int, Query(ge=1, le=200, description="最多条数")] = 100
) -> RefusalPatternsOut:
    found = await refusal_patterns(work, page_size)
    return RefusalPatternsOut(
        items=[
            RefusalPatternOut(
                department=pattern.department,
                inspector_id=pattern.inspector_id,
                reason_code=pattern.reason_code,
                reason_label=REASON_LABELS[Reason(pattern.reason_code)],
                asked=pattern.asked,
                applied=pattern.applied,
                rejected=pattern.rejected,
                last_at=pattern.last_at,
            )
            for pattern in found
        ]
    )


class UnfitSeatOut(Out):
    """一个应当递补的席位：所配备的人员不再适格。"""

    visit_id: UUID = Field(description="检查编号")
    department: str = Field(description="部门代码", examples=["scjg"])
    idx: int = Field(description="席位序号，从 0 起", examples=[0])
    inspector_id: UUID = Field(description="人员编号")
    ground: str = Field(description="原因", examples=["certificate_expired"])
    ground_label: str = Field(description="原因名称", examples=["证件有效期不到检查时段的最后一天"])

    @classmethod
    def of(cls, seat: UnfitSeat) -> UnfitSeatOut:
        return cls(
            visit_id=seat.visit_id,
            department=seat.department,
            idx=seat.idx,
            inspector_id=seat.inspector_id,
            ground=seat.ground,
            ground_label=UNFIT_LABELS.get(seat.ground, seat.ground),
        )


class UnfitSeatsOut(Out):
    """一次抽取中应当递补的席位。"""

    items: list[UnfitSeatOut] = Field(description="按检查先后")


@router.get(
    "/draws/{draw_id}/unfit-seats",
    response_model=UnfitSeatsOut,
    summary="应当递补的席位",
    description="向名录库即时核对：证件是否覆盖检查时段、是否在岗、是否仍属原部门。发起和参加部门、联席会议办公室可见。",
)
async def list_unfit_seats(draw_id: UUID, work: Reading) -> UnfitSeatsOut:
    return UnfitSeatsOut(items=[UnfitSeatOut.of(seat) for seat in await seats_due(draw_id, work)])
