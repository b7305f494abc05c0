"""Read inspectors and experts: what the doors may name of storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.domain.inspectors import Inspector, InspectorUnknown, Standing
from services.registry.storage.experts import ExpertFilter
from services.registry.storage.inspectors import InspectorFilter
from services.registry.storage.unit_of_work import RegistryUnitOfWork

__all__ = ["ExpertFilter", "InspectorFilter", "InspectorOnDay", "inspector_known", "inspector_on", "inspectors_on"]


@dataclass(frozen=True, slots=True)
class InspectorOnDay:
    """An officer as he was known at the end of a day, and whether he might inspect on it."""

    inspector: Inspector
    standing: Standing


async def inspector_known(inspector_id: UUID, uow: RegistryUnitOfWork) -> Inspector:
    """The officer as he is now. Raises InspectorUnknown."""
    found = await uow.inspectors.find(inspector_id)
    if found is None:
        raise InspectorUnknown(key=inspector_id)
    return found


async def inspector_on(inspector_id: UUID, on: date, uow: RegistryUnitOfWork) -> InspectorOnDay:
    """Raises InspectorUnknown."""
    found = await inspectors_on([inspector_id], on, uow)
    if not found:
        raise InspectorUnknown(key=inspector_id)
    return found[0]


async def inspectors_on(ids: Sequence[UUID], on: date, uow: RegistryUnitOfWork) -> Sequence[InspectorOnDay]:
    """Those that are known, by id."""
    found = await uow.inspectors.many_as_of(ids, on)
    absent = await uow.leaves.absent(ids, on)
    return [InspectorOnDay(one, one.standing(on, on_leave=one.id in absent)) for one in found]
