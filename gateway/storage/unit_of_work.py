"""The gateway's unit of work."""

from __future__ import annotations

from gateway.storage.accounts import AccountStore
from gateway.storage.clients import ClientStore
from shared.runtime.unit_of_work import UnitOfWork


class GatewayUnitOfWork(UnitOfWork):
    accounts: AccountStore
    clients: ClientStore

    def opened(self) -> None:
        self.accounts = AccountStore(self.connection)
        self.clients = ClientStore(self.connection)
