"""Webhooks over HTTP: endpoints of other systems, their delivery log, replays (REL28, SEC24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, Field

from services.exchange.api.shapes import Instant
from services.exchange.domain.webhooks import Delivery, DeliveryState, Endpoint
from services.exchange.usecases.manage_webhooks import (
    EnableEndpoint,
    RegisterEndpoint,
    Replay,
    RotateSecret,
    enable_endpoint,
    read_deliveries,
    read_endpoints,
    register_endpoint,
    replay,
    rotate_secret,
)
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["消息推送"])
Secret = Annotated[
    str,
    Field(
        description="签名密钥：whsec_ 加 24 至 64 字节的 Base64，由接入系统生成，本平台不再显示",
        pattern=r"^whsec_[A-Za-z0-9+/]{32,86}={0,2}$",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="],
    ),
]


class EndpointIn(In):
    """一个推送地址。"""

    name: str = Field(description="接入系统", min_length=1, max_length=100, examples=["区公共资源交易平台"])
    url: str = Field(description="https 地址", max_length=500, examples=["https://ggzy.example.gov.cn/hooks"])
    topics: list[Literal["credit.flag", "results.result"]] = Field(
        description="订阅内容：credit.flag 联合惩戒标记，results.result 检查结果公示",
        min_length=1,
        examples=[["credit.flag"]],
    )
    secret: Secret


class SecretIn(In):
    """新的签名密钥。"""

    secret: Secret


class EndpointOut(Out):
    """一个推送地址的情况，不含密钥。"""

    endpoint_id: UUID = Field(description="推送地址编号")
    name: str = Field(description="接入系统", examples=["区公共资源交易平台"])
    url: str = Field(description="地址", examples=["https://ggzy.example.gov.cn/hooks"])
    topics: Sequence[str] = Field(description="订阅内容", examples=[["credit.flag"]])
    state: str = Field(description="状态：active 启用，disabled 停用", examples=["active"])
    reason: str | None = Field(description="停用的原因", examples=["连续推送失败，已停用：对方答复 500"])
    secrets: int = Field(description="有效密钥数，更换期间为二", examples=[1])
    made_at: Instant = Field(description="登记时间")

    @classmethod
    def of(cls, one: Endpoint) -> EndpointOut:
        return cls(
            endpoint_id=one.id,
            name=one.name,
            url=one.url,
            topics=list(one.topics),
            state=one.state.value,
            reason=one.reason,
            secrets=len(one.secrets),
            made_at=one.made_at,
        )


class EndpointsOut(Out):
    """全部推送地址。"""

    items: Sequence[EndpointOut] = Field(description="先登记的在前")


class DeliveryOut(Out):
    """一次推送的情况。"""

    message_id: UUID = Field(description="消息编号，即请求头 webhook-id")
    topic: str = Field(description="内容", examples=["credit.flag"])
    told_at: Instant = Field(description="事实发生时间")
    state: str = Field(description="状态：pending 待推送，delivered 已送达，given_up 已放弃", examples=["delivered"])
    attempts: int = Field(description="尝试次数", examples=[1])
    last_status: int | None = Field(description="最近一次答复的状态码", examples=[204])
    last_error: str | None = Field(description="最近一次失败的原因", examples=["对方答复 500"])
    due_at: Instant = Field(description="下次尝试时间")
    delivered_at: Instant | None = Field(description="送达时间")

    @classmethod
    def of(cls, one: Delivery, topic: str, told_at: datetime) -> DeliveryOut:
        return cls(
            message_id=one.message_id,
            topic=topic,
            told_at=told_at,
            state=one.state.value,
            attempts=one.attempts,
            last_status=one.last_status,
            last_error=one.last_error,
            due_at=one.due_at,
            delivered_at=one.delivered_at,
        )


class ReplayIn(In):
    """要重放的时间段。"""

    since: AwareDatetime = Field(description="起（含）")
    until: AwareDatetime = Field(description="止（不含）", examples=["2026-11-25T00:00:00+08:00"])


class ReplayOut(Out):
    """重放的消息数。"""

    messages: int = Field(description="消息数", examples=[12])

    @classmethod
    def of(cls, count: int) -> ReplayOut:
        return cls(messages=count)


@router.post(
    "/webhook-endpoints",
    response_model=EndpointOut,
    status_code=201,
    summary="登记推送地址",
    description=(
        "由联席会议办公室登记。按 Standard Webhooks 规范签名；"
        "同一检查对象的消息依次推送，失败的重试至 24 小时，仍失败则停用并报告。"
    ),
)
async def create_webhook_endpoint(body: EndpointIn, act: CurrentAct) -> Response:
    command = RegisterEndpoint(body.name, body.url, body.topics, body.secret)
    return await act.run(register_endpoint, command, shows=EndpointOut.of, status=201)


@router.get(
    "/webhook-endpoints",
    response_model=EndpointsOut,
    summary="推送地址",
    description="全部推送地址，包括因连续失败而停用的。",
)
async def list_webhook_endpoints(work: Reading) -> EndpointsOut:
    return EndpointsOut(items=[EndpointOut.of(one) for one in await read_endpoints(work)])


@router.post(
    "/webhook-endpoints/{endpoint_id}/secrets",
    response_model=EndpointOut,
    status_code=201,
    summary="更换签名密钥",
    description="此后的消息同时以新旧两个密钥签名，便于对方切换；再次更换时最旧的失效。",
)
async def create_webhook_secret(endpoint_id: UUID, body: SecretIn, act: CurrentAct) -> Response:
    return await act.run(rotate_secret, RotateSecret(endpoint_id, body.secret), shows=EndpointOut.of, status=201)


@router.post(
    "/webhook-endpoints/{endpoint_id}/enabling",
    response_model=EndpointOut,
    summary="恢复推送",
    description="恢复因连续失败而停用的地址，积压的消息依次补送。",
)
async def create_webhook_enabling(endpoint_id: UUID, act: CurrentAct) -> Response:
    return await act.run(enable_endpoint, EnableEndpoint(endpoint_id), shows=EndpointOut.of)


@router.post(
    "/webhook-endpoints/{endpoint_id}/replays",
    response_model=ReplayOut,
    status_code=201,
    summary="重放消息",
    description="重新推送一段时间内的全部消息，消息编号不变。",
)
async def create_webhook_replay(endpoint_id: UUID, body: ReplayIn, act: CurrentAct) -> Response:
    return await act.run(replay, Replay(endpoint_id, body.since, body.until), shows=ReplayOut.of, status=201)


@router.get(
    "/webhook-endpoints/{endpoint_id}/deliveries",
    response_model=Page[DeliveryOut],
    summary="推送记录",
    description="新的在前，可按状态筛选。",
)
async def list_webhook_deliveries(
    endpoint_id: UUID,
    work: Reading,
    paging: Paging,
    state: Annotated[DeliveryState | None, Query(description="状态", examples=["pending"])] = None,
) -> Page[DeliveryOut]:
    found = await read_deliveries(endpoint_id, state, paging.size + 1, paging.after_id, work)
    shown = found[: paging.size]
    more = next_cursor([shown[-1][0].message_id]) if len(found) > paging.size else None
    return Page[DeliveryOut](items=[DeliveryOut.of(*one) for one in shown], next=more)
