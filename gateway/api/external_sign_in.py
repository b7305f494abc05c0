"""`GET /oauth2/sign-in` and `/oauth2/callback`: officers by the issuer of people (authorization code with PKCE)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Cookie, Query, Request, Response
from fastapi.responses import RedirectResponse

from gateway.adapters.issuer import Issuer
from gateway.api.oauth2 import TokenOut, officer_principal, token_of
from gateway.domain.external import UNDER_WAY_MINUTES, ExternalSignInFailed, ExternalSignInOff, same
from gateway.settings import GatewaySettings
from gateway.usecases.sign_in_externally import begin_external_sign_in, sign_in_externally, take_under_way
from shared.runtime.app import CurrentProcess
from shared.runtime.principal import service_principal

router = APIRouter(prefix="/oauth2", tags=["登录"])
_COOKIE = "ssj_sign_in"


def _issuer(request: Request) -> Issuer:
    """Raises ExternalSignInOff; also where the application stands without its door."""
    keepers = getattr(request.app.state, "keepers", None)
    if keepers is None or keepers.issuer is None:
        raise ExternalSignInOff
    issuer: Issuer = keepers.issuer
    return issuer


@router.get(
    "/sign-in",
    status_code=303,
    response_class=RedirectResponse,
    summary="统一身份认证登录",
    description="转到统一身份认证平台登录，登录后回到 /oauth2/callback；未启用时返回 404。",
)
async def begin_sign_in(request: Request, process: CurrentProcess) -> Response:
    settings = process.settings
    assert isinstance(settings, GatewaySettings)
    uow = process.open(service_principal("gateway", settings.district))
    begun = await begin_external_sign_in(_issuer(request), uow)
    answer = RedirectResponse(begun.address, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    answer.set_cookie(
        _COOKIE,
        begun.state,
        max_age=UNDER_WAY_MINUTES * 60,
        path="/oauth2",
        secure=settings.oidc_redirect.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get(
    "/callback",
    response_model=TokenOut,
    summary="统一身份认证登录结果",
    description="统一身份认证平台转回的地址；核对无误后返回访问令牌，与密码登录所得相同。",
)
async def end_sign_in(
    request: Request,
    response: Response,
    process: CurrentProcess,
    state: Annotated[str, Query(description="登录标识", max_length=200, examples=["s-1"])],
    code: Annotated[str, Query(description="授权码", max_length=2000, examples=["c-1"])],
    session_state: Annotated[str | None, Query(description="认证平台的会话标识，不使用", max_length=500)] = None,
    iss: Annotated[str | None, Query(description="认证平台标识（RFC 9207）", max_length=500)] = None,
    begun: Annotated[str | None, Cookie(alias=_COOKIE, description="登录开始时所发", max_length=200)] = None,
) -> TokenOut:
    issuer, settings = _issuer(request), process.settings
    assert isinstance(settings, GatewaySettings)
    if begun is None or not same(begun, state) or (iss is not None and iss != settings.oidc_issuer):
        raise ExternalSignInFailed
    machine = service_principal("gateway", settings.district)
    identity = await issuer.redeem(code, await take_under_way(state, process.open(machine)))
    account = await sign_in_externally(
        identity,
        request.client.host if request.client else "",
        process.open(machine),
        second_factor_required=settings.second_factor_required,
    )
    response.headers["Cache-Control"] = "no-store"
    response.delete_cookie(_COOKIE, path="/oauth2")
    return token_of(officer_principal(account, must_enrol=False), process)
