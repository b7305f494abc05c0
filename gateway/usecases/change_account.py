"""Change an officer's roles or department, or close the account (变更账号)."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.domain.accounts import Account, AccountUnknown
from gateway.storage.unit_of_work import GatewayUnitOfWork
from gateway.usecases.open_account import ADMIN
from shared.events.gateway import OfficerChangedV1
from shared.runtime.problems import VersionChanged


@dataclass(frozen=True, slots=True)
class ChangeAccount:
    login: str
    version: int
    roles: frozenset[str]
    department: str
    active: bool


async def change_account(command: ChangeAccount, uow: GatewayUnitOfWork) -> Account:
    """By the system administrator. Tokens that the officer holds end with it (SEC16).

    Raises AccountUnknown, VersionChanged, RolesConflict, RoleUnknown, InspectorIdMissing, RoleMissing.
    """
    async with uow:
        uow.principal.require(ADMIN)
        account = await uow.accounts.find(command.login, for_update=True)
        if account is None:
            raise AccountUnknown(login=command.login)
        if account.version != command.version:
            raise VersionChanged
        changed = account.changed(roles=command.roles, department=command.department, active=command.active)
        await uow.accounts.save(changed)
        await uow.accounts.revoke(f"officer:{account.login}", uow.district)
        uow.emit(
            OfficerChangedV1(aggregate_version=changed.version, officer_id=changed.officer_id, active=changed.active)
        )
        await uow.commit(changed)
    return changed
