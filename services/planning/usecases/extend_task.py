"""An issued task gets a longer window (延长检查时间); everything else of it stays as issued (D5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.planning.domain.filing import stated
from services.planning.domain.progress import TaskStage
from services.planning.domain.tasks import TaskWindowOutsidePlan
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_plan, the_task
from services.planning.usecases.permissions import require_owner
from services.planning.usecases.show_task import TaskView, view_of
from shared.events.planning import TaskExtendedV1


@dataclass(frozen=True, slots=True)
class ExtendTask:
    task_id: UUID
    window_end: date
    reason: str


async def extend_task(command: ExtendTask, uow: PlanningUnitOfWork) -> TaskView:
    """Within the plan's window in force. Raises TaskNotExtensible, TaskWindowNotLonger, TaskWindowOutsidePlan,
    PlanNotInForce, ReasonMissing or NotYourDepartment."""
    async with uow:
        task = await the_task(uow, command.task_id)
        require_owner(uow.principal, task.initiator)
        reason = stated(command.reason)
        progress = (await uow.progress.of([task.id]))[task.id]
        task = task.extend(command.window_end, is_completed=progress.stage is TaskStage.COMPLETED)
        content = await uow.plans.content_in_force(await the_plan(uow, task.plan_id))
        if content.window.end < task.window.end:
            raise TaskWindowOutsidePlan(start=task.window.start, end=task.window.end)
        await uow.tasks.save(task, step(uow, "extended"))
        uow.emit(
            TaskExtendedV1(
                aggregate_version=task.row_version,
                task_id=task.id,
                window_start=task.window.start,
                window_end=task.window.end,
                reason=reason,
                extended_at=uow.now,
            )
        )
        view = await view_of(task, uow)
        await uow.commit(view)
    return view
