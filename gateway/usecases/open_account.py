"""Open an officer's account (开立账号)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from gateway.adapters.passwords import hash_password
from gateway.domain.accounts import Account, ExternalSubjectTaken, LoginTaken, assert_password, assert_roles
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
    external_subject: str | None = None


async def open_account(command: OpenAccount, uow: GatewayUnitOfWork) -> Account:
    """By the system administrator. Raises LoginTaken, ExternalSubjectTaken, PasswordTooWeak, RolesConflict,
    RoleUnknown, InspectorIdMissing, RoleMissing."""
    assert_roles(command.roles, command.inspector_id)
    assert_password(command.password, command.login)
    hashed = await asyncio.to_thread(hash_password, command.password)
    async with uow:
        uow.principal.require(ADMIN)
        if await uow.accounts.find(command.login) is not None:
            raise LoginTaken(login=command.login)
        if command.external_subject and await uow.accounts.find_external(command.external_subject) is not None:
            raise ExternalSubjectTaken
        account = Account(
            new_id(),
            command.login,
            hashed,
            command.name,
            uow.district,
            command.department,
            command.roles,
            command.inspector_id,
            external_subject=command.external_subject,
        )
        await uow.accounts.add(account)
        uow.emit(OfficerChangedV1(aggregate_version=1, officer_id=account.officer_id, active=True))
        await uow.commit(account)
    return account
