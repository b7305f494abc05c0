"""The registry's unit of work: its stores over one transaction, and the files that imports come from."""

from __future__ import annotations

from services.registry.domain.change_sets import ChangeSet
from services.registry.storage.bulk_changes import BulkChanges
from services.registry.storage.change_sets import ChangeSetStore
from services.registry.storage.completeness import CompletenessStore
from services.registry.storage.departments import DepartmentStore
from services.registry.storage.differences import DifferenceStore
from services.registry.storage.duties import DutyStore
from services.registry.storage.entities import EntityStore
from services.registry.storage.entity_lists import EntityLists
from services.registry.storage.experts import ExpertStore
from services.registry.storage.fresh_rows import FreshRows
from services.registry.storage.import_jobs import ImportJobStore
from services.registry.storage.import_rejects import ImportRejects
from services.registry.storage.import_staging import ImportStaging
from services.registry.storage.inspectors import InspectorStore
from services.registry.storage.leaves import LeaveStore
from services.registry.storage.libraries import LibraryStore
from services.registry.storage.marks import MarkStore
from services.registry.storage.planning_figures import PlanningFigures
from services.registry.storage.regions import RegionStore
from services.registry.storage.reviews import ReviewStore
from services.registry.storage.snapshots import SnapshotStore
from services.registry.storage.vacuum import VacuumStore
from services.registry.storage.visits import VisitStore
from shared.events.registry import ChangeRecordedV1
from shared.runtime.database import Database
from shared.runtime.files import FileStore
from shared.runtime.principal import Principal
from shared.runtime.unit_of_work import UnitOfWork
from shared.values.ids import new_id


class RegistryUnitOfWork(UnitOfWork):
    change_sets: ChangeSetStore
    departments: DepartmentStore
    regions: RegionStore
    entities: EntityStore
    entity_lists: EntityLists
    inspectors: InspectorStore
    experts: ExpertStore
    libraries: LibraryStore
    imports: ImportJobStore
    rejects: ImportRejects
    staging: ImportStaging
    fresh: FreshRows
    bulk: BulkChanges
    snapshots: SnapshotStore
    planning_figures: PlanningFigures
    leaves: LeaveStore
    marks: MarkStore
    duties: DutyStore
    reviews: ReviewStore
    differences: DifferenceStore
    completeness: CompletenessStore
    vacuum: VacuumStore
    visits: VisitStore

    def __init__(self, database: Database, principal: Principal, files: FileStore) -> None:
        super().__init__(database, principal)
        self.files = files

    def opened(self) -> None:
        self.change_sets = ChangeSetStore(self.connection)
        self.departments = DepartmentStore(self.connection)
        self.regions = RegionStore(self.connection)
        self.entities = EntityStore(self.connection)
        self.entity_lists = EntityLists(self.connection)
        self.inspectors = InspectorStore(self.connection)
        self.experts = ExpertStore(self.connection)
        self.libraries = LibraryStore(self.connection)
        self.imports = ImportJobStore(self.connection)
        self.rejects = ImportRejects(self.connection)
        self.staging = ImportStaging(self.driver, self.district)
        self.fresh = FreshRows(self.driver, self.district)
        self.bulk = BulkChanges(self.connection)
        self.snapshots = SnapshotStore(self.connection)
        self.planning_figures = PlanningFigures(self.connection)
        self.leaves = LeaveStore(self.connection)
        self.marks = MarkStore(self.connection)
        self.duties = DutyStore(self.connection)
        self.reviews = ReviewStore(self.connection)
        self.differences = DifferenceStore(self.connection)
        self.completeness = CompletenessStore(self.connection)
        self.vacuum = VacuumStore(self.connection)
        self.visits = VisitStore(self.connection)

    def change_set(self, kind: str, origin: str, *, rows: int = 1, owner: str | None = None) -> ChangeSet:
        """A new change set in the name of who acts; kept and told by `record`."""
        actor = self.principal.act_for or self.principal.subject
        return ChangeSet(new_id(), self.district, kind, origin, owner, rows, actor, self.now)

    async def record(self, change_set: ChangeSet) -> None:
        """Keeps the change set and tells it: one transaction, one change set, one event (L7)."""
        await self.change_sets.add(change_set)
        self.emit(
            ChangeRecordedV1(
                aggregate_version=1,
                change_set_id=change_set.id,
                kind=change_set.kind,
                row_count=change_set.row_count,
                origin=change_set.origin,
                owner_department=change_set.owner_department,
            )
        )


class SnapshotUnitOfWork(RegistryUnitOfWork):
    """Reads everything as of one moment: what a pool is frozen from."""

    isolation = "repeatable_read"
