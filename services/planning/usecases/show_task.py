"""A task with how far it has come (D5)."""

from __future__ import annotations

from dataclasses import dataclass

from services.planning.domain.progress import Progress
from services.planning.domain.tasks import Task
from services.planning.storage.unit_of_work import PlanningUnitOfWork


@dataclass(frozen=True, slots=True)
class TaskView:
    task: Task
    progress: Progress


async def view_of(task: Task, uow: PlanningUnitOfWork) -> TaskView:
    """The task as it stands after an act: its progress is derived anew."""
    await uow.progress.derive([task.id], uow.now)
    return TaskView(task, (await uow.progress.of([task.id]))[task.id])
