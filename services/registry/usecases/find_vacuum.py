"""Find regulatory vacuum (监管真空, L6): objects nobody answers for; items with no object, with no qualified inspector.

Items are planning's, and planning asks: registry counts for the items it is given and asks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.registry.domain.entities import Entity
from services.registry.domain.moments import Moment
from services.registry.domain.vacuum import ItemAsked, ItemFound
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.storage.vacuum import VacuumFilter

__all__ = ["VacuumFilter", "count_unanswered", "items_found", "unanswered"]


async def unanswered(
    narrowed: VacuumFilter, size: int, after: UUID | None, uow: RegistryUnitOfWork
) -> Sequence[Entity]:
    """Objects nobody answers for, by id."""
    duties = await uow.duties.standing(Moment(uow.today))
    return await uow.vacuum.objects(duties, uow.today, narrowed, size, after)


async def count_unanswered(narrowed: VacuumFilter, uow: RegistryUnitOfWork) -> Mapping[str, int]:
    """By region code."""
    duties = await uow.duties.standing(Moment(uow.today))
    return await uow.vacuum.count(duties, uow.today, narrowed)


async def items_found(items: Sequence[ItemAsked], on: date, uow: RegistryUnitOfWork) -> Sequence[ItemFound]:
    """What each item finds, in the order asked."""
    departments = sorted({item.department for item in items})
    if not departments:
        return []
    duties = await uow.duties.standing(Moment(on))
    objects = await uow.vacuum.answered(departments, duties, on)
    officers = await uow.vacuum.qualified(departments, on)
    return [ItemFound(item.item_id, _objects(item, objects), _officers(item, officers)) for item in items]


def _objects(item: ItemAsked, answered: Mapping[tuple[str, str], int]) -> int:
    return sum(answered.get((item.department, kind), 0) for kind in set(item.kinds))


def _officers(item: ItemAsked, officers: Sequence[tuple[str, frozenset[str]]]) -> int:
    wanted = frozenset(item.fields)
    return sum(1 for department, held in officers if department == item.department and (not wanted or wanted & held))
