"""Planning's unit of work: its stores over one transaction, and registry to be asked outside it."""

from __future__ import annotations

from services.planning.adapters.registry_client import Registry
from services.planning.storage.counters import CounterStore
from services.planning.storage.duty_bases import DutyBasisStore
from services.planning.storage.flags import FlagStore
from services.planning.storage.item_lists import ItemListStore
from services.planning.storage.items import ItemStore
from services.planning.storage.joint_lists import JointListStore
from services.planning.storage.leads import LeadStore
from services.planning.storage.limit_overrides import LimitOverrideStore
from services.planning.storage.merges import MergeStore
from services.planning.storage.plans import PlanStore
from services.planning.storage.progress import ProgressStore
from services.planning.storage.replicas import ReplicaStore
from services.planning.storage.rules import RuleStore
from services.planning.storage.sheets import SheetStore
from services.planning.storage.tasks import TaskStore
from shared.runtime.calendars import CalendarCopies
from shared.runtime.database import Database
from shared.runtime.principal import Principal
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
    merges: MergeStore
    leads: LeadStore
    joint_lists: JointListStore
    limit_overrides: LimitOverrideStore
    duty_bases: DutyBasisStore
    flags: FlagStore
    calendars: CalendarCopies

    def __init__(self, database: Database, principal: Principal, registry: Registry) -> None:
        super().__init__(database, principal)
        self.registry = registry

    def beside(self) -> PlanningUnitOfWork:
        """Another transaction of the same act, to look something up before this one opens.

        It claims the act's key as this one will: a retry hears its kept answer before anybody is asked anything.
        """
        work = PlanningUnitOfWork(self._database, self.principal, self.registry)
        work.on_opened = self.on_opened
        return work

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
        self.merges = MergeStore(self.connection)
        self.leads = LeadStore(self.connection)
        self.joint_lists = JointListStore(self.connection)
        self.limit_overrides = LimitOverrideStore(self.connection)
        self.duty_bases = DutyBasisStore(self.connection, self.district)
        self.flags = FlagStore(self.connection)
        self.calendars = CalendarCopies(self.connection)
