"""Acts of a ceremony over HTTP, in their order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.draw.api.bodies import (
    AnswerIn,
    BeaconValuesIn,
    CommitIn,
    DisclosureIn,
    ObjectionIn,
    ReasonIn,
    ShareIn,
)
from services.draw.api.shown import DrawOut
from services.draw.domain.ceremony import Ceremony
from services.draw.usecases.close_shares import CloseShares, close_shares
from services.draw.usecases.commit_pool import CommitPool, commit_pool
from services.draw.usecases.disclose_openings import DiscloseOpenings, disclose_openings
from services.draw.usecases.hand_over_commit import HandOverCommit, hand_over_commit
from services.draw.usecases.object_to_draw import (
    AnswerObjections,
    ObjectToDraw,
    answer_objections,
    object_to_draw,
)
from services.draw.usecases.reveal_beacon import RevealBeacon, reveal_beacon
from services.draw.usecases.reveal_share import RevealShare, reveal_share
from services.draw.usecases.run_draw import RunDraw, run_draw
from services.draw.usecases.void_draw import RequestVoid, VoidDraw, request_void, void_draw
from shared.runtime.act import Act
from shared.runtime.app import CurrentAct
from shared.runtime.http import etag
from shared.values.text import clean

router = APIRouter(prefix="/v1/draws", tags=["抽取仪式"])


async def _run(act: Act[Any], use_case: Any, command: object) -> Response:
    """Every act answers with where the draw now stands."""

    def tagged(draw: Ceremony) -> dict[str, str]:
        return {"ETag": etag(draw.version)}

    return await act.run(use_case, command, shows=DrawOut.of, headers=tagged)


@router.post(
    "/{draw_id}/party-commits",
    response_model=DrawOut,
    summary="提交份额承诺",
    description="由见证方账号提交，此后该账号代表这一见证方；公布承诺书之前可以更换。份额本身由见证方自行保管。",
)
async def create_party_commit(draw_id: UUID, body: CommitIn, act: CurrentAct) -> Response:
    return await _run(act, hand_over_commit, HandOverCommit(draw_id, body.party, bytes.fromhex(body.commit)))


@router.post(
    "/{draw_id}/objections",
    response_model=DrawOut,
    summary="提出异议",
    description="由见证方账号在结果公布之前提出，记入抽取的步骤。公布承诺书之前提出的，答复之后才能公布承诺书；"
    "此后提出的记录在案，不停止仪式。",
)
async def create_objection(draw_id: UUID, body: ObjectionIn, act: CurrentAct) -> Response:
    return await _run(act, object_to_draw, ObjectToDraw(draw_id, clean(body.party), clean(body.text)))


@router.post(
    "/{draw_id}/objection-answers",
    response_model=DrawOut,
    summary="答复异议",
    description="由发起部门或联席会议办公室答复此前提出的全部异议；记入抽取的步骤。",
)
async def create_objection_answer(draw_id: UUID, body: AnswerIn, act: CurrentAct) -> Response:
    return await _run(act, answer_objections, AnswerObjections(draw_id, clean(body.text)))


@router.post(
    "/{draw_id}/commitment",
    response_model=DrawOut,
    summary="公布承诺书",
    description="由冻结名册以外的另一人办理。各见证方的承诺须已齐备；名册、规则、人员名录自此不能更改。",
)
async def create_commitment(draw_id: UUID, act: CurrentAct) -> Response:
    return await _run(act, commit_pool, CommitPool(draw_id))


@router.post(
    "/{draw_id}/shares",
    response_model=DrawOut,
    summary="给出份额",
    description="由见证方账号在截止前给出，须与其承诺相符；封存之前不向任何人显示。",
)
async def create_share(draw_id: UUID, body: ShareIn, act: CurrentAct) -> Response:
    return await _run(act, reveal_share, RevealShare(draw_id, body.party, bytes.fromhex(body.value)))


@router.post(
    "/{draw_id}/share-closure",
    response_model=DrawOut,
    summary="封存份额",
    description="公布收到的全部份额。份额未收齐的，截止时刻之后才能办理；须在公共随机源产生之前。",
)
async def create_share_closure(draw_id: UUID, act: CurrentAct) -> Response:
    return await _run(act, close_shares, CloseShares(draw_id))


@router.post(
    "/{draw_id}/beacon",
    response_model=DrawOut,
    summary="揭示公共随机源",
    description="照录取值并写明出处，或取自随机源文件夹（文件名、摘要、见到时刻记为出处）；在承诺书约定的产生时刻之前不能办理，"
    "产生时刻之前就已出现的文件不能使用。",
)
async def create_beacon(draw_id: UUID, body: BeaconValuesIn, act: CurrentAct) -> Response:
    return await _run(act, reveal_beacon, RevealBeacon(draw_id, body.read()))


@router.post(
    "/{draw_id}/result",
    response_model=DrawOut,
    summary="计算结果",
    description="由公开的承诺、份额、随机源计算，公布结果并分派检查。正在计算时返回 503，请稍后重试；"
    "已有结果的返回现有状态。",
)
async def create_result(draw_id: UUID, act: CurrentAct) -> Response:
    return await _run(act, run_draw, RunDraw(draw_id))


@router.post(
    "/{draw_id}/disclosure",
    response_model=DrawOut,
    summary="披露",
    description="公开抽中和递补对象的登记内容，供任何人核验检查组。只公开到了任务约定时点的对象（随抽取结果公开，"
    "或各部门完成该户检查后逐户公开、检查时段届满后全部公开），都还没有到的不予办理；可多次办理，"
    "每次公布至今的全部披露。",
)
async def create_disclosure(draw_id: UUID, body: DisclosureIn, act: CurrentAct) -> Response:
    return await _run(act, disclose_openings, DiscloseOpenings(draw_id, body.with_inspectors))


@router.post(
    "/{draw_id}/void-requests",
    response_model=DrawOut,
    summary="申请作废",
    description="写明事由；须由另一人批准后才作废。随机源已揭示、结果未公布时不能申请：结果须先公布。",
)
async def create_void_request(draw_id: UUID, body: ReasonIn, act: CurrentAct) -> Response:
    return await _run(act, request_void, RequestVoid(draw_id, body.text()))


@router.post(
    "/{draw_id}/void",
    response_model=DrawOut,
    summary="批准作废",
    description="由申请人以外的另一人批准。作废公开留存；结果可能已为人知的标明 late。重抽为同一任务重新冻结名册。",
)
async def create_void(draw_id: UUID, act: CurrentAct) -> Response:
    return await _run(act, void_draw, VoidDraw(draw_id))
