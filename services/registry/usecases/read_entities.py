"""Read objects of inspection: by whatever key the caller holds, and through their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.entities import Entity, EntityUnknown, PastVersion
from services.registry.storage.entity_lists import EntityFilter
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from shared.values.uscc import is_valid, normalise

__all__ = ["EntityFilter", "VersionPage", "entity_by_key", "history_of"]
_NEWEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Versions, the newest first, each with the one before it; `next` is where the following page begins."""

    shown: Sequence[tuple[PastVersion, PastVersion | None]]
    next: int | None


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
