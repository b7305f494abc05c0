"""Put a tag or a licence on an object, and change its term (标注、登记许可证): each department its own (L2, L6)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.change_sets import ChangeSet
from services.registry.domain.entities import EntityUnknown
from services.registry.domain.marks import Mark, MarkContent, MarkUnknown, NotOwnMark, check_no_overlap
from services.registry.domain.moments import Moment
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE
from shared.runtime.problems import VersionChanged
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class MarkEntity:
    entity_id: UUID
    content: MarkContent


@dataclass(frozen=True, slots=True)
class ReviseMark:
    mark_id: UUID
    expected_version: int
    content: MarkContent


async def mark_entity(command: MarkEntity, uow: RegistryUnitOfWork) -> Mark:
    """Counts at once for libraries and pools whose day its term covers. Raises EntityUnknown, MarkNameInvalid,
    LicenceNumberMissing, MarkTermInvalid, MarkOverlaps, RoleMissing."""
    async with uow:
        uow.principal.require(DEPARTMENT_ADMIN, JOINT_OFFICE)
        command.content.check()
        await _hold(command.entity_id, uow)
        change_set = uow.change_set("marks", "edit", owner=uow.principal.department)
        mark = Mark(
            id=new_id(),
            district=uow.district,
            version=1,
            change_set_id=change_set.id,
            changed_at=uow.now,
            entity_id=command.entity_id,
            department=uow.principal.department,
            content=command.content,
            changed_by=uow.principal.subject,
        )
        return await _saved(mark, change_set, uow)


async def revise_mark(command: ReviseMark, uow: RegistryUnitOfWork) -> Mark:
    """Raises MarkUnknown, NotOwnMark, VersionChanged, and what `mark_entity` raises of a content."""
    async with uow:
        uow.principal.require(DEPARTMENT_ADMIN, JOINT_OFFICE)
        command.content.check()
        found = await uow.marks.find(command.mark_id)
        if found is None:
            raise MarkUnknown(mark_id=command.mark_id)
        await _hold(found.entity_id, uow)
        mark = await uow.marks.find(command.mark_id, for_update=True) or found
        if mark.department != uow.principal.department:
            raise NotOwnMark(name=mark.content.name, department=mark.department)
        if mark.version != command.expected_version:
            raise VersionChanged
        change_set = uow.change_set("marks", "edit", owner=mark.department)
        revised = mark.revised(command.content, change_set.id, uow.now, uow.principal.subject)
        return await _saved(revised, change_set, uow)


async def _hold(entity_id: UUID, uow: RegistryUnitOfWork) -> None:
    """Of two equal marks put on one object at once the second sees the first. Raises EntityUnknown."""
    if await uow.entities.find(entity_id, for_update=True) is None:
        raise EntityUnknown(key=entity_id)


async def _saved(mark: Mark, change_set: ChangeSet, uow: RegistryUnitOfWork) -> Mark:
    check_no_overlap(mark, await uow.marks.of([mark.entity_id], Moment(uow.today)))
    await uow.marks.save(mark)
    await uow.record(change_set)
    await uow.commit(mark)
    return mark
