"""Open an officer's account (开立账号) or register a machine client (登记接入系统)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from gateway.adapters.passwords import hash_password
from gateway.domain.accounts import Account, Client, ClientTaken, LoginTaken, assert_roles
from gateway.storage.unit_of_work import GatewayUnitOfWork
from shared.events.gateway import OfficerChangedV1
from shared.values.ids import new_id

ADMIN = "system_admin"


@dataclass(frozen=True, slots=True)
class OpenAccount:
    login: str
    name: str
    department: str
    roles: frozenset[str]
    inspector_id: UUID | None
    password: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class RegisterClient:
    client_id: str
    name: str
    department: str
    scopes: frozenset[str]
    secret: str = field(metadata={"personal": True})


async def open_account(command: OpenAccount, uow: GatewayUnitOfWork) -> Account:
    """By the system administrator. Raises LoginTaken, RolesConflict, RoleUnknown, InspectorIdMissing, RoleMissing."""
    assert_roles(command.roles, command.inspector_id)
    hashed = await asyncio.to_thread(hash_password, command.password)
    async with uow:
        uow.principal.require(ADMIN)
        if await uow.accounts.find(command.login) is not None:
            raise LoginTaken(login=command.login)
        account = Account(
            new_id(),
            command.login,
            hashed,
            command.name,
            uow.district,
            command.department,
            command.roles,
            command.inspector_id,
        )
        await uow.accounts.add(account)
        uow.emit(OfficerChangedV1(aggregate_version=1, officer_id=account.officer_id, active=True))
        await uow.commit(account)
    return account


async def register_client(command: RegisterClient, uow: GatewayUnitOfWork) -> Client:
    """By the system administrator. Raises ClientTaken, RoleMissing."""
    hashed = await asyncio.to_thread(hash_password, command.secret)
    async with uow:
        uow.principal.require(ADMIN)
        if await uow.clients.find(command.client_id) is not None:
            raise ClientTaken(client_id=command.client_id)
        client = Client(command.client_id, hashed, command.name, uow.district, command.department, command.scopes)
        await uow.clients.add(client)
        await uow.commit(client)
    return client
