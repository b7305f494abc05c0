"""Two item lists side by side (清单对照)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.item_lists import ItemList, ItemListUnknown
from services.planning.domain.list_differences import ListDifference, differences
from services.planning.storage.unit_of_work import PlanningUnitOfWork


@dataclass(frozen=True, slots=True)
class Comparison:
    before: ItemList
    after: ItemList
    difference: ListDifference


async def compare_item_lists(after: UUID, before: UUID, uow: PlanningUnitOfWork) -> Comparison:
    """What `after` changed against `before`, as far as the caller may see both. Raises ItemListUnknown."""
    async with uow:
        newer, older = await _seen(after, uow), await _seen(before, uow)
        new_items = await uow.items.of_list(newer.id, newer.revision)
        old_items = await uow.items.of_list(older.id, older.revision)
    found = differences([one.item for one in old_items], [one.item for one in new_items])
    return Comparison(older, newer, found)


async def _seen(list_id: UUID, uow: PlanningUnitOfWork) -> ItemList:
    found = await uow.item_lists.find(list_id)
    if found is None:
        raise ItemListUnknown
    return found
