"""Register or edit one object of inspection (登记、修改检查对象): a change set and an event each (L7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.registry.domain.entities import Entity, EntityContent, EntityInvalid, EntityUnknown
from services.registry.domain.import_rows import ImportKind, read_row
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases._facts import district_facts
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE
from shared.runtime.problems import VersionChanged
from shared.values.ids import new_id

KEPT = "kept"
"""A telephone number that is not sent is kept: readers only ever see it masked and cannot send it back."""


@dataclass(frozen=True, slots=True)
class CreateEntity:
    """`cells` are texts by the field names of an import file: edits and files are judged by the same rules."""

    cells: Mapping[str, str]
    legal_rep_phone: str | None = field(default=None, metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class ReviseEntity:
    """`legal_rep_phone` may be `KEPT`."""

    entity_id: UUID
    expected_version: int
    cells: Mapping[str, str]
    legal_rep_phone: str | None = field(default=None, metadata={"personal": True})


async def create_entity(command: CreateEntity, uow: RegistryUnitOfWork) -> Entity:
    """Raises EntityInvalid, EntityKeyTaken, NotResponsible, RoleMissing."""
    async with uow:
        content = await _content(command.cells, command.legal_rep_phone, uow)
        change_set = uow.change_set("entities", "edit", owner=_owner(uow))
        entity = Entity(new_id(), uow.district, 1, change_set.id, uow.now, content)
        _check_editor(entity, uow)
        await uow.entities.save(entity)
        await uow.record(change_set)
        await uow.commit(entity)
    return entity


async def revise_entity(command: ReviseEntity, uow: RegistryUnitOfWork) -> Entity:
    """Raises EntityUnknown, EntityInvalid, EntityKeyTaken, NotResponsible, RoleMissing, VersionChanged."""
    async with uow:
        entity = await uow.entities.find(command.entity_id, for_update=True)
        if entity is None:
            raise EntityUnknown(key=command.entity_id)
        _check_editor(entity, uow)
        if entity.version != command.expected_version:
            raise VersionChanged
        phone = command.legal_rep_phone
        content = await _content(command.cells, entity.content.legal_rep_phone if phone == KEPT else phone, uow)
        change_set = uow.change_set("entities", "edit", owner=_owner(uow))
        revised = entity.revised(content, change_set.id, uow.now)
        await uow.entities.save(revised)
        await uow.record(change_set)
        await uow.commit(revised)
    return revised


def _check_editor(entity: Entity, uow: RegistryUnitOfWork) -> None:
    """A responsible department's administrator; the joint office for any object."""
    uow.principal.require(DEPARTMENT_ADMIN, JOINT_OFFICE)
    if JOINT_OFFICE not in uow.principal.roles:
        entity.check_editor(uow.principal.department)


def _owner(uow: RegistryUnitOfWork) -> str | None:
    return uow.principal.department or None


async def _content(cells: Mapping[str, str], phone: str | None, uow: RegistryUnitOfWork) -> EntityContent:
    read = read_row(ImportKind.ENTITIES, {**cells, "legal_rep_phone": phone or ""}, await district_facts(uow))
    if not isinstance(read.content, EntityContent):
        raise EntityInvalid(
            [{"pointer": f"/{fault.field}", "code": fault.code, "message": fault.message} for fault in read.faults]
        )
    return read.content
