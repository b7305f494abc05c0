"""The inspection itself over HTTP: sheet, signatures, explanations of repeated checks."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from services.results.api.inspection_bodies import EnterpriseWordIn, ExplanationIn
from services.results.api.inspection_shown import ExplanationsOut, SheetOut, SignaturesOut
from services.results.usecases.explain_repeat import ExplainRepeat, explain_repeat, explanations_of
from services.results.usecases.sheets import sheet_of_visit
from services.results.usecases.sign_record import (
    HearEnterprise,
    SignRecord,
    hear_enterprise,
    sign_record,
    signatures_of,
)
from services.results.usecases.signing import Signed
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import etag
from shared.values.text import clean

router = APIRouter(prefix="/v1", tags=["实施检查"])


def _tagged(signed: Signed) -> dict[str, str]:
    return {"ETag": etag(signed.record.version)}


@router.get(
    "/visits/{visit_id}/sheet",
    response_model=SheetOut,
    summary="检查表",
    description="本部门在这次检查中应检查的事项，用计划所依据的清单版本的文字；检查结果逐项填写，没有默认值。",
)
async def get_visit_sheet(visit_id: UUID, work: Reading) -> SheetOut:
    return SheetOut.of(await sheet_of_visit(visit_id, work))


@router.post(
    "/results/{result_id}/signatures",
    response_model=SignaturesOut,
    summary="检查人员签名",
    description="参加检查的人员各自签名；没有填写结果形成日期的，全体签齐之日为结果形成日期。修改内容后须重新签名。",
)
async def create_record_signature(result_id: UUID, act: CurrentAct) -> Response:
    return await act.run(sign_record, SignRecord(result_id), shows=SignaturesOut.of, headers=_tagged)


@router.post(
    "/results/{result_id}/enterprise-signatures",
    response_model=SignaturesOut,
    summary="企业代表签名或拒签",
    description="由检查人员登记企业代表的签名；拒绝签名的注明理由。再次登记的以最后一次为准。",
)
async def create_enterprise_signature(result_id: UUID, body: EnterpriseWordIn, act: CurrentAct) -> Response:
    command = HearEnterprise(result_id, body.value())
    return await act.run(hear_enterprise, command, shows=SignaturesOut.of, headers=_tagged)


@router.get(
    "/results/{result_id}/signatures",
    response_model=SignaturesOut,
    summary="签名情况",
    description="谁在哪个修订上签了名，还缺谁；内容可见的部门可以查看。",
)
async def list_record_signatures(result_id: UUID, work: Reading) -> SignaturesOut:
    return SignaturesOut.of(await signatures_of(result_id, work))


@router.post(
    "/results/{result_id}/explanations",
    response_model=ExplanationsOut,
    summary="重复检查说明",
    description="同一检查人员一年内第三次检查同一企业且都没有发现问题的，说明理由之后才能提交。",
)
async def create_repeat_explanation(result_id: UUID, body: ExplanationIn, act: CurrentAct) -> Response:
    command = ExplainRepeat(result_id, clean(body.explanation), tuple(dict.fromkeys(body.inspector_ids)))
    return await act.run(explain_repeat, command, shows=ExplanationsOut.of)


@router.get(
    "/results/{result_id}/explanations",
    response_model=ExplanationsOut,
    summary="查询重复检查说明",
    description="内容可见的部门可以查看。",
)
async def list_repeat_explanations(result_id: UUID, work: Reading) -> ExplanationsOut:
    return ExplanationsOut.of(await explanations_of(result_id, work))
