"""Register a department that takes part (登记部门)."""

from __future__ import annotations

from dataclasses import dataclass

from services.registry.domain.departments import Department, DepartmentCodeTaken, DepartmentUsccInvalid
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.storage.versions import KeyTaken
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
        change_set = uow.change_set("departments", "edit")
        try:
            await uow.departments.save(department, change_set)
        except KeyTaken as taken:
            raise DepartmentCodeTaken(code=command.code) from taken
        await uow.record(change_set)
        await uow.commit(department)
    return department
