"""Keep planning's tasks (抽查任务): what is needed to freeze a pool, as issued."""

from __future__ import annotations

from collections.abc import Sequence

from services.draw.domain.drawing_plan import Task, TaskDepartment
from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.events.planning import TaskCancelledV1, TaskIssuedV1


async def keep_tasks(issued: Sequence[TaskIssuedV1], uow: DrawUnitOfWork) -> None:
    newest = {event.task_id: event for event in sorted(issued, key=lambda event: event.aggregate_version)}
    await uow.tasks.keep([(_task(event), event.aggregate_version) for event in newest.values()], uow.now)


async def cancel_tasks(cancelled: Sequence[TaskCancelledV1], uow: DrawUnitOfWork) -> None:
    """No pool is frozen or committed for them any more; a draw that is public stays so until two people void it."""
    await uow.tasks.cancel([(event.task_id, event.reason) for event in cancelled])


def _task(event: TaskIssuedV1) -> Task:
    parts = tuple(
        TaskDepartment(
            department=part.department,
            item_ids=tuple(part.item_ids),
            officers=part.officers,
            officer_tags=tuple(part.officer_tags),
            experts=part.experts,
        )
        for part in event.departments
    )
    return Task(
        id=event.task_id,
        task_no=event.task_no,
        title=event.title,
        plan_id=event.plan_id,
        plan_no=event.plan_no,
        initiator=event.initiator,
        departments=parts,
        library_id=event.library_id,
        library_version=event.library_version,
        ratios={ratio.credit_class: ratio.ppm for ratio in event.ratios},
        window_start=event.window_start,
        window_end=event.window_end,
        visit_caps={cap.credit_class: cap.visits for cap in event.visit_caps},
    )
