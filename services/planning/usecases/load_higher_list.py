"""The joint office loads the item list of a higher level for a department (上级清单); it prevails at once (I5)."""

from __future__ import annotations

from dataclasses import dataclass

from services.planning.domain.filing import Filing, FilingState, stated
from services.planning.domain.item_lists import WHAT, ItemList, ListTier, NotHigherTier
from services.planning.domain.items import Item, check_items
from services.planning.domain.rules import Rules
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step
from services.planning.usecases.publish_item_list import item_list_published
from shared.runtime.principal import JOINT_OFFICE
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class LoadHigherList:
    """`source`: the paper (文号) the list came with."""

    department: str
    tier: ListTier
    year: int
    source: str
    items: tuple[Item, ...]


async def load_higher_list(command: LoadHigherList, uow: PlanningUnitOfWork) -> ItemList:
    """Published by the level above, so it is in force once loaded; the district's limits (I3) do not bind it. Raises
    RoleMissing, NotHigherTier, ReasonMissing (no paper), or what `check_items` raises for I1 and I2."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        if command.tier is ListTier.DISTRICT:
            raise NotHigherTier
        check_items(command.items, command.department, Rules({}))
        scope = f"{command.department}/{command.year}/{command.tier.value}"
        loaded = ItemList(
            id=new_id(),
            district=uow.district,
            department=command.department,
            year=command.year,
            version=await uow.counters.next("item_list", scope),
            revision=1,
            row_version=1,
            item_count=len(command.items),
            filing=Filing(WHAT, FilingState.PUBLISHED, (uow.principal.subject,)),
            created_at=uow.now,
            published_at=uow.now,
            tier=command.tier,
            source=stated(command.source),
        )
        for older in await uow.item_lists.of_year(command.department, command.year, command.tier):
            if older.filing.state is FilingState.PUBLISHED:
                await uow.item_lists.save(older.supersede(), step(uow, "superseded"))
        await uow.item_lists.add(loaded, step(uow, "loaded"))
        await uow.items.add(loaded, command.items)
        uow.emit(item_list_published(loaded, uow.now))
        await uow.commit(loaded)
    return loaded
