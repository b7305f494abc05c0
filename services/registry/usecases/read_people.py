"""Read inspectors and experts: what the doors may name of storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.domain.inspectors import Inspector, InspectorUnknown, Standing
from services.registry.storage.experts import StoredExpert
from services.registry.storage.inspectors import InspectorFilter
from services.registry.storage.unit_of_work import RegistryUnitOfWork

__all__ = ["InspectorFilter", "InspectorOnDay", "StoredExpert", "inspector_on", "inspectors_on"]


@dataclass(frozen=True, slots=True)
class InspectorOnDay:
    """An officer as he was known at the end of a day, and whether he might inspect on it."""

    inspector: Inspector
    standing: Standing


async def inspector_on(inspector_id: UUID, on: date, uow: RegistryUnitOfWork) -> InspectorOnDay:
    """Raises InspectorUnknown."""
    found = await inspectors_on([inspector_id], on, uow)
    if not found:
        raise InspectorUnknown(key=inspector_id)
    return found[0]


async def inspectors_on(ids: Sequence[UUID], on: date, uow: RegistryUnitOfWork) -> Sequence[InspectorOnDay]:
    """Those that are known, by id."""
    found = await uow.inspectors.many_as_of(ids, on)
    return [InspectorOnDay(inspector, inspector.standing(on)) for inspector in found]
