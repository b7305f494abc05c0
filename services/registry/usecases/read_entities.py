"""Read objects of inspection: by whatever key the caller holds, and through their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.duties import Answering, answering
from services.registry.domain.entities import Entity, EntityUnknown, PastVersion
from services.registry.domain.marks import Mark, tags_on
from services.registry.domain.moments import Moment
from services.registry.storage.entity_lists import EntityFilter
from services.registry.storage.marks import MarkedEntity, MarkFilter
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from shared.values.uscc import is_valid, normalise

__all__ = [
    "EntityFilter",
    "EntityMoment",
    "MarkFilter",
    "MarkedEntity",
    "VersionPage",
    "entity_at",
    "entity_by_key",
    "history_of",
]
_NEWEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Versions, the newest first, each with the one before it; `next` is where the following page begins."""

    shown: Sequence[tuple[PastVersion, PastVersion | None]]
    next: int | None


@dataclass(frozen=True, slots=True)
class EntityMoment:
    """An object at a moment: its version, the marks on it, and who answers for it, each with the ground."""

    entity: Entity
    marks: Sequence[Mark]
    answering: Sequence[Answering]
    tags: tuple[str, ...]
    producer_id: UUID | None


async def entity_at(key: str, moment: Moment, uow: RegistryUnitOfWork) -> EntityMoment:
    """The object as it was known at the moment; a USCC is looked up as it is now. Raises EntityUnknown."""
    entity: Entity | None = await entity_by_key(key, uow)
    if entity is not None and moment.known_at is not None:
        entity = await uow.entities.find_at(entity.id, moment.known_at)
    if entity is None:
        raise EntityUnknown(key=key)
    marks = await uow.marks.of([entity.id], moment)
    found = answering(entity, marks, await uow.duties.standing(moment), moment.on)
    producer = await uow.entities.producer_id(entity.content.producer_external_no)
    return EntityMoment(entity, marks, found, tags_on(entity.content.tags, marks, moment.on), producer)


async def entity_by_key(key: str, uow: RegistryUnitOfWork) -> Entity:
    """The object of a USCC or an id. Raises EntityUnknown."""
    code = normalise(key)
    found = None
    if is_valid(code):
        found = await uow.entities.find_by_uscc(code)
    else:
        try:
            found = await uow.entities.find(UUID(key))
        except ValueError:
            found = None
    if found is None:
        raise EntityUnknown(key=key)
    return found


async def history_of(key: str, size: int, before: int | None, uow: RegistryUnitOfWork) -> VersionPage:
    """Raises EntityUnknown."""
    entity = await entity_by_key(key, uow)
    rows = await uow.entities.history(entity.id, size + 1, before or _NEWEST)
    earlier = [*rows[1:], None]
    shown = list(zip(rows, earlier, strict=True))[:size]
    return VersionPage(shown, shown[-1][0].entity.version if len(rows) > size else None)
