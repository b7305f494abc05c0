"""The catalogue of joint-punishment measures over HTTP (C4): in force, earlier, proposed and decided by two persons."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.credit.api.measure_shapes import (
    MeasureCatalogueOut,
    MeasureDecisionIn,
    MeasureProposalDetailOut,
    MeasureProposalIn,
    MeasureProposalOut,
)
from services.credit.api.shapes import after_of
from services.credit.domain.proposals import ProposalState
from services.credit.usecases.revise_measures import (
    DecideMeasures,
    ProposedCatalogue,
    ProposeMeasures,
    decide_measures,
    propose_measures,
    read_measure_proposal,
    read_measure_proposals,
    read_measures,
)
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1", tags=["惩戒措施清单"])
ProposalId = Annotated[UUID, Path(description="修订稿编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])]


@router.get(
    "/measure-catalogues/current",
    response_model=MeasureCatalogueOut,
    summary="现行惩戒措施清单",
    description="措施、领域、名单、依据、执行部门、期限，以及哪个名单触发哪项措施。",
)
async def get_current_measure_catalogue(work: Reading, response: Response) -> MeasureCatalogueOut:
    found = await read_measures(None, work)
    response.headers["ETag"] = etag(found.version)
    return MeasureCatalogueOut.of(found)


@router.get(
    "/measure-catalogues/{version}",
    response_model=MeasureCatalogueOut,
    summary="某一版惩戒措施清单",
    description="现行的或曾经启用的一版；查询答复的 measure_version 指的就是它。",
)
async def get_measure_catalogue(
    version: Annotated[int, Path(description="版本", examples=[1], ge=1)], work: Reading, response: Response
) -> MeasureCatalogueOut:
    found = await read_measures(version, work)
    response.headers["ETag"] = etag(found.version)
    return MeasureCatalogueOut.of(found)


@router.post(
    "/measure-proposals",
    response_model=MeasureProposalOut,
    status_code=201,
    summary="提出惩戒措施清单修订稿",
    description="提交整份下一版，由另一人审定启用。每项措施须在全国失信惩戒措施基础清单之内，清单之外不得设立。",
)
async def create_measure_proposal(body: MeasureProposalIn, act: CurrentAct) -> Response:
    command = ProposeMeasures(ProposedCatalogue(body.catalogue()), body.note)
    return await act.run(propose_measures, command, shows=MeasureProposalOut.of, status=201)


@router.post(
    "/measure-proposals/{proposal_id}/decision",
    response_model=MeasureProposalOut,
    summary="审定惩戒措施清单修订稿",
    description="由提出人以外的人办理。启用后新列入的名单按它触发标记，已有标记不变。",
)
async def create_measure_decision(proposal_id: ProposalId, body: MeasureDecisionIn, act: CurrentAct) -> Response:
    command = DecideMeasures(proposal_id, body.accept, body.reason)
    return await act.run(decide_measures, command, shows=MeasureProposalOut.of)


@router.get(
    "/measure-proposals",
    response_model=Page[MeasureProposalOut],
    summary="惩戒措施清单修订稿",
    description="新提出的在前；可按状态筛选。",
)
async def list_measure_proposals(
    work: Reading,
    paging: Paging,
    state: Annotated[ProposalState | None, Query(description="状态", examples=["open"])] = None,
) -> Page[MeasureProposalOut]:
    after: Any = after_of(paging, datetime.fromisoformat, UUID)
    rows = await read_measure_proposals(state, paging.size + 1, after, work)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].proposed_at, shown[-1].id]) if len(rows) > paging.size else None
    return Page[MeasureProposalOut](items=[MeasureProposalOut.of(row) for row in shown], next=more)


@router.get(
    "/measure-proposals/{proposal_id}",
    response_model=MeasureProposalDetailOut,
    summary="一份惩戒措施清单修订稿",
    description="修订稿的全文、状态和审定情况。",
)
async def get_measure_proposal(proposal_id: ProposalId, work: Reading, response: Response) -> MeasureProposalDetailOut:
    proposal, catalogue = await read_measure_proposal(proposal_id, work)
    response.headers["ETag"] = etag(1 if proposal.decided_at is None else 2)
    return MeasureProposalDetailOut(
        proposal=MeasureProposalOut.of(proposal), catalogue=MeasureCatalogueOut.of(catalogue)
    )
