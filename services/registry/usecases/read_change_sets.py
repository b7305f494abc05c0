"""Read what a change set wrote; consumers pull it by its id when they hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.registry.domain.change_sets import ChangeSet, ChangeSetUnknown
from services.registry.storage.entity_lists import FIRST
from services.registry.storage.unit_of_work import RegistryUnitOfWork


@dataclass(frozen=True, slots=True)
class ChangeRows:
    """`next`: the id after which the following page begins, None at the end."""

    change_set: ChangeSet
    rows: list[dict[str, Any]]
    next: UUID | None


async def change_rows(change_set_id: UUID, after: UUID | None, limit: int, uow: RegistryUnitOfWork) -> ChangeRows:
    """Raises ChangeSetUnknown. Kinds other than entities and inspectors have no rows to pull."""
    change_set = await uow.change_sets.find(change_set_id)
    if change_set is None:
        raise ChangeSetUnknown(change_set_id=change_set_id)
    rows: list[dict[str, Any]] = []
    if change_set.kind == "entities":
        rows = await uow.change_sets.entity_rows(change_set_id, after or FIRST, limit + 1)
    elif change_set.kind == "inspectors":
        rows = await uow.change_sets.inspector_rows(change_set_id, after or FIRST, limit + 1)
    key = "entity_id" if change_set.kind == "entities" else "inspector_id"
    return ChangeRows(change_set, rows[:limit], rows[limit - 1][key] if len(rows) > limit else None)
