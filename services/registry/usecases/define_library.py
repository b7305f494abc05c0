"""Define and change libraries (名录库): every change is a new version, earlier ones stay readable (L1, L2)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.condition_json import condition_json
from services.registry.domain.conditions import Json, read_condition
from services.registry.domain.libraries import Library, LibraryUnknown, NotOwnLibrary
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE
from shared.runtime.problems import VersionChanged
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class DefineLibrary:
    name: str
    conditions: Json


@dataclass(frozen=True, slots=True)
class ReviseLibrary:
    library_id: UUID
    expected_version: int
    name: str
    conditions: Json


async def define_library(command: DefineLibrary, uow: RegistryUnitOfWork) -> Library:
    """The library belongs to the department of who defines it. Raises ConditionMalformed, LibraryNameTaken."""
    async with uow:
        uow.principal.require(DEPARTMENT_ADMIN, JOINT_OFFICE)
        library = Library(
            id=new_id(),
            district=uow.district,
            owner_department=uow.principal.department,
            name=command.name,
            conditions=read_condition(command.conditions),
            version=1,
            changed_by=uow.principal.subject,
            changed_at=uow.now,
        )
        return await _saved(library, uow)


async def revise_library(command: ReviseLibrary, uow: RegistryUnitOfWork) -> Library:
    """Raises LibraryUnknown, NotOwnLibrary, ConditionMalformed, LibraryNameTaken, VersionChanged."""
    async with uow:
        uow.principal.require(DEPARTMENT_ADMIN, JOINT_OFFICE)
        library = await uow.libraries.find(command.library_id, for_update=True)
        if library is None:
            raise LibraryUnknown(library_id=command.library_id, version="最新")
        if library.owner_department != uow.principal.department:
            raise NotOwnLibrary(name=library.name, owner=library.owner_department)
        if library.version != command.expected_version:
            raise VersionChanged
        conditions = read_condition(command.conditions)
        return await _saved(library.revised(command.name, conditions, uow.principal.subject, uow.now), uow)


async def _saved(library: Library, uow: RegistryUnitOfWork) -> Library:
    change_set = uow.change_set("libraries", "edit", owner=library.owner_department)
    await uow.libraries.save(library, change_set)
    await uow.record(change_set)
    await uow.commit(library)
    return library


def shown_conditions(library: Library) -> Json:
    return condition_json(library.conditions)
