"""Credit's unit of work: its stores over one transaction, the rules read so far, registry as a peer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol
from uuid import UUID

from services.credit.domain.entities import EntityRow
from services.credit.storage.archive import ArchiveStore
from services.credit.storage.imports import ImportStore
from services.credit.storage.ledger import LedgerStore
from services.credit.storage.replicas import ReplicaStore
from services.credit.storage.restrictions import RestrictionStore
from services.credit.storage.rulebooks import RulebookStore, RuleShelf
from shared.runtime.database import Database
from shared.runtime.principal import Principal
from shared.runtime.unit_of_work import UnitOfWork


class ChangeSets(Protocol):
    """Where the rows of registry's change sets (变更批次) are pulled from."""

    def entity_rows(self, change_set_id: UUID) -> AsyncIterator[Sequence[EntityRow]]: ...


class CreditUnitOfWork(UnitOfWork):
    """`change_sets` is needed where registry's events are applied; `shelf` is shared by all units of a process."""

    ledger: LedgerStore
    archive: ArchiveStore
    replicas: ReplicaStore
    rulebooks: RulebookStore
    restrictions: RestrictionStore
    imports: ImportStore

    def __init__(
        self,
        database: Database,
        principal: Principal,
        change_sets: ChangeSets | None = None,
        shelf: RuleShelf | None = None,
    ) -> None:
        super().__init__(database, principal)
        self.change_sets = change_sets
        self._shelf = shelf or RuleShelf()

    def opened(self) -> None:
        self._open_stores()

    async def act_as(self, principal: Principal) -> None:
        await super().act_as(principal)
        self._open_stores()

    def _open_stores(self) -> None:
        connection, driver, district = self.connection, self.driver, self.district
        self.ledger = LedgerStore(driver, district)
        self.archive = ArchiveStore(connection, district)
        self.replicas = ReplicaStore(connection, driver, district)
        self.rulebooks = RulebookStore(connection, district, self._shelf)
        self.restrictions = RestrictionStore(driver, district)
        self.imports = ImportStore(connection, district)
