"""The unit of work of draw: its stores over one transaction, and registry to be asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.draw.adapters.registry_client import Registry
from services.draw.storage.beacon_files import BeaconFileStore
from services.draw.storage.draws import DrawStore
from services.draw.storage.fairness import FairnessStore
from services.draw.storage.histories import HistoryStore
from services.draw.storage.log import LogStore
from services.draw.storage.no_disturb import NoDisturbStore
from services.draw.storage.parties import PartyStore
from services.draw.storage.pool_loading import PoolLoader
from services.draw.storage.pools import PoolStore
from services.draw.storage.recusals import RecusalStore
from services.draw.storage.results import ResultStore
from services.draw.storage.seats import SeatStore
from services.draw.storage.substitutions import SubstitutionStore
from services.draw.storage.tasks import TaskStore
from services.draw.storage.visit_warnings import VisitWarningStore
from services.draw.storage.visits import VisitStore
from shared.runtime.calendars import CalendarCopies
from shared.runtime.database import Database
from shared.runtime.principal import Principal, service_principal
from shared.runtime.unit_of_work import UnitOfWork


class DrawUnitOfWork(UnitOfWork):
    tasks: TaskStore
    draws: DrawStore
    parties: PartyStore
    log: LogStore
    pools: PoolStore
    loader: PoolLoader
    results: ResultStore
    visits: VisitStore
    recusals: RecusalStore
    seats: SeatStore
    substitutions: SubstitutionStore
    histories: HistoryStore
    no_disturb: NoDisturbStore
    warnings: VisitWarningStore
    beacon_files: BeaconFileStore
    fairness: FairnessStore
    calendars: CalendarCopies

    def __init__(self, database: Database, principal: Principal, registry: Registry) -> None:
        super().__init__(database, principal)
        self.registry = registry

    def opened(self) -> None:
        self.tasks = TaskStore(self.connection)
        self.draws = DrawStore(self.connection)
        self.parties = PartyStore(self.connection)
        self.log = LogStore(self.connection)
        self.pools = PoolStore(self.connection)
        self.loader = PoolLoader(self.connection)
        self.results = ResultStore(self.connection)
        self.visits = VisitStore(self.connection)
        self.recusals = RecusalStore(self.connection)
        self.seats = SeatStore(self.connection)
        self.substitutions = SubstitutionStore(self.connection)
        self.histories = HistoryStore(self.connection)
        self.no_disturb = NoDisturbStore(self.connection)
        self.beacon_files = BeaconFileStore(self.connection)
        self.fairness = FairnessStore(self.connection)
        self.calendars = CalendarCopies(self.connection)
        self.warnings = VisitWarningStore(self.connection)

    @asynccontextmanager
    async def across_departments(self) -> AsyncIterator[None]:
        """Reads what no single department may read, for a rule that needs it whole: loads and recusals of a pool."""
        caller = self.principal
        await self.act_as(service_principal("draw", self.district))
        try:
            yield
        finally:
            await self.act_as(caller)
