"""Decisions on lists over HTTP (C3): prepared by one officer, made by another of the same department."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from services.credit.api.shapes import Instant, after_of
from services.credit.domain.list_decisions import (
    DECISION_STATE_NAMES,
    KIND_NAMES,
    Consent,
    DecisionKind,
    DecisionState,
    ListProposal,
)
from services.credit.usecases.decide_listings import (
    DecideListing,
    ProposalFilter,
    ProposeEnding,
    ProposeListing,
    decide_listing,
    propose_ending,
    propose_listing,
    read_list_proposal,
    read_list_proposals,
)
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1", tags=["名单决定"])
ProposalId = Annotated[UUID, Path(description="办理件编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])]
Text = Annotated[str, Field(min_length=1, max_length=500)]


class ConsentIn(In):
    """上级机关同意。"""

    authority: Text = Field(description="同意的机关", examples=["河南省市场监督管理局"])
    document_no: Text = Field(description="文号", examples=["豫市监信函〔2026〕31号"])


class ListingProposalIn(In):
    """列入决定。列入严重违法失信名单等须上级机关同意的，填写 consent。"""

    uscc: str = Field(description="统一社会信用代码或检查对象编号", max_length=64, examples=["91410308MXYT81MC3Y"])
    list_code: str = Field(description="名单代码", max_length=60, examples=["serious_violations"])
    ground: Text = Field(description="事由", examples=["销售不符合保障人体健康标准的产品，性质恶劣、情节严重"])
    document_no: Text = Field(description="决定文号", examples=["孟市监严列字〔2026〕3号"])
    authority: Text = Field(description="作出决定的机关", examples=["洛阳市孟津区市场监督管理局"])
    on: date = Field(description="决定日期", examples=["2026-11-20"])
    ends_on: date | None = Field(None, description="届满日（含当日），为空表示至移出为止", examples=["2029-11-19"])
    consent: ConsentIn | None = Field(None, description="上级机关同意")

    def command(self) -> ProposeListing:
        consent = None if self.consent is None else Consent(self.consent.authority, self.consent.document_no)
        return ProposeListing(
            self.uscc,
            self.list_code,
            self.ground,
            self.document_no,
            self.authority,
            self.on,
            self.ends_on,
            consent,
        )


class ListingEndingIn(In):
    """移出或撤销决定，由作出列入决定的机关办理。"""

    kind: DecisionKind = Field(description="removal 移出，annulment 撤销列入", examples=["removal"])
    reason: Text = Field(description="原因", examples=["已恢复联系，经核实情况属实"])
    document_no: Text = Field(description="决定文号", examples=["孟市监异移字〔2026〕5号"])
    authority: Text = Field(description="作出决定的机关", examples=["洛阳市孟津区市场监督管理局"])
    on: date = Field(description="决定日期，自该日起不在名单", examples=["2026-11-24"])


class ListingDecisionIn(In):
    """审定。"""

    approve: bool = Field(description="是否同意", examples=[True])
    reason: str | None = Field(None, max_length=500, description="意见，不同意时填写原因", examples=["事实清楚，同意"])


class ConsentOut(Out):
    """上级机关同意。"""

    authority: str = Field(description="同意的机关", examples=["河南省市场监督管理局"])
    document_no: str = Field(description="文号", examples=["豫市监信函〔2026〕31号"])


class ListingProposalOut(Out):
    """名单决定的办理件。"""

    proposal_id: UUID = Field(description="办理件编号")
    department: str = Field(description="办理部门", examples=["SCJG"])
    kind: DecisionKind = Field(description="种类：entry 列入，removal 移出，annulment 撤销列入", examples=["entry"])
    kind_name: str = Field(description="种类名称", examples=["列入"])
    entity_id: UUID = Field(description="检查对象编号")
    list_code: str = Field(description="名单代码", examples=["serious_violations"])
    listing_id: UUID | None = Field(description="要移出或撤销的列入记录")
    ground: str = Field(description="事由或原因", examples=["性质恶劣、情节严重"])
    document_no: str = Field(description="决定文号", examples=["孟市监严列字〔2026〕3号"])
    authority: str = Field(description="作出决定的机关", examples=["洛阳市孟津区市场监督管理局"])
    on: date = Field(description="决定日期")
    ends_on: date | None = Field(description="届满日（含当日）")
    consent: ConsentOut | None = Field(description="上级机关同意")
    state: DecisionState = Field(description="状态：open、approved、rejected", examples=["open"])
    state_name: str = Field(description="状态名称", examples=["待审定"])
    reason: str | None = Field(description="审定意见", examples=["事实清楚，同意"])
    proposed_by: str = Field(description="提出人", examples=["officer:zhang"])
    proposed_at: Instant = Field(description="提出时间")
    decided_by: str | None = Field(description="审定人", examples=["officer:li"])
    decided_at: Instant | None = Field(description="审定时间")

    @classmethod
    def of(cls, one: ListProposal) -> ListingProposalOut:
        consent = one.consent
        return cls(
            proposal_id=one.id,
            department=one.owner_department,
            kind=one.kind,
            kind_name=KIND_NAMES[one.kind],
            entity_id=one.entity_id,
            list_code=one.list_code,
            listing_id=one.listing_id,
            ground=one.ground,
            document_no=one.document_no,
            authority=one.authority,
            on=one.on,
            ends_on=one.ends_on,
            consent=consent and ConsentOut(authority=consent.authority, document_no=consent.document_no),
            state=one.state,
            state_name=DECISION_STATE_NAMES[one.state],
            reason=one.reason,
            proposed_by=one.proposed_by,
            proposed_at=one.proposed_at,
            decided_by=one.decided_by,
            decided_at=one.decided_at,
        )


@router.post(
    "/listing-proposals",
    response_model=ListingProposalOut,
    status_code=201,
    summary="提出列入决定",
    description="由部门人员填报，经本部门另一人审定后列入名单并触发联合惩戒标记。检查发现问题本身不会列入名单。",
)
async def create_listing_proposal(body: ListingProposalIn, act: CurrentAct) -> Response:
    return await act.run(propose_listing, body.command(), shows=ListingProposalOut.of, status=201)


@router.post(
    "/listings/{listing_id}/ending-proposals",
    response_model=ListingProposalOut,
    status_code=201,
    summary="提出移出或撤销决定",
    description="由作出列入决定的部门填报，经本部门另一人审定后生效，惩戒标记随之解除。",
)
async def create_ending_proposal(
    listing_id: Annotated[UUID, Path(description="列入记录编号")], body: ListingEndingIn, act: CurrentAct
) -> Response:
    command = ProposeEnding(listing_id, body.kind, body.reason, body.document_no, body.authority, body.on)
    return await act.run(propose_ending, command, shows=ListingProposalOut.of, status=201)


@router.post(
    "/listing-proposals/{proposal_id}/decision",
    response_model=ListingProposalOut,
    summary="审定名单决定",
    description="由同一部门提出人以外的人办理。同意后名单、标记和信用等级随之变化。",
)
async def create_listing_decision(proposal_id: ProposalId, body: ListingDecisionIn, act: CurrentAct) -> Response:
    command = DecideListing(proposal_id, body.approve, body.reason)
    return await act.run(decide_listing, command, shows=ListingProposalOut.of)


@router.get(
    "/listing-proposals",
    response_model=Page[ListingProposalOut],
    summary="名单决定的办理件",
    description="新提出的在前；可按状态、名单、检查对象筛选。",
)
async def list_listing_proposals(
    work: Reading,
    paging: Paging,
    state: Annotated[DecisionState | None, Query(description="状态", examples=["open"])] = None,
    list_code: Annotated[str | None, Query(description="名单代码", examples=["serious_violations"])] = None,
    entity_id: Annotated[UUID | None, Query(description="检查对象编号")] = None,
) -> Page[ListingProposalOut]:
    after: Any = after_of(paging, datetime.fromisoformat, UUID)
    rows = await read_list_proposals(ProposalFilter(state, list_code, entity_id), paging.size + 1, after, work)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].proposed_at, shown[-1].id]) if len(rows) > paging.size else None
    return Page[ListingProposalOut](items=[ListingProposalOut.of(row) for row in shown], next=more)


@router.get(
    "/listing-proposals/{proposal_id}",
    response_model=ListingProposalOut,
    summary="一个名单决定办理件",
    description="办理件的内容、状态和审定情况。",
)
async def get_listing_proposal(proposal_id: ProposalId, work: Reading, response: Response) -> ListingProposalOut:
    found = await read_list_proposal(proposal_id, work)
    response.headers["ETag"] = etag(1 if found.decided_at is None else 2)
    return ListingProposalOut.of(found)
