"""Planning's unit of work: its stores over one transaction."""

from __future__ import annotations

from services.planning.storage.counters import CounterStore
from services.planning.storage.item_lists import ItemListStore
from services.planning.storage.items import ItemStore
from services.planning.storage.plans import PlanStore
from services.planning.storage.progress import ProgressStore
from services.planning.storage.replicas import ReplicaStore
from services.planning.storage.rules import RuleStore
from services.planning.storage.sheets import SheetStore
from services.planning.storage.tasks import TaskStore
from shared.runtime.unit_of_work import UnitOfWork


class PlanningUnitOfWork(UnitOfWork):
    item_lists: ItemListStore
    items: ItemStore
    plans: PlanStore
    tasks: TaskStore
    sheets: SheetStore
    progress: ProgressStore
    rules: RuleStore
    counters: CounterStore

    @property
    def replicas(self) -> ReplicaStore:
        """Of the district the worker acts for now: it may cross districts inside a transaction."""
        return ReplicaStore(self.connection, self.district)

    def opened(self) -> None:
        self.item_lists = ItemListStore(self.connection)
        self.items = ItemStore(self.connection)
        self.plans = PlanStore(self.connection)
        self.tasks = TaskStore(self.connection)
        self.sheets = SheetStore(self.connection)
        self.progress = ProgressStore(self.connection)
        self.rules = RuleStore(self.connection, self.district)
        self.counters = CounterStore(self.connection, self.district)
