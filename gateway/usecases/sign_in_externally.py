"""Sign an officer in who comes from the issuer of people (统一身份认证登录): begin here, end here, once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from gateway.adapters.issuer import Issuer
from gateway.domain.accounts import Account, SecondFactorNeeded, SignInFailed
from gateway.domain.external import ExternalSignInFailed, Identity, UnderWay
from gateway.storage.unit_of_work import GatewayUnitOfWork
from shared.runtime.sealed import seal_keys
from shared.values.errors import Forbidden


@dataclass(frozen=True, slots=True)
class SignInExternally:
    """`subject`: who the issuer says came; `address`: where from."""

    subject: str
    address: str


@dataclass(frozen=True, slots=True)
class Begun:
    """`state` is also kept by the browser: who comes back must be who left."""

    state: str
    address: str


async def begin_external_sign_in(issuer: Issuer, uow: GatewayUnitOfWork) -> Begun:
    """Raises IssuerUnavailable."""
    state = secrets.token_urlsafe(32)
    under_way = UnderWay(secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    address = await issuer.address(state, under_way)
    async with uow:
        await uow.external_sign_ins.begin(uow.district, state, seal_keys().seal(under_way.text))
        await uow.commit()
    return Begun(state, address)


async def take_under_way(state: str, uow: GatewayUnitOfWork) -> UnderWay:
    """What was begun under the state; the second who asks gets nothing. Raises ExternalSignInFailed."""
    async with uow:
        sealed = await uow.external_sign_ins.end(state)
        await uow.commit()
    if sealed is None:
        raise ExternalSignInFailed
    return UnderWay.of(seal_keys().open(sealed))


async def sign_in_externally(
    identity: Identity, address: str, uow: GatewayUnitOfWork, *, second_factor_required: bool
) -> Account:
    """The issuer says who it is, the account says what he may. Every try is an audit row (SEC12).

    Raises SignInFailed where no open account is his, AccountLocked, SecondFactorNeeded where an administrator comes
    without one.
    """
    refusal: Forbidden | None = None
    async with uow:
        account = await uow.accounts.find_external(identity.subject)
        try:
            if account is None:
                raise SignInFailed
            account.assert_may_try(uow.now)
            if second_factor_required and account.is_administrator and not identity.has_second_factor:
                raise SecondFactorNeeded
        except Forbidden as error:
            refusal = error
        uow.acting("sign_in_failed" if refusal else "sign_in", SignInExternally(identity.subject, address))
        await uow.commit(account)
    if refusal is not None:
        raise refusal
    assert account is not None
    return account
