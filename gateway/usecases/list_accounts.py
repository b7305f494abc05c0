"""List the accounts of a district."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.domain.accounts import Account
from gateway.storage.unit_of_work import GatewayUnitOfWork
from gateway.usecases.open_account import ADMIN


async def list_accounts_page(uow: GatewayUnitOfWork, size: int, after: str) -> Sequence[Account]:
    """At most `size` accounts with a login above `after`. Raises RoleMissing."""
    async with uow:
        uow.principal.require(ADMIN)
        return await uow.accounts.page(uow.district, size, after)
