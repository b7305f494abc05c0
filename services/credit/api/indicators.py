"""The indicator system over HTTP: the version in force, earlier ones, proposals, their trial and decision (K1)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.credit.api.indicator_shapes import (
    DecisionIn,
    EffectOut,
    IndicatorSystemOut,
    ProposalIn,
    ProposalOut,
)
from services.credit.api.shapes import after_of
from services.credit.usecases.read_archive import read_rules
from services.credit.usecases.revise_indicators import (
    DecideProposal,
    ProposedSystem,
    ProposeIndicators,
    decide_proposal,
    propose_indicators,
    read_proposal,
    read_proposals,
    read_system,
    try_proposal,
)
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1", tags=["指标体系"])
ProposalId = Annotated[UUID, Path(description="修订稿编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])]


@router.get(
    "/indicator-systems/current",
    response_model=IndicatorSystemOut,
    summary="现行指标体系",
    description="信用风险分类所用的指标、分值、分数段和直接判定规则。",
)
async def get_current_indicator_system(work: Reading, response: Response) -> IndicatorSystemOut:
    rules = await read_rules(work)
    response.headers["ETag"] = etag(rules.indicators.version)
    return IndicatorSystemOut.of(rules.indicators)


@router.get(
    "/indicator-systems/{version}",
    response_model=IndicatorSystemOut,
    summary="某一版指标体系",
    description="现行的或曾经启用的一版；信用记录的 indicator_version 指的就是它。",
)
async def get_indicator_system(
    version: Annotated[int, Path(description="版本", examples=[1], ge=1)], work: Reading, response: Response
) -> IndicatorSystemOut:
    system = await read_system(version, work)
    response.headers["ETag"] = etag(version)
    return IndicatorSystemOut.of(system)


@router.get(
    "/indicator-proposals",
    response_model=Page[ProposalOut],
    summary="指标体系修订稿",
    description="新提出的在前；可按状态筛选。",
)
async def list_indicator_proposals(
    work: Reading,
    paging: Paging,
    state: Annotated[str | None, Query(description="状态：open、activated、rejected", examples=["open"])] = None,
) -> Page[ProposalOut]:
    after: Any = after_of(paging, datetime.fromisoformat, UUID)
    rows = await read_proposals(state, paging.size + 1, after, work)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].proposed_at, shown[-1].id]) if len(rows) > paging.size else None
    return Page[ProposalOut](items=[ProposalOut.of(row) for row in shown], next=more)


@router.post(
    "/indicator-proposals",
    response_model=ProposalOut,
    status_code=201,
    summary="提出指标体系修订稿",
    description="提交整份下一版；提出后可试算，由另一人审定启用。",
)
async def create_indicator_proposal(body: ProposalIn, act: CurrentAct) -> Response:
    command = ProposeIndicators(ProposedSystem(body.system()), body.note)
    return await act.run(propose_indicators, command, shows=ProposalOut.of, status=201)


@router.get(
    "/indicator-proposals/{proposal_id}",
    response_model=ProposalOut,
    summary="一份修订稿",
    description="修订稿的状态和审定情况。",
)
async def get_indicator_proposal(proposal_id: ProposalId, work: Reading, response: Response) -> ProposalOut:
    proposal = await read_proposal(proposal_id, work)
    response.headers["ETag"] = etag(1 if proposal.decided_at is None else 2)
    return ProposalOut.of(proposal)


@router.get(
    "/indicator-proposals/{proposal_id}/effect",
    response_model=EffectOut,
    summary="试算修订稿",
    description="假如今天启用：哪些检查对象的等级会变、变成什么。只读，不改变任何记录。",
)
async def get_indicator_proposal_effect(proposal_id: ProposalId, work: Reading) -> EffectOut:
    return EffectOut.of(await try_proposal(proposal_id, work))


@router.post(
    "/indicator-proposals/{proposal_id}/decision",
    response_model=ProposalOut,
    summary="审定修订稿",
    description="由提出人以外的人办理。启用后即为现行版本，全部信用记录随后按它重评。",
)
async def create_indicator_proposal_decision(proposal_id: ProposalId, body: DecisionIn, act: CurrentAct) -> Response:
    return await act.run(decide_proposal, DecideProposal(proposal_id, body.accept, body.reason), shows=ProposalOut.of)
