"""The exchange's unit of work: its stores over one transaction, and the maps of the process."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from services.exchange.domain.maps import MapBook
from services.exchange.domain.reconciling import StandingSource
from services.exchange.storage.batches import BatchStore
from services.exchange.storage.front import FrontStore
from services.exchange.storage.inbound import InboundStore
from services.exchange.storage.names import NameStore
from services.exchange.storage.outbound import OutboundStore
from services.exchange.storage.reconciliations import ReconciliationStore
from services.exchange.storage.statistics import StatisticsStore
from services.exchange.storage.webhooks import WebhookStore
from shared.runtime.database import Database
from shared.runtime.principal import Principal
from shared.runtime.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Field maps in use, 行政区划代码 sent with every record, our name to peers, where peers show what they have."""

    maps: MapBook = field(default_factory=lambda: MapBook({}))
    region: str = ""
    sender: str = ""
    standings: Mapping[str, StandingSource] = field(default_factory=dict)
    allowed_private: Collection[str] = ()


class ExchangeUnitOfWork(UnitOfWork):
    """`around`: what the units of a process share. Without it nothing is mapped."""

    outbound: OutboundStore
    batches: BatchStore
    names: NameStore
    front: FrontStore
    inbound: InboundStore
    statistics: StatisticsStore
    reconciliations: ReconciliationStore
    webhooks: WebhookStore

    def __init__(self, database: Database, principal: Principal, around: Surroundings | None = None) -> None:
        super().__init__(database, principal)
        here = around or Surroundings()
        self.maps, self.region, self.sender, self.standings = here.maps, here.region, here.sender, here.standings
        self.allowed_private = here.allowed_private

    def opened(self) -> None:
        self._open_stores()

    async def act_as(self, principal: Principal) -> None:
        await super().act_as(principal)
        self._open_stores()

    def _open_stores(self) -> None:
        driver, district = self.driver, self.district
        self.outbound = OutboundStore(driver, district)
        self.batches = BatchStore(driver, district)
        self.names = NameStore(driver, district)
        self.front = FrontStore(driver, district)
        self.inbound = InboundStore(driver, district)
        self.statistics = StatisticsStore(driver, district)
        self.reconciliations = ReconciliationStore(driver, district)
        self.webhooks = WebhookStore(driver, district)
