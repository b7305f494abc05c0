"""Sign an officer or a machine client in. Every try is an audit row, also one that failed (SEC12)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from gateway.adapters.passwords import is_right
from gateway.adapters.second_factor import step_of
from gateway.domain.accounts import Account, SecondFactorNeeded, SecondFactorWrong, SignInFailed
from gateway.domain.clients import Client
from gateway.storage.unit_of_work import GatewayUnitOfWork
from shared.runtime.sealed import seal_keys
from shared.values.errors import Forbidden


@dataclass(frozen=True, slots=True)
class SignIn:
    """`name` is a login or a client id; `address` where the caller comes from."""

    name: str
    secret: str = field(metadata={"personal": True})
    code: str | None = field(default=None, metadata={"personal": True})
    address: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`password_days`: whole days since the password was set."""

    account: Account
    password_days: int


async def sign_in_officer(command: SignIn, uow: GatewayUnitOfWork) -> SignedIn:
    """Raises SignInFailed, AccountLocked, SecondFactorNeeded or SecondFactorWrong. A wrong try is counted and committed
    before it is refused; a wrong code counts as a wrong password."""
    async with uow:
        account = await uow.accounts.find(command.name, for_update=True)
        if account is not None:
            account.assert_may_try(uow.now)
        known = None if account is None else account.password_hash
        right = await asyncio.to_thread(is_right, known, command.secret)
        if account is None:
            uow.acting("sign_in_failed", command)
            await uow.commit()
            raise SignInFailed
        step, refusal = (None, SignInFailed()) if not right else _second_factor(account, command.code)
        tried = account.tried(right=refusal is None, now=uow.now)
        if isinstance(refusal, SecondFactorNeeded):
            tried = account
        tried = replace(tried, second_factor_step=step or tried.second_factor_step)
        uow.acting("sign_in_failed" if refusal else "sign_in", command)
        await uow.accounts.note_try(tried)
        days = await uow.accounts.password_age_days(account.login)
        await uow.commit(tried)
    if refusal is not None:
        tried.assert_may_try(uow.now)
        raise refusal
    return SignedIn(tried, days)


def _second_factor(account: Account, code: str | None) -> tuple[int | None, Forbidden | None]:
    """The time step of the code, or the refusal."""
    if account.second_factor is None:
        return None, None
    if not code:
        return None, SecondFactorNeeded()
    step = step_of(seal_keys().open(account.second_factor), code, account.second_factor_step)
    return (step, None) if step is not None else (None, SecondFactorWrong())


async def sign_in_client(command: SignIn, uow: GatewayUnitOfWork) -> Client:
    """Client credentials; after a rotation the secret before is good for a day. Raises SignInFailed,
    AddressNotAllowed."""
    async with uow:
        client = await uow.clients.find(command.name)
        known = [] if client is None or not client.is_active else client.secrets_at(uow.now)
        hashes: list[str | None] = [secret.hash for secret in known] or [None]
        tries = [await asyncio.to_thread(is_right, hashed, command.secret) for hashed in hashes]
        is_known = client is not None and any(tries)
        uow.acting("sign_in" if is_known else "sign_in_failed", command)
        await uow.commit(client)
    if client is None or not is_known:
        raise SignInFailed
    client.allowance.assert_from(command.address)
    return client
