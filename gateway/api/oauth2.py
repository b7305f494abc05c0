"""`POST /oauth2/token` (RFC 6749): password for local officers, client credentials for machine clients."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from gateway.domain.accounts import Account
from gateway.domain.clients import Client
from gateway.domain.policy import ENROLLING, RENEWING
from gateway.settings import GatewaySettings
from gateway.usecases.sign_in import SignIn, sign_in_client, sign_in_officer
from shared.runtime.app import CurrentProcess
from shared.runtime.http import Out
from shared.runtime.principal import CLIENT, Principal, service_principal
from shared.runtime.service import Process
from shared.runtime.tokens import sign

API_AUDIENCE = "api"
"""The audience of access tokens; services accept only tokens whose audience is their own name."""
router = APIRouter(tags=["登录"])


class TokenOut(Out):
    """访问令牌。"""

    access_token: str = Field(
        description="访问令牌，放入 Authorization: Bearer 请求头",
        examples=["eyJhbGciOiJFZERTQSIsImtpZCI6ImdhdGV3YXkifQ.e30.c2ln"],
    )
    token_type: Literal["Bearer"] = Field("Bearer", description="令牌类型")
    expires_in: int = Field(description="有效秒数", examples=[1800])
    scope: str = Field(description="授予的接口范围，以空格分隔", examples=["credit.check"])


@router.post(
    "/oauth2/token", response_model=TokenOut, summary="取得访问令牌", description="账号密码或接入系统凭据登录。"
)
async def issue_token(
    request: Request,
    response: Response,
    process: CurrentProcess,
    grant_type: Annotated[Literal["password", "client_credentials"], Form(description="登录方式")],
    username: Annotated[str | None, Form(description="账号名", max_length=100)] = None,
    password: Annotated[str | None, Form(description="密码", max_length=200)] = None,
    client_id: Annotated[str | None, Form(description="接入系统编号", max_length=100)] = None,
    client_secret: Annotated[str | None, Form(description="接入系统密钥", max_length=200)] = None,
    otp: Annotated[str | None, Form(description="动态验证码（已启用的账号）", max_length=10)] = None,
) -> TokenOut:
    settings = process.settings
    assert isinstance(settings, GatewaySettings)
    address = request.client.host if request.client else ""
    uow = process.open(service_principal("gateway", settings.district))
    if grant_type == "password":
        signed_in = await sign_in_officer(SignIn(username or "", password or "", otp, address), uow)
        is_old = 0 < settings.password_days <= signed_in.password_days
        principal = officer_principal(signed_in.account, must_enrol=settings.second_factor_required, must_renew=is_old)
    else:
        client = await sign_in_client(SignIn(client_id or "", client_secret or "", None, address), uow)
        principal = client_principal(client)
    response.headers["Cache-Control"] = "no-store"  # RFC 6749, 5.1
    return token_of(principal, process)


def token_of(principal: Principal, process: Process) -> TokenOut:
    settings = process.settings
    assert isinstance(settings, GatewaySettings)
    life = timedelta(minutes=settings.access_minutes)
    return TokenOut(
        access_token=sign(principal, "gateway", API_AUDIENCE, process.key, life),
        expires_in=int(life.total_seconds()),
        scope=" ".join(sorted(principal.scopes)),
    )


def officer_principal(account: Account, *, must_enrol: bool, must_renew: bool = False) -> Principal:
    """Who must set a new password can do nothing else; nor can an administrator but enrol, who must have a second
    factor and has none."""
    is_half = must_enrol and account.is_administrator and account.second_factor is None
    roles = frozenset({ENROLLING}) if is_half else account.roles
    return Principal(
        subject=f"officer:{account.login}",
        district=account.district,
        department=account.department,
        roles=frozenset({RENEWING}) if must_renew else roles,
        officer_id=account.officer_id,
        inspector_id=account.inspector_id,
    )


def client_principal(client: Client) -> Principal:
    return Principal(
        subject=f"client:{client.client_id}",
        district=client.district,
        department=client.department,
        roles=frozenset({CLIENT}),
        scopes=client.scopes,
    )
