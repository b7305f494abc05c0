"""Officers' accounts over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from gateway.adapters.second_factor import address_of, propose
from gateway.domain.accounts import Account
from gateway.usecases.change_account import ChangeAccount, change_account
from gateway.usecases.enrol_second_factor import EnrolSecondFactor, enrol_second_factor
from gateway.usecases.list_accounts import list_accounts_page
from gateway.usecases.open_account import OpenAccount, open_account
from gateway.usecases.read_account import read_account
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Caller, ExpectedVersion, In, Out, Page, Paging, etag, next_cursor

Login = Annotated[str, Path(description="账号名", examples=["scjg.admin"])]
router = APIRouter(prefix="/v1", tags=["账号"])


class AccountIn(In):
    """开立一个账号。"""

    login: str = Field(description="账号名", pattern=r"^[a-z0-9._-]{3,60}$", examples=["scjg.admin"])
    name: str = Field(description="姓名或岗位", min_length=1, max_length=50, examples=["王晓明"])
    department: str = Field(description="所属部门代码", min_length=2, max_length=20, examples=["SCJG"])
    roles: frozenset[str] = Field(description="角色", examples=[["department_admin"]])
    inspector_id: UUID | None = Field(None, description="关联的执法人员编号")
    password: str = Field(
        description="初始密码：至少 12 位，或 10 位且含三类字符",
        min_length=10,
        max_length=200,
        examples=["shuang-sui-ji-2026"],
    )
    external_subject: str | None = Field(
        None, description="在统一身份认证中的标识（sub）；不填则只能用密码登录", max_length=255, examples=["u-10023"]
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
    has_second_factor: bool = Field(description="是否已启用动态验证码")

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
            has_second_factor=account.second_factor is not None,
        )


class AccountChangeIn(In):
    """变更一个账号。"""

    department: str = Field(description="所属部门代码", min_length=2, max_length=20, examples=["SCJG"])
    roles: frozenset[str] = Field(description="角色", examples=[["department_admin"]])
    active: bool = Field(description="是否启用")


class SecondFactorProposalOut(Out):
    """一个待启用的动态验证码密钥；平台此时尚未保存。"""

    secret: str = Field(description="密钥（base32），录入验证器", examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
    address: str = Field(description="验证器识别的地址", examples=["otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"])


class SecondFactorIn(In):
    """启用动态验证码：用验证器当前的验证码证明已录入。"""

    secret: str = Field(
        description="密钥（base32）", pattern=r"^[A-Z2-7]{32,64}$", examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"]
    )
    code: str = Field(description="验证器当前的验证码", pattern=r"^\d{6}$", examples=["492039"])
    previous_code: str | None = Field(
        None, description="更换时，旧验证器当前的验证码", pattern=r"^\d{6}$", examples=[None]
    )


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
    command = OpenAccount(
        body.login, body.name, body.department, body.roles, body.inspector_id, body.password, body.external_subject
    )
    return await act.run(open_account, command, shows=AccountOut.of, status=201)


@router.get(
    "/accounts", response_model=Page[AccountOut], summary="账号列表", description="按账号名排列，仅系统管理员可见。"
)
async def list_accounts(work: Reading, paging: Paging) -> Page[AccountOut]:
    rows = await list_accounts_page(work, paging.size + 1, str(paging.after[0]) if paging.after else "")
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].login]) if len(rows) > paging.size else None
    return Page[AccountOut](items=[AccountOut.of(row) for row in shown], next=more)


@router.get(
    "/accounts/{login}", response_model=AccountOut, summary="一个账号", description="含版本号（ETag），变更前先读取。"
)
async def get_account(login: Login, work: Reading, response: Response) -> AccountOut:
    account = await read_account(work, login)
    response.headers["ETag"] = etag(account.version)
    return AccountOut.of(account)


@router.put(
    "/accounts/{login}",
    response_model=AccountOut,
    summary="变更账号",
    description="调整角色、部门或停用；该人员已有的令牌在一分钟内失效。",
)
async def update_account(login: Login, body: AccountChangeIn, version: ExpectedVersion, act: CurrentAct) -> Response:
    command = ChangeAccount(login, version, body.roles, body.department, body.active)
    return await act.run(
        change_account,
        command,
        shows=AccountOut.of,
        headers=lambda account: {"ETag": etag(account.version)},
    )


@router.get(
    "/second-factor-proposal",
    response_model=SecondFactorProposalOut,
    summary="取得动态验证码密钥",
    description="每次返回一个新的随机密钥，录入验证器后再启用；不启用则不起作用。",
)
async def get_second_factor_proposal(caller: Caller, response: Response) -> SecondFactorProposalOut:
    response.headers["Cache-Control"] = "no-store"
    secret = propose()
    return SecondFactorProposalOut(secret=secret, address=address_of(secret, caller.subject.removeprefix("officer:")))


@router.post(
    "/second-factors",
    status_code=201,
    response_model=AccountOut,
    summary="启用动态验证码",
    description="为本人账号启用或更换动态验证码；启用后登录须提供验证码（otp）。",
)
async def create_second_factor(body: SecondFactorIn, act: CurrentAct) -> Response:
    command = EnrolSecondFactor(body.secret, body.code, body.previous_code)
    return await act.run(enrol_second_factor, command, shows=AccountOut.of, status=201)


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
