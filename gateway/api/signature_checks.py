"""The developer's signature check (签名自检)."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from gateway.domain.signature_check import TEST_CLIENT, TEST_SECRET, Trial, check_trial
from shared.runtime.http import Caller, In, Out

router = APIRouter(prefix="/v1", tags=["开发者"])


class SignatureCheckIn(In):
    """一次用公开测试密钥签名的请求。"""

    method: str = Field(description="请求方法", pattern=r"^[A-Za-z]{3,7}$", examples=["GET"])
    path: str = Field(
        description="完整路径，不含查询串",
        max_length=2000,
        examples=["/api/credit/v1/entities/91410300MA40000000/restrictions"],
    )
    query: str = Field(
        "", description="查询串，按发送时的原样", max_length=4000, examples=["on=2026-11-24&area=bidding"]
    )
    body: str = Field("", description="请求内容", max_length=100_000, examples=[""])
    content_digest: str = Field("", description="Content-Digest 请求头", max_length=200, examples=[""])
    timestamp: str = Field(description="X-Timestamp 请求头", max_length=20, examples=["1795500000"])
    nonce: str = Field(description="X-Nonce 请求头", max_length=64, examples=["n5f0c2d6a9b84e317"])
    client_id: str = Field(TEST_CLIENT, description="X-Client-Id 请求头", max_length=60, examples=[TEST_CLIENT])
    algorithm: Literal["HMAC-SHA256", "HMAC-SM3"] = Field(description="X-Sign-Alg 请求头")
    signature: str = Field(
        description="X-Signature 请求头",
        max_length=200,
        pattern=r"^[\x20-\x7e]*$",
        examples=["3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="],
    )
    signed_text: str | None = Field(
        None, description="您一侧实际参加签名的文本；提供后逐行比对", max_length=110_000, examples=[None]
    )


class DifferenceOut(Out):
    """不同之处。"""

    part: str = Field(description="哪一部分不同", examples=["query"])
    expected: str = Field(description="网关期望的内容", examples=["area=bidding&on=2026-11-24"])
    found: str | None = Field(description="您签名的内容（已知时）", examples=["on=2026-11-24&area=bidding"])
    hint: str = Field(description="说明", examples=["查询串没有按字节顺序排序"])


class SignatureCheckOut(Out):
    """自检结果。"""

    matches: bool = Field(description="签名是否正确且各部分无误")
    text: str = Field(
        description="网关据以验签的文本，七行", examples=["GET\n/api/x\n\n\n1795500000\nn5f0c2\nsignature-test"]
    )
    signature: str = Field(
        description="用测试密钥算出的签名", examples=["3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
    )
    differences: list[DifferenceOut] = Field(description="不同之处，空为没有")


@router.post(
    "/signature-checks",
    response_model=SignatureCheckOut,
    summary="签名自检",
    description=f"用公开的测试密钥（{TEST_SECRET}）核对签名，指出哪一部分不同。请勿在此使用真实密钥。",
)
async def check_signature(body: SignatureCheckIn, _: Caller) -> SignatureCheckOut:
    verdict = check_trial(Trial(**body.model_dump()), time.time())
    return SignatureCheckOut(
        matches=not verdict.differences and verdict.signature == body.signature,
        text=verdict.text,
        signature=verdict.signature,
        differences=[DifferenceOut(**asdict(found)) for found in verdict.differences],
    )
