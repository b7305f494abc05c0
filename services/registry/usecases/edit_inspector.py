"""Register, edit, suspend, reinstate an inspector (执法检查人员): his own department does it (L3, L7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from services.registry.domain.change_sets import ChangeSet
from services.registry.domain.import_rows import ImportKind, read_row
from services.registry.domain.inspectors import (
    Inspector,
    InspectorContent,
    InspectorInvalid,
    InspectorUnknown,
    NotOwnInspector,
)
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases._facts import district_facts
from services.registry.usecases.edit_entity import KEPT
from shared.runtime.principal import DEPARTMENT_ADMIN
from shared.runtime.problems import VersionChanged
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class CreateInspector:
    """`cells` are texts by the field names of an import file: edits and files are judged by the same rules."""

    cells: Mapping[str, str]
    phone: str | None = field(default=None, metadata={"personal": True})
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class ReviseInspector:
    """`phone` may be `KEPT`."""

    inspector_id: UUID
    expected_version: int
    cells: Mapping[str, str]
    phone: str | None = field(default=None, metadata={"personal": True})
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class SuspendInspector:
    inspector_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class ReinstateInspector:
    inspector_id: UUID


async def create_inspector(command: CreateInspector, uow: RegistryUnitOfWork) -> Inspector:
    """Raises InspectorInvalid, InspectorNumberTaken, NotOwnInspector, RoleMissing."""
    async with uow:
        content = replace(await _content(command.cells, command.phone, uow), capacity=command.capacity)
        change_set = _change_set(uow)
        inspector = Inspector(new_id(), uow.district, 1, change_set.id, uow.now, content)
        return await _saved(inspector, change_set, uow)


async def revise_inspector(command: ReviseInspector, uow: RegistryUnitOfWork) -> Inspector:
    """Raises InspectorUnknown, InspectorInvalid, InspectorNumberTaken, NotOwnInspector, RoleMissing, VersionChanged."""
    async with uow:
        inspector = await _own(command.inspector_id, uow)
        if inspector.version != command.expected_version:
            raise VersionChanged
        phone = inspector.content.phone if command.phone == KEPT else command.phone
        content = replace(await _content(command.cells, phone, uow), capacity=command.capacity)
        change_set = _change_set(uow)
        return await _saved(inspector.revised(content, change_set.id, uow.now), change_set, uow)


async def suspend_inspector(command: SuspendInspector, uow: RegistryUnitOfWork) -> Inspector:
    """Out of later pools at once. Raises InspectorUnknown, InspectorNotActive, NotOwnInspector, RoleMissing."""
    async with uow:
        inspector = await _own(command.inspector_id, uow)
        change_set = _change_set(uow)
        return await _saved(inspector.suspended(command.reason, change_set.id, uow.now), change_set, uow)


async def reinstate_inspector(command: ReinstateInspector, uow: RegistryUnitOfWork) -> Inspector:
    """Raises InspectorUnknown, InspectorNotSuspended, NotOwnInspector, RoleMissing."""
    async with uow:
        inspector = await _own(command.inspector_id, uow)
        change_set = _change_set(uow)
        return await _saved(inspector.reinstated(change_set.id, uow.now), change_set, uow)


async def _own(inspector_id: UUID, uow: RegistryUnitOfWork) -> Inspector:
    uow.principal.require(DEPARTMENT_ADMIN)
    # Read before it is locked: the joint office may see an officer it may not change, and is told so by name.
    inspector = await uow.inspectors.find(inspector_id)
    if inspector is None:
        raise InspectorUnknown(key=inspector_id)
    _check_owner(inspector.content, uow)
    return await uow.inspectors.find(inspector_id, for_update=True) or inspector


def _check_owner(content: InspectorContent, uow: RegistryUnitOfWork) -> None:
    if content.owner_department != uow.principal.department:
        raise NotOwnInspector(department=uow.principal.department)


def _change_set(uow: RegistryUnitOfWork) -> ChangeSet:
    return uow.change_set("inspectors", "edit", owner=uow.principal.department)


async def _saved(inspector: Inspector, change_set: ChangeSet, uow: RegistryUnitOfWork) -> Inspector:
    uow.principal.require(DEPARTMENT_ADMIN)
    _check_owner(inspector.content, uow)
    await uow.inspectors.save(inspector)
    await uow.record(change_set)
    await uow.commit(inspector)
    return inspector


async def _content(cells: Mapping[str, str], phone: str | None, uow: RegistryUnitOfWork) -> InspectorContent:
    read = read_row(ImportKind.INSPECTORS, {**cells, "phone": phone or ""}, await district_facts(uow))
    if not isinstance(read.content, InspectorContent):
        raise InspectorInvalid(
            [{"pointer": f"/{fault.field}", "code": fault.code, "message": fault.message} for fault in read.faults]
        )
    return read.content
