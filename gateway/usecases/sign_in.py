"""Sign an officer or a machine client in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from gateway.adapters.passwords import is_right
from gateway.domain.accounts import Account, Client, SignInFailed
from gateway.storage.unit_of_work import GatewayUnitOfWork


@dataclass(frozen=True, slots=True)
class SignIn:
    """`name` is a login or a client id."""

    name: str
    secret: str = field(metadata={"personal": True})


async def sign_in_officer(command: SignIn, uow: GatewayUnitOfWork) -> Account:
    """Raises SignInFailed or AccountLocked. A wrong try is counted and committed before it is refused."""
    async with uow:
        account = await uow.accounts.find(command.name, for_update=True)
        if account is not None:
            account.assert_may_try(uow.now)
        known = None if account is None else account.password_hash
        right = await asyncio.to_thread(is_right, known, command.secret)
        if account is None:
            raise SignInFailed
        tried = account.tried(right=right, now=uow.now)
        await uow.accounts.note_try(tried)
        await uow.commit(tried)
    if not right:
        tried.assert_may_try(uow.now)
        raise SignInFailed
    return tried


async def sign_in_client(command: SignIn, uow: GatewayUnitOfWork) -> Client:
    """Client credentials. Raises SignInFailed."""
    async with uow:
        client = await uow.clients.find(command.name)
    known = None if client is None or not client.active else client.secret_hash
    if not await asyncio.to_thread(is_right, known, command.secret) or client is None:
        raise SignInFailed
    return client
