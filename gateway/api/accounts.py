"""Accounts and machine clients over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from gateway.domain.accounts import Account, Client
from gateway.usecases.list_accounts import list_accounts_page
from gateway.usecases.open_account import OpenAccount, RegisterClient, open_account, register_client
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Caller, In, Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["账号与接入系统"])


class AccountIn(In):
    """开立一个账号。"""

    login: str = Field(description="账号名", pattern=r"^[a-z0-9._-]{3,60}$", examples=["scjg.admin"])
    name: str = Field(description="姓名或岗位", min_length=1, max_length=50, examples=["王晓明"])
    department: str = Field(description="所属部门代码", min_length=2, max_length=20, examples=["SCJG"])
    roles: frozenset[str] = Field(description="角色", examples=[["department_admin"]])
    inspector_id: UUID | None = Field(None, description="关联的执法人员编号")
    password: str = Field(
        description="初始密码，至少 10 位", min_length=10, max_length=200, examples=["shuang-sui-ji-2026"]
    )


class AccountOut(Out):
    """一个账号。"""

    officer_id: UUID = Field(description="人员编号")
    login: str = Field(description="账号名", examples=["scjg.admin"])
    name: str = Field(description="姓名或岗位", examples=["王晓明"])
    department: str = Field(description="所属部门代码", examples=["SCJG"])
    roles: list[str] = Field(description="角色", examples=[["department_admin"]])
    inspector_id: UUID | None = Field(description="关联的执法人员编号")
    active: bool = Field(description="是否启用")

    @classmethod
    def of(cls, account: Account) -> AccountOut:
        return cls(
            officer_id=account.officer_id,
            login=account.login,
            name=account.name,
            department=account.department,
            roles=sorted(account.roles),
            inspector_id=account.inspector_id,
            active=account.active,
        )


class ClientIn(In):
    """登记一个接入系统。"""

    client_id: str = Field(description="接入系统编号", pattern=r"^[a-z0-9.-]{3,60}$", examples=["procurement"])
    name: str = Field(description="系统名称", min_length=2, max_length=100, examples=["区公共资源交易平台"])
    department: str = Field("", description="所属部门代码", max_length=20)
    scopes: frozenset[str] = Field(description="授予的接口范围", examples=[["credit.check"]])
    secret: str = Field(
        description="密钥，至少 20 位", min_length=20, max_length=200, examples=["0f8c1c0a5b5d4c8e9a7b2d1e"]
    )


class ClientOut(Out):
    """一个接入系统。"""

    client_id: str = Field(description="接入系统编号", examples=["procurement"])
    name: str = Field(description="系统名称", examples=["区公共资源交易平台"])
    scopes: list[str] = Field(description="授予的接口范围", examples=[["credit.check"]])

    @classmethod
    def of(cls, client: Client) -> ClientOut:
        return cls(client_id=client.client_id, name=client.name, scopes=sorted(client.scopes))


class MeOut(Out):
    """当前登录者。"""

    subject: str = Field(description="登录者标识", examples=["officer:scjg.admin"])
    district: str = Field(description="区划", examples=["mengjin"])
    department: str = Field(description="部门代码", examples=["SCJG"])
    roles: list[str] = Field(description="角色", examples=[["department_admin"]])
    scopes: list[str] = Field(description="接口范围", examples=[["credit.check"]])
    inspector_id: UUID | None = Field(description="关联的执法人员编号")


@router.post(
    "/accounts", status_code=201, response_model=AccountOut, summary="开立账号", description="由系统管理员办理。"
)
async def create_account(body: AccountIn, act: CurrentAct) -> Response:
    command = OpenAccount(body.login, body.name, body.department, body.roles, body.inspector_id, body.password)
    return await act.run(open_account, command, shows=AccountOut.of, status=201)


@router.get(
    "/accounts", response_model=Page[AccountOut], summary="账号列表", description="按账号名排列，仅系统管理员可见。"
)
async def list_accounts(work: Reading, paging: Paging) -> Page[AccountOut]:
    rows = await list_accounts_page(work, paging.size + 1, str(paging.after[0]) if paging.after else "")
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].login]) if len(rows) > paging.size else None
    return Page[AccountOut](items=[AccountOut.of(row) for row in shown], next=more)


@router.post(
    "/clients", status_code=201, response_model=ClientOut, summary="登记接入系统", description="由系统管理员办理。"
)
async def create_client(body: ClientIn, act: CurrentAct) -> Response:
    command = RegisterClient(body.client_id, body.name, body.department, body.scopes, body.secret)
    return await act.run(register_client, command, shows=ClientOut.of, status=201)


@router.get("/me", response_model=MeOut, summary="当前登录者", description="返回令牌所代表的人员或系统。")
async def get_me(caller: Caller) -> MeOut:
    return MeOut(
        subject=caller.subject,
        district=caller.district,
        department=caller.department,
        roles=sorted(caller.roles),
        scopes=sorted(caller.scopes),
        inspector_id=caller.inspector_id,
    )
