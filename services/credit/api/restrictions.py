"""Restriction checks over HTTP (C5): what procurement, bidding, land and honours systems ask."""

from __future__ import annotations

import base64
from datetime import date
from enum import Enum
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, Field

from services.credit.api.quick_checks import QuickCheck, QuickChecks, shown
from services.credit.api.shapes import EntityKey, Instant
from services.credit.domain.proofs import PublicKey
from services.credit.domain.restrictions import BATCH_LIMIT
from services.credit.usecases.check_restrictions import (
    check_restriction,
    check_restrictions,
    read_answer,
    read_answer_keys,
)
from shared.runtime.app import Reading
from shared.runtime.http import In, Out

_TAGS: Final[list[str | Enum]] = ["联合惩戒查询"]
single = APIRouter(tags=_TAGS, route_class=QuickCheck)
batch = APIRouter(tags=_TAGS, route_class=QuickChecks)
router = APIRouter(tags=_TAGS)

Area = Annotated[
    str,
    Query(
        description="惩戒领域：government_procurement 政府采购，bidding 工程招投标，land_supply 政府供应土地，"
        "honours 荣誉称号",
        examples=["government_procurement"],
        max_length=60,
    ),
]
On = Annotated[date | None, Query(description="查询哪一天是否受限，缺省为当天", examples=["2026-11-24"])]
KnownAt = Annotated[
    AwareDatetime | None,
    Query(description="按该时刻所知回答，缺省为现在；用于核对过去的答复", examples=["2026-11-24T10:00:00+08:00"]),
]


class RestrictionOut(Out):
    """一项正在生效的惩戒措施。"""

    flag_id: UUID = Field(description="标记编号")
    flag_version: int = Field(description="所依据的标记版本", examples=[1])
    measure_code: str = Field(description="措施代码", examples=["CJ-ZFCG-01"])
    measure_name: str = Field(description="措施", examples=["限制参加政府采购活动"])
    list_code: str = Field(description="名单代码", examples=["abnormal_operations"])
    list_name: str = Field(description="名单名称", examples=["经营异常名录"])
    ground: str = Field(description="事由", examples=["通过登记的住所（经营场所）无法联系"])
    document_no: str = Field(description="决定文号", examples=["孟市监异列字〔2026〕12号"])
    authority: str = Field(description="作出决定的机关", examples=["洛阳市孟津区市场监督管理局"])
    legal_basis: str = Field(description="措施依据", examples=["《全国失信惩戒措施基础清单》"])
    starts_on: date = Field(description="起始日", examples=["2026-11-20"])
    ends_on: date | None = Field(description="届满日（含当日），为空表示至移出名单为止")


class RestrictionAnswerOut(Out):
    """一次查询的答复。答复原文留存，凭 answer_id 可再取回核对。"""

    answer_id: UUID = Field(description="答复编号")
    answered_at: Instant = Field(description="答复时间")
    restricted: bool = Field(description="是否受限", examples=[True])
    entity_id: UUID = Field(description="检查对象编号")
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MXYT81MC3Y"])
    name: str = Field(description="名称", examples=["孟津区丰穗霖保安服务有限公司"])
    area: str = Field(description="惩戒领域代码", examples=["government_procurement"])
    area_name: str = Field(description="惩戒领域", examples=["政府采购"])
    on: date = Field(description="所答的日期", examples=["2026-11-24"])
    known_at: Instant = Field(description="按该时刻所知")
    restrictions: list[RestrictionOut] = Field(description="当日生效的措施，不受限时为空")
    measure_version: int = Field(description="所依据的惩戒措施清单版本", examples=[1])


class RestrictionCheckIn(In):
    """要查询的一项。"""

    uscc: str = Field(description="统一社会信用代码或检查对象编号", max_length=64, examples=["91410308MXYT81MC3Y"])
    area: str = Field(description="惩戒领域代码", max_length=60, examples=["bidding"])
    on: date | None = Field(None, description="查询哪一天，缺省为当天", examples=["2026-11-24"])


class RestrictionChecksIn(In):
    """批量查询。"""

    checks: list[RestrictionCheckIn] = Field(description=f"查询内容，最多 {BATCH_LIMIT} 项")
    known_at: AwareDatetime | None = Field(None, description="按该时刻所知回答，缺省为现在")


class CheckProblemOut(Out):
    """为什么答不了。"""

    code: str = Field(description="错误代码", examples=["credit.entity_unknown"])
    message: str = Field(description="中文说明", examples=["没有这个检查对象"])


class RestrictionCheckOut(Out):
    """批量查询中的一项答复。查无此对象与不受限是两回事。"""

    key: str = Field(description="查询时填写的代码", examples=["91410308MXYT81MC3Y"])
    found: bool = Field(description="是否有这个检查对象", examples=[True])
    restricted: bool | None = Field(description="是否受限；答不了时为空", examples=[False])
    problem: CheckProblemOut | None = Field(None, description="答不了的原因")
    entity_id: UUID | None = Field(None, description="检查对象编号")
    uscc: str | None = Field(None, description="统一社会信用代码", examples=["91410308MA0000001U"])
    name: str | None = Field(None, description="名称", examples=["孟津示例食品有限公司"])
    area: str | None = Field(None, description="惩戒领域代码", examples=["government_procurement"])
    area_name: str | None = Field(None, description="惩戒领域", examples=["政府采购"])
    on: date | None = Field(None, description="所答的日期")
    known_at: Instant | None = Field(None, description="按该时刻所知")
    restrictions: list[RestrictionOut] | None = Field(None, description="当日生效的措施")


