"""Machine clients over HTTP: proposed by one administrator, approved by another."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from gateway.domain.clients import Allowance, ChangeKind, ChangeState, Client, ClientChange, ClientState
from gateway.domain.limits import PER_DAY, PER_MINUTE
from gateway.usecases.decide_client_change import DecideClientChange, decide_client_change
from gateway.usecases.propose_client import (
    ProposeChange,
    ProposeClient,
    Proposed,
    propose_client,
    propose_client_change,
)
from gateway.usecases.read_clients import list_changes_page, list_clients_page, read_client
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["接入系统"])
ClientId = Annotated[str, Path(description="接入系统编号", examples=["procurement"])]
ChangeId = Annotated[UUID, Path(description="变更编号")]
_SECRET = Field(
    description="密钥，至少 32 位，由接入方随机生成；平台只存摘要和密文，不会再次显示",
    min_length=32,
    max_length=200,
    examples=["0f8c1c0a5b5d4c8e9a7b2d1e63f4a5b6"],
)


class ClientIn(In):
    """登记一个接入系统。"""

    client_id: str = Field(description="接入系统编号", pattern=r"^[a-z0-9.-]{3,60}$", examples=["procurement"])
    name: str = Field(description="系统名称", min_length=2, max_length=100, examples=["区公共资源交易平台"])
    department: str = Field("", description="所属部门代码", max_length=20)
    scopes: frozenset[str] = Field(description="授予的接口范围", examples=[["credit.check"]])
    per_minute: int = Field(PER_MINUTE, description="每分钟最多请求次数", ge=1, le=10_000_000)
    per_day: int = Field(PER_DAY, description="每天最多请求次数", ge=1, le=1_000_000_000)
    addresses: list[str] = Field(
        [], description="允许的网络地址段，空为不限", max_length=50, examples=[["10.1.2.0/24"]]
    )
    secret: str = _SECRET


class ClientOut(Out):
    """一个接入系统；密钥不显示。"""

    client_id: str = Field(description="接入系统编号", examples=["procurement"])
    name: str = Field(description="系统名称", examples=["区公共资源交易平台"])
    department: str = Field(description="所属部门代码", examples=["GGZY"])
    scopes: list[str] = Field(description="授予的接口范围", examples=[["credit.check"]])
    per_minute: int = Field(description="每分钟最多请求次数", examples=[600])
    per_day: int = Field(description="每天最多请求次数", examples=[200000])
    addresses: list[str] = Field(description="允许的网络地址段", examples=[["10.1.2.0/24"]])
    state: ClientState = Field(description="状态：proposed 待审批、active 启用、disabled 停用")
    before_until: datetime | None = Field(description="轮换前的旧密钥有效至")
    version: int = Field(description="版本", examples=[1])
    change_id: UUID | None = Field(None, description="登记后等待审批的变更编号")

    @classmethod
    def of(cls, client: Client, change_id: UUID | None = None) -> ClientOut:
        return cls(
            client_id=client.client_id,
            name=client.name,
            department=client.department,
            scopes=sorted(client.scopes),
            per_minute=client.allowance.per_minute,
            per_day=client.allowance.per_day,
            addresses=list(client.allowance.addresses),
            state=client.state,
            before_until=client.before_until,
            version=client.version,
            change_id=change_id,
        )

    @classmethod
    def proposed(cls, proposed: Proposed) -> ClientOut:
        return cls.of(proposed.client, proposed.change.id)


class AllowanceIn(In):
    """用量与来源限制。"""

    per_minute: int = Field(description="每分钟最多请求次数", ge=1, le=10_000_000, examples=[600])
    per_day: int = Field(description="每天最多请求次数", ge=1, le=1_000_000_000, examples=[200000])
    addresses: list[str] = Field(
        [], description="允许的网络地址段，空为不限", max_length=50, examples=[["10.1.2.0/24"]]
    )


class ClientChangeIn(In):
    """提出一项变更：调整授权（scopes）、更换密钥（secret）或停用（disabling）。"""

    client_id: str = Field(description="接入系统编号", max_length=60, examples=["procurement"])
    kind: ChangeKind = Field(description="变更种类：scopes、secret、disabling", examples=["scopes"])
    reason: str = Field(description="变更原因", min_length=2, max_length=200, examples=["新增名录查询"])
    scopes: frozenset[str] = Field(frozenset(), description="新的接口范围", examples=[["credit.check"]])
    allowance: AllowanceIn | None = Field(None, description="新的用量限制；为空不变")
    secret: str | None = Field(
        None, description="新密钥，至少 32 位；旧密钥再有效 24 小时", min_length=32, max_length=200, examples=[None]
    )


class ClientChangeOut(Out):
    """一项接入系统变更。"""

    id: UUID = Field(description="变更编号")
    client_id: str = Field(description="接入系统编号", examples=["procurement"])
    kind: ChangeKind = Field(description="变更种类")
    reason: str = Field(description="变更原因", examples=["新增名录查询"])
    scopes: list[str] = Field(description="新的接口范围", examples=[["credit.check"]])
    state: ChangeState = Field(description="状态：proposed 待审批、approved 已批准、refused 已退回")
    proposed_by: str = Field(description="提出人", examples=["officer:admin"])
    proposed_at: datetime = Field(description="提出时间")
    decided_by: str | None = Field(description="审批人", examples=["officer:security"])
    decided_at: datetime | None = Field(description="审批时间")

    @classmethod
    def of(cls, change: ClientChange) -> ClientChangeOut:
        return cls(
            id=change.id,
            client_id=change.client_id,
            kind=change.kind,
            reason=change.reason,
            scopes=sorted(change.scopes),
            state=change.state,
            proposed_by=change.proposed_by,
            proposed_at=change.proposed_at,
            decided_by=change.decided_by,
            decided_at=change.decided_at,
        )


@router.post(
    "/clients",
    status_code=201,
    response_model=ClientOut,
    summary="登记接入系统",
    description="由系统管理员或安全管理员提出，另一人审批后启用。",
)
async def create_client(body: ClientIn, act: CurrentAct) -> Response:
    allowance = Allowance(body.per_minute, body.per_day, tuple(body.addresses))
    command = ProposeClient(body.client_id, body.name, body.department, body.scopes, allowance, body.secret)
    return await act.run(propose_client, command, shows=ClientOut.proposed, status=201)


@router.get("/clients", response_model=Page[ClientOut], summary="接入系统列表", description="按编号排列。")
async def list_clients(work: Reading, paging: Paging) -> Page[ClientOut]:
    rows = await list_clients_page(work, paging.size + 1, str(paging.after[0]) if paging.after else "")
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].client_id]) if len(rows) > paging.size else None
    return Page[ClientOut](items=[ClientOut.of(row) for row in shown], next=more)


@router.get("/clients/{client_id}", response_model=ClientOut, summary="一个接入系统", description="授权、限额和状态。")
async def get_client(client_id: ClientId, work: Reading) -> ClientOut:
    return ClientOut.of(await read_client(work, client_id))


@router.post(
    "/client-changes",
    status_code=201,
    response_model=ClientChangeOut,
    summary="提出接入系统变更",
    description="调整授权与限额、更换密钥或停用；另一名管理员审批后生效。",
)
async def create_client_change(body: ClientChangeIn, act: CurrentAct) -> Response:
    limits = body.allowance
    allowance = Allowance(limits.per_minute, limits.per_day, tuple(limits.addresses)) if limits else None
    command = ProposeChange(body.client_id, body.kind, body.reason, body.scopes, allowance, body.secret)
    return await act.run(propose_client_change, command, shows=ClientChangeOut.of, status=201)


@router.get(
    "/client-changes", response_model=Page[ClientChangeOut], summary="接入系统变更列表", description="新的在前。"
)
async def list_client_changes(
    work: Reading,
    paging: Paging,
    state: Annotated[ChangeState | None, Query(description="只看这一状态")] = None,
) -> Page[ClientChangeOut]:
    after = paging.after_id
    rows = await list_changes_page(work, paging.size + 1, after, state)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[ClientChangeOut](items=[ClientChangeOut.of(row) for row in shown], next=more)


@router.post(
    "/client-changes/{change_id}/approval",
    response_model=ClientChangeOut,
    summary="批准接入系统变更",
    description="由提出人以外的系统管理员或安全管理员批准，立即生效；停用在一分钟内对所有已发令牌生效。",
)
async def create_approval(change_id: ChangeId, act: CurrentAct) -> Response:
    command = DecideClientChange(change_id, ChangeState.APPROVED)
    return await act.run(decide_client_change, command, shows=ClientChangeOut.of)


@router.post(
    "/client-changes/{change_id}/refusal",
    response_model=ClientChangeOut,
    summary="退回接入系统变更",
    description="由提出人以外的管理员退回，不作任何改变。",
)
async def create_refusal(change_id: ChangeId, act: CurrentAct) -> Response:
    command = DecideClientChange(change_id, ChangeState.REFUSED)
    return await act.run(decide_client_change, command, shows=ClientChangeOut.of)
