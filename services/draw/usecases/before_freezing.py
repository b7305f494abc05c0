"""What a freeze has to know of the past: loads, recusals, and whom nobody may visit now. It is the whole district's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.draw.domain.drawing_plan import Task
from services.draw.domain.exclusions import Exclusions, History, recused_pairs
from services.draw.domain.freezing import RecusedPair
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.storage.visits import first_of_year


@dataclass(frozen=True, slots=True)
class Before:
    """`loads`: inspector → seats of the year; `recused`: pair → why."""

    loads: dict[UUID, int]
    recused: dict[RecusedPair, str]
    exclusions: Exclusions


async def before_freezing(task: Task, recognised_days: int, uow: DrawUnitOfWork) -> Before:
    year = task.window_start.year
    async with uow.across_departments():
        loads = await uow.visits.loads_since(first_of_year(uow.today))
        recused = recused_pairs(await uow.recusals.pairs(), await uow.histories.repeated_pairs(year))
        since = uow.today - timedelta(days=recognised_days)
        history = History(
            visits=await uow.histories.visits_in(year) if task.visit_caps else {},
            recognised=await uow.histories.recognised_since(since, task.participants)
            if recognised_days
            else frozenset(),
            undisturbed=await uow.no_disturb.active_on(uow.today),
        )
    return Before(loads, recused, Exclusions(task.visit_caps, history))
