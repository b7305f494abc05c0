"""What a use case loads first, or the refusal that it is not there."""

from __future__ import annotations

from uuid import UUID

from services.planning.domain.item_lists import ItemList, ItemListUnknown
from services.planning.domain.plans import Plan, PlanUnknown
from services.planning.domain.tasks import Task, TaskUnknown
from services.planning.storage.item_lists import Step
from services.planning.storage.unit_of_work import PlanningUnitOfWork


async def the_item_list(uow: PlanningUnitOfWork, list_id: UUID) -> ItemList:
    """Locked. Raises ItemListUnknown."""
    found = await uow.item_lists.find(list_id, for_update=True)
    if found is None:
        raise ItemListUnknown
    return found


async def the_plan(uow: PlanningUnitOfWork, plan_id: UUID) -> Plan:
    """Locked, with its latest content. Raises PlanUnknown."""
    found = await uow.plans.find(plan_id, for_update=True)
    if found is None:
        raise PlanUnknown
    return found


async def the_task(uow: PlanningUnitOfWork, task_id: UUID) -> Task:
    """Locked. Raises TaskUnknown."""
    found = await uow.tasks.find(task_id, for_update=True)
    if found is None:
        raise TaskUnknown
    return found


def step(uow: PlanningUnitOfWork, act: str) -> Step:
    """The act as the history will show it."""
    return Step(act, uow.principal.subject, uow.now)
