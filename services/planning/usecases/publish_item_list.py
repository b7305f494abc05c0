"""An approved item list takes effect (公布); the published one of the same year gives way (I4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.planning.domain.filing import FilingState
from services.planning.domain.item_lists import ItemList
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_item_list
from services.planning.usecases.permissions import require_owner_or_office
from shared.events.planning import ItemListPublishedV1


@dataclass(frozen=True, slots=True)
class PublishItemList:
    list_id: UUID


async def publish_item_list(command: PublishItemList, uow: PlanningUnitOfWork) -> ItemList:
    """Raises RoleMissing, NotYourDepartment or NotApproved."""
    async with uow:
        item_list = await the_item_list(uow, command.list_id)
        require_owner_or_office(uow.principal, item_list.department)
        published = item_list.publish(uow.now)
        for older in await uow.item_lists.of_year(item_list.department, item_list.year):
            if older.filing.state is FilingState.PUBLISHED:
                await uow.item_lists.save(older.supersede(), step(uow, "superseded"))
        await uow.item_lists.save(published, step(uow, "published"))
        uow.emit(item_list_published(published, uow.now))
        await uow.commit(published)
    return published


def item_list_published(item_list: ItemList, at: datetime) -> ItemListPublishedV1:
    return ItemListPublishedV1(
        aggregate_version=item_list.row_version,
        item_list_id=item_list.id,
        department=item_list.department,
        year=item_list.year,
        version=item_list.version,
        item_count=item_list.item_count,
        published_at=at,
        tier=item_list.tier.value,
    )
