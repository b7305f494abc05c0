"""Register a department that takes part (登记部门)."""

from __future__ import annotations

from dataclasses import dataclass

from services.registry.domain.change_sets import ChangeSet
from services.registry.domain.departments import Department, DepartmentCodeTaken, DepartmentUsccInvalid
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from shared.events.registry import ChangeRecordedV1
from shared.runtime.principal import JOINT_OFFICE
from shared.values.ids import new_id
from shared.values.uscc import is_valid


@dataclass(frozen=True, slots=True)
class RegisterDepartment:
    code: str
    name: str
    short_name: str
    uscc: str | None


async def register_department(command: RegisterDepartment, uow: RegistryUnitOfWork) -> Department:
    """The joint office registers a department. Raises DepartmentCodeTaken, DepartmentUsccInvalid, RoleMissing."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        if command.uscc is not None and not is_valid(command.uscc):
            raise DepartmentUsccInvalid(uscc=command.uscc)
        if await uow.departments.find(command.code) is not None:
            raise DepartmentCodeTaken(code=command.code)
        department = Department(new_id(), uow.district, command.code, command.name, command.short_name, command.uscc)
        change_set = ChangeSet(new_id(), uow.district, "departments", "edit", None, 1, uow.principal.subject, uow.now)
        await uow.change_sets.add(change_set)
        await uow.departments.save(department, change_set.id)
        uow.emit(
            ChangeRecordedV1(
                aggregate_version=1, change_set_id=change_set.id, kind="departments", row_count=1, origin="edit"
            )
        )
        await uow.commit(department)
    return department
