"""Read one account."""

from __future__ import annotations

from gateway.domain.accounts import Account, AccountUnknown
from gateway.storage.unit_of_work import GatewayUnitOfWork
from gateway.usecases.open_account import ADMIN


async def read_account(uow: GatewayUnitOfWork, login: str) -> Account:
    """Raises AccountUnknown, RoleMissing."""
    async with uow:
        uow.principal.require(ADMIN)
        account = await uow.accounts.find(login)
    if account is None:
        raise AccountUnknown(login=login)
    return account
