"""Propose a machine client or a change of one (提出接入系统变更). Nothing is so until a second one approves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from gateway.adapters.passwords import hash_password
from gateway.domain.clients import (
    MAY_DECIDE,
    Allowance,
    ChangeKind,
    Client,
    ClientChange,
    ClientChangeWaits,
    ClientTaken,
    ClientUnknown,
    Secret,
)
from gateway.storage.unit_of_work import GatewayUnitOfWork
from shared.runtime.sealed import seal_keys
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class ProposeClient:
    client_id: str
    name: str
    department: str
    scopes: frozenset[str]
    allowance: Allowance
    secret: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class ProposeChange:
    """`scopes` and `allowance` for a change of scopes, `secret` for a new secret."""

    client_id: str
    kind: ChangeKind
    reason: str
    scopes: frozenset[str] = frozenset()
    allowance: Allowance | None = None
    secret: str | None = field(default=None, metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class Proposed:
    client: Client
    change: ClientChange


async def propose_client(command: ProposeClient, uow: GatewayUnitOfWork) -> Proposed:
    """Raises ClientTaken, RoleMissing."""
    secret = await _kept(command.secret)
    async with uow:
        uow.principal.require(*MAY_DECIDE)
        if await uow.clients.find(command.client_id) is not None:
            raise ClientTaken(client_id=command.client_id)
        client = Client(
            command.client_id,
            command.name,
            uow.district,
            command.department,
            command.scopes,
            secret,
            command.allowance,
        )
        change = _change(ProposeChange(command.client_id, ChangeKind.OPENING, command.name), None, uow)
        await uow.clients.add(client)
        await uow.clients.propose(change)
        await uow.commit(Proposed(client, change))
    return Proposed(client, change)


async def propose_client_change(command: ProposeChange, uow: GatewayUnitOfWork) -> ClientChange:
    """Raises ClientUnknown, ClientNotActive, ClientChangeWaits, ChangeIncomplete, RoleMissing."""
    secret = None if command.secret is None else await _kept(command.secret)
    async with uow:
        uow.principal.require(*MAY_DECIDE)
        client = await uow.clients.find(command.client_id, for_update=True)
        if client is None:
            raise ClientUnknown(client_id=command.client_id)
        client.assert_may_change(command.kind)
        if await uow.clients.waits(command.client_id):
            raise ClientChangeWaits(client_id=command.client_id)
        change = _change(command, secret, uow)
        await uow.clients.propose(change)
        await uow.commit(change)
    return change


def _change(command: ProposeChange, secret: Secret | None, uow: GatewayUnitOfWork) -> ClientChange:
    return ClientChange(
        id=new_id(),
        district=uow.district,
        client_id=command.client_id,
        kind=command.kind,
        reason=command.reason,
        proposed_by=uow.principal.subject,
        proposed_at=uow.now,
        scopes=command.scopes,
        allowance=command.allowance,
        secret=secret,
    )


async def _kept(secret: str) -> Secret:
    hashed = await asyncio.to_thread(hash_password, secret)
    return Secret(hashed, seal_keys().seal(secret))