class RestrictionChecksOut(Out):
    """批量查询的答复，与查询内容同序。"""

    answer_id: UUID = Field(description="答复编号，整批一个")
    answered_at: Instant = Field(description="答复时间")
    known_at: Instant = Field(description="按该时刻所知")
    measure_version: int = Field(description="所依据的惩戒措施清单版本", examples=[1])
    answers: list[RestrictionCheckOut] = Field(description="逐项答复")


class KeptAnswerOut(Out):
    """留存的答复。"""

    answer_id: UUID = Field(description="答复编号")
    asked_by: str = Field(description="查询者", examples=["client:procurement"])
    answered_at: Instant = Field(description="答复时间")
    digest: str = Field(
        description="答复原文（UTF-8）的 SHA-256，十六进制",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    text: str = Field(description="答复原文，一字不差", examples=["{}"])
    signature_input: str | None = Field(
        description="签名参数，同答复时的 Signature-Input 响应头；早于签名启用的答复为空",
        examples=[
            'answer=("repr-digest");created=1795483800;keyid="a1";alg="ed25519";tag="restriction-answer"',
        ],
    )
    signature: str | None = Field(
        description="签名，同答复时的 Signature 响应头", examples=["answer=:bWVuZ2ppbi1leGFtcGxlLXNpZ25hdHVyZQ==:"]
    )


class AnswerKeyOut(Out):
    """一个公钥（RFC 8037 JWK）。"""

    kty: str = Field("OKP", description="密钥类型", examples=["OKP"])
    crv: str = Field("Ed25519", description="曲线", examples=["Ed25519"])
    alg: str = Field("EdDSA", description="签名算法", examples=["EdDSA"])
    use: str = Field("sig", description="用途", examples=["sig"])
    kid: str = Field(description="密钥编号，同签名参数中的 keyid", examples=["a1"])
    x: str = Field(description="公钥 32 字节，base64url", examples=["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"])
    is_current: bool = Field(description="是否为现用密钥；停用的密钥仍可验证以前的答复", examples=[True])

    @classmethod
    def of(cls, key: PublicKey) -> AnswerKeyOut:
        x = base64.urlsafe_b64encode(key.key).decode().rstrip("=")
        return cls(kid=key.key_id, x=x, is_current=key.is_current)


class AnswerKeysOut(Out):
    """验证答复所用的全部公钥（RFC 7517 JWK Set），现用的在前。"""

    keys: list[AnswerKeyOut] = Field(description="公钥")


@single.get(
    "/v1/entities/{uscc}/restrictions",
    response_model=RestrictionAnswerOut,
    summary="查询是否受联合惩戒",
    description="某领域、某日、按某时刻所知是否受限，以及依据。查无此对象返回 404，不等于不受限。"
    "每次答复都签名并留存：响应头 Repr-Digest 为答复原文的摘要，Signature-Input 和 Signature 为对它的签名。",
)
async def get_restrictions(
    uscc: EntityKey, work: Reading, area: Area, on: On = None, known_at: KnownAt = None
) -> Response:
    return shown(await check_restriction((uscc, area, on), known_at, work))


@batch.post(
    "/v1/restriction-checks",
    response_model=RestrictionChecksOut,
    summary="批量查询是否受联合惩戒",
    description=f"一次最多 {BATCH_LIMIT} 项，逐项答复；只是查询，不改变任何内容，可不带 Idempotency-Key。",
)
async def check_restrictions_in_batch(body: RestrictionChecksIn, work: Reading) -> Response:
    asked = [(one.uscc, one.area, one.on) for one in body.checks]
    return shown(await check_restrictions(asked, body.known_at, work))


@router.get(
    "/v1/restriction-answers/{answer_id}",
    response_model=KeptAnswerOut,
    summary="取回留存的答复",
    description="供查询者本人、联席会议办公室和审计核对当时的答复。",
)
async def get_restriction_answer(answer_id: UUID, work: Reading) -> KeptAnswerOut:
    kept = await read_answer(answer_id, work)
    return KeptAnswerOut(
        answer_id=kept.id,
        asked_by=kept.asked_by,
        answered_at=kept.answered_at,
        digest=kept.digest,
        text=kept.body.decode(),
        signature_input=kept.proof and kept.proof.input_header,
        signature=kept.proof and kept.proof.signature_header,
    )


@router.get(
    "/v1/answer-keys",
    response_model=AnswerKeysOut,
    summary="答复签名的公钥",
    description="对所有人公开。答复按 RFC 9421 对 Repr-Digest 签名（Ed25519），凭公钥可脱离本平台验证答复原文。",
)
async def list_answer_keys(work: Reading) -> AnswerKeysOut:
    return AnswerKeysOut(keys=[AnswerKeyOut.of(key) for key in await read_answer_keys(work)])
