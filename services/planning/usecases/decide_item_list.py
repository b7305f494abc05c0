"""The joint office approves an item list (批准) or returns it (退回)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.item_lists import ItemList
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_item_list
from shared.runtime.principal import JOINT_OFFICE


@dataclass(frozen=True, slots=True)
class ApproveItemList:
    list_id: UUID


@dataclass(frozen=True, slots=True)
class ReturnItemList:
    list_id: UUID
    remark: str


async def approve_item_list(command: ApproveItemList, uow: PlanningUnitOfWork) -> ItemList:
    """Raises RoleMissing, NotSubmitted, or OwnFiling for one who filed it."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        item_list = (await the_item_list(uow, command.list_id)).approve(uow.principal.subject)
        await uow.item_lists.save(item_list, step(uow, "approved"))
        await uow.commit(item_list)
    return item_list


async def return_item_list(command: ReturnItemList, uow: PlanningUnitOfWork) -> ItemList:
    """Raises RoleMissing, NotSubmitted, ReasonMissing, or OwnFiling for one who filed it."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        item_list = await the_item_list(uow, command.list_id)
        item_list = item_list.send_back(uow.principal.subject, command.remark)
        await uow.item_lists.save(item_list, step(uow, "returned"))
        await uow.commit(item_list)
    return item_list
