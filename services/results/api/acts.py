"""Acts on a result over HTTP: submission, review, publication, correction, withdrawal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.results.api.bodies import CorrectionIn, ReviewIn, WithdrawalIn
from services.results.api.review_bodies import ExemptionIn
from services.results.api.shown import ResultOut
from services.results.domain.records import InspectionRecord
from services.results.usecases.correct_result import CorrectResult, correct_result
from services.results.usecases.exempt_result import ExemptResult, exempt_result
from services.results.usecases.publish_result import PublishResult, publish_result
from services.results.usecases.review_result import ReviewLegally, ReviewResult, review_legally, review_result
from services.results.usecases.submit_result import SubmitResult, submit_result
from services.results.usecases.withdraw_result import WithdrawResult, withdraw_result
from shared.runtime.act import Act
from shared.runtime.app import CurrentAct
from shared.runtime.http import etag
from shared.values.text import clean

router = APIRouter(prefix="/v1/results", tags=["检查结果办理"])


async def _run(act: Act[Any], use_case: Any, command: object) -> Response:
    """Every act answers with where the result now stands."""

    def tagged(record: InspectionRecord) -> dict[str, str]:
        return {"ETag": etag(record.version)}

    return await act.run(use_case, command, shows=ResultOut.of, headers=tagged)


@router.post(
    "/{result_id}/submission",
    response_model=ResultOut,
    summary="提交审核",
    description="由指派的检查人员提交；任何事项没有检查结果都不能提交。",
)
async def create_result_submission(result_id: UUID, act: CurrentAct) -> Response:
    return await _run(act, submit_result, SubmitResult(result_id))


@router.post(
    "/{result_id}/review",
    response_model=ResultOut,
    summary="审核",
    description="审核人员审核；录入人和参加检查的人员不能审核。重大决定（代码表 major_decision）审核后转法制审核，"
    "状态为 legal_review。",
)
async def create_result_review(result_id: UUID, body: ReviewIn, act: CurrentAct) -> Response:
    return await _run(act, review_result, ReviewResult(result_id, body.decision == "approved", clean(body.opinion)))


@router.post(
    "/{result_id}/legal-review",
    response_model=ResultOut,
    summary="法制审核",
    description="重大决定由初审以外的审核人员法制审核，通过后才能公示生效。",
)
async def create_result_legal_review(result_id: UUID, body: ReviewIn, act: CurrentAct) -> Response:
    return await _run(act, review_legally, ReviewLegally(result_id, body.decision == "approved", clean(body.opinion)))


@router.post(
    "/{result_id}/exemption",
    response_model=ResultOut,
    summary="免予公示",
    description="依法不予公开的结果，由没有参加检查的审核人员批准免予公示，写明事由和依据，并计数。",
)
async def create_result_exemption(result_id: UUID, body: ExemptionIn, act: CurrentAct) -> Response:
    command = ExemptResult(result_id, body.ground, clean(body.basis), clean(body.reason))
    return await _run(act, exempt_result, command)


@router.post(
    "/{result_id}/publication",
    response_model=ResultOut,
    summary="公示",
    description="审核通过后，由参加检查的人员公示；信用记录随即更新。",
)
async def create_result_publication(result_id: UUID, act: CurrentAct) -> Response:
    return await _run(act, publish_result, PublishResult(result_id))


@router.post(
    "/{result_id}/corrections",
    response_model=ResultOut,
    summary="更正",
    description="法制审核人员批准更正，形成新的公示版本；可以修改事项结果、修改或去掉列入决定，以前的版本仍公开。",
)
async def create_result_correction(result_id: UUID, body: CorrectionIn, act: CurrentAct) -> Response:
    return await _run(act, correct_result, CorrectResult(result_id, clean(body.reason), body.change()))


@router.post(
    "/{result_id}/withdrawals",
    response_model=ResultOut,
    summary="撤回",
    description="法制审核人员批准撤回；结果不再计入信用记录，公示和撤回的经过仍公开。",
)
async def create_result_withdrawal(result_id: UUID, body: WithdrawalIn, act: CurrentAct) -> Response:
    return await _run(act, withdraw_result, WithdrawResult(result_id, clean(body.reason)))
