"""The gateway's unit of work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from gateway.storage.accounts import AccountStore
from gateway.storage.clients import ClientStore
from gateway.storage.external_sign_ins import ExternalSignInStore
from gateway.storage.resets import ResetStore
from shared.runtime.database import Database
from shared.runtime.principal import Principal
from shared.runtime.unit_of_work import UnitOfWork

Leavers = Callable[[UUID], Awaitable[frozenset[UUID]]]
"""Change set of registry → the inspectors who left with it."""


async def _nobody(_: UUID) -> frozenset[UUID]:
    raise RuntimeError("this process has no registry to ask")


class GatewayUnitOfWork(UnitOfWork):
    accounts: AccountStore
    clients: ClientStore
    resets: ResetStore
    external_sign_ins: ExternalSignInStore

    def __init__(self, database: Database, principal: Principal, leavers: Leavers = _nobody) -> None:
        super().__init__(database, principal)
        self.leavers = leavers

    def opened(self) -> None:
        self.accounts = AccountStore(self.connection)
        self.clients = ClientStore(self.connection)
        self.resets = ResetStore(self.connection)
        self.external_sign_ins = ExternalSignInStore(self.connection)
