"""A task is cancelled (取消抽查任务) with a reason; draw and results hear of it if it was issued."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.progress import TaskStage
from services.planning.domain.tasks import Lifecycle
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_task
from services.planning.usecases.permissions import require_owner_or_office
from services.planning.usecases.show_task import TaskView, view_of
from services.planning.usecases.tell_task import task_cancelled


@dataclass(frozen=True, slots=True)
class CancelTask:
    task_id: UUID
    reason: str


async def cancel_task(command: CancelTask, uow: PlanningUnitOfWork) -> TaskView:
    """Raises TaskNotOpen, ReasonMissing, RoleMissing or NotYourDepartment."""
    async with uow:
        task = await the_task(uow, command.task_id)
        require_owner_or_office(uow.principal, task.initiator)
        progress = (await uow.progress.of([task.id]))[task.id]
        was_issued = task.lifecycle is Lifecycle.ISSUED
        task = task.cancel(command.reason, uow.now, is_completed=progress.stage is TaskStage.COMPLETED)
        await uow.tasks.save(task, step(uow, "cancelled"))
        if was_issued:
            uow.emit(task_cancelled(task, uow.now))
        view = await view_of(task, uow)
        await uow.commit(view)
    return view
