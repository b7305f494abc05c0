"""A department drafts its item list of a year (制定抽查事项清单) or edits the draft, the whole list at once (I1–I4)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.filing import Filing, FilingState
from services.planning.domain.item_lists import WHAT, ItemList, ItemListOpenAlready
from services.planning.domain.items import Item
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.check_list import check_list
from services.planning.usecases.find import step, the_item_list
from services.planning.usecases.permissions import require_owner
from shared.runtime.principal import DEPARTMENT_ADMIN
from shared.runtime.problems import VersionChanged
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class DraftItemList:
    """The list of the caller's own department."""

    year: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ReviseItemList:
    """`seen`: the row version the edit is based on (If-Match)."""

    list_id: UUID
    seen: int
    items: tuple[Item, ...]


async def draft_item_list(command: DraftItemList, uow: PlanningUnitOfWork) -> ItemList:
    """The next version of the year. Raises RoleMissing, ItemListOpenAlready, or what `check_items` raises."""
    async with uow:
        uow.principal.require(DEPARTMENT_ADMIN)
        department, by = uow.principal.department, uow.principal.subject
        await check_list(command.items, department, command.year, uow)
        version = await uow.counters.next("item_list", f"{department}/{command.year}")
        for other in await uow.item_lists.of_year(department, command.year):
            if other.is_open:
                raise ItemListOpenAlready(year=other.year, version=other.version)
        item_list = ItemList(
            id=new_id(),
            district=uow.district,
            department=department,
            year=command.year,
            version=version,
            revision=1,
            row_version=1,
            item_count=len(command.items),
            filing=Filing(WHAT, FilingState.DRAFT, (by,)),
            created_at=uow.now,
        )
        await uow.item_lists.add(item_list, step(uow, "drafted"))
        await uow.items.add(item_list, command.items)
        await uow.commit(item_list)
    return item_list


async def revise_item_list(command: ReviseItemList, uow: PlanningUnitOfWork) -> ItemList:
    """New items for a draft or a returned list. Raises VersionChanged, NotEditable, NotYourDepartment, or what
    `check_items` raises."""
    async with uow:
        item_list = await the_item_list(uow, command.list_id)
        require_owner(uow.principal, item_list.department)
        if item_list.row_version != command.seen:
            raise VersionChanged
        await check_list(command.items, item_list.department, item_list.year, uow)
        item_list = item_list.revise(len(command.items), uow.principal.subject)
        await uow.item_lists.save(item_list, step(uow, "revised"))
        await uow.items.add(item_list, command.items)
        await uow.commit(item_list)
    return item_list
