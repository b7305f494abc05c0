"""Find the items in force that find nothing (监管真空, L6): planning knows the items, registry counts for them."""

from __future__ import annotations

from collections.abc import Sequence

from services.planning.domain.filters import ItemFilter
from services.planning.domain.items import ListedItem
from services.planning.domain.vacuum import Gap, ItemReach
from services.planning.storage.unit_of_work import PlanningUnitOfWork

_PAGE = 1000


async def find_vacuum(wanted: ItemFilter, gap: Gap | None, uow: PlanningUnitOfWork) -> Sequence[ItemReach]:
    """By department and code, of today: those with the gap, or with any. Opens a reading of its own: registry is not
    asked while a transaction waits."""
    async with uow.beside() as work:
        items, today = await _in_force(wanted, work), work.today
    found = await uow.registry.reach(items, today, uow.principal)
    return [one for one in found if (gap in one.gaps if gap else one.gaps)]


async def _in_force(wanted: ItemFilter, work: PlanningUnitOfWork) -> list[ListedItem]:
    items: list[ListedItem] = []
    after: tuple[str, str] | None = None
    while page := await work.items.page(wanted, _PAGE, after):
        items += page
        after = (page[-1].department, page[-1].item.code)
    return items
