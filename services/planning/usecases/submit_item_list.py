"""A department submits its item list for approval (提交)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.item_lists import ItemList
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.check_list import check_list
from services.planning.usecases.find import step, the_item_list
from services.planning.usecases.permissions import require_owner


@dataclass(frozen=True, slots=True)
class SubmitItemList:
    list_id: UUID


async def submit_item_list(command: SubmitItemList, uow: PlanningUnitOfWork) -> ItemList:
    """Checked again: the district's limits may have changed since the draft. Raises NotEditable, NotYourDepartment, or
    what `check_items` raises."""
    async with uow:
        item_list = await the_item_list(uow, command.list_id)
        require_owner(uow.principal, item_list.department)
        item_list = item_list.submit(uow.principal.subject)
        listed = await uow.items.of_list(item_list.id, item_list.revision)
        await check_list([one.item for one in listed], item_list.department, item_list.year, uow)
        await uow.item_lists.save(item_list, step(uow, "submitted"))
        await uow.commit(item_list)
    return item_list
