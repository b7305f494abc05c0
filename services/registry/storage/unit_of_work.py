"""The registry's unit of work: its stores over one transaction."""

from __future__ import annotations

from services.registry.storage.change_sets import ChangeSetStore
from services.registry.storage.departments import DepartmentStore
from shared.runtime.unit_of_work import UnitOfWork


class RegistryUnitOfWork(UnitOfWork):
    departments: DepartmentStore
    change_sets: ChangeSetStore

    def opened(self) -> None:
        self.departments = DepartmentStore(self.connection)
        self.change_sets = ChangeSetStore(self.connection)
