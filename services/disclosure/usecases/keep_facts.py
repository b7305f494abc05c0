"""Public facts of planning, names of departments and checkpoints are kept as they come; the lane commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from services.disclosure.domain.facts import Checkpoint, ItemList, PlanEnd, PlanVersion, Task, TaskChange
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork

T = TypeVar("T")
PlanFact = PlanVersion | PlanEnd | Task | TaskChange | ItemList


async def keep_plan_facts(facts: Sequence[PlanFact], uow: DisclosureUnitOfWork) -> None:
    """Plans, tasks and item lists (N5, N6). A fact that is there already is nothing new."""
    await uow.facts.add_plans(_of(PlanVersion, facts))
    await uow.facts.add_plan_ends(_of(PlanEnd, facts))
    await uow.facts.add_tasks(_of(Task, facts))
    await uow.facts.add_task_changes(_of(TaskChange, facts))
    await uow.facts.add_item_lists(_of(ItemList, facts))


def _of(kind: type[T], facts: Sequence[object]) -> list[T]:
    return [fact for fact in facts if isinstance(fact, kind)]


async def keep_checkpoints(checkpoints: Sequence[Checkpoint], uow: DisclosureUnitOfWork) -> None:
    await uow.facts.add_checkpoints(checkpoints)


async def follow_departments(uow: DisclosureUnitOfWork) -> None:
    """Reads anew what departments are called. Raises PeerUnavailable: the lane tries again."""
    await uow.facts.put_departments(await uow.around.registry.departments())
