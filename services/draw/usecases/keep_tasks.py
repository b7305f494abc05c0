"""Keep planning's tasks (抽查任务): what is needed to freeze a pool, as issued."""

from __future__ import annotations

from collections.abc import Sequence

from services.draw.domain.drawing_plan import Task, TaskDepartment, TaskItem, VisitThreshold
from services.draw.storage.tasks import LongerWindow
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.open_unfit_seats import open_unfit_seats
from shared.events.planning import TaskCancelledV1, TaskExtendedV1, TaskIssuedV1


async def keep_tasks(issued: Sequence[TaskIssuedV1], uow: DrawUnitOfWork) -> None:
    newest = {event.task_id: event for event in sorted(issued, key=lambda event: event.aggregate_version)}
    await uow.tasks.keep([(task_of_event(event), event.aggregate_version) for event in newest.values()], uow.now)


async def cancel_tasks(cancelled: Sequence[TaskCancelledV1], uow: DrawUnitOfWork) -> None:
    """No pool is frozen or committed for them any more; a draw that is public stays so until two people void it."""
    await uow.tasks.cancel([(event.task_id, event.reason) for event in cancelled])


async def extend_tasks(extended: Sequence[TaskExtendedV1], uow: DrawUnitOfWork) -> None:
    """The longer window counts for the visits that stand; officers whose certificates do not reach its end are due for
    substitution. A pool frozen before is not committed any more."""
    newest = {event.task_id: event for event in sorted(extended, key=lambda event: event.aggregate_version)}
    changed = await uow.tasks.extend(
        [
            LongerWindow(event.task_id, event.window_start, event.window_end, event.aggregate_version)
            for event in newest.values()
        ]
    )
    if changed:
        await uow.visits.extend(changed)
        await open_unfit_seats(uow, changed)


def task_of_event(event: TaskIssuedV1) -> Task:
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
        names_open=event.names_open,
        names_open_basis=event.names_open_basis,
        items=tuple(TaskItem(item.item_id, item.department, item.code, item.name, item.level) for item in event.items),
        batches=event.batches,
        no_disturb_floor_ppm=event.no_disturb_floor_ppm,
        visit_warnings=tuple(VisitThreshold(one.days, one.visits) for one in event.visit_warnings),
        quiet_days=tuple(event.quiet_days),
    )
