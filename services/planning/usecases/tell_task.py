"""A task as the events of planning tell it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from services.planning.domain.quiet_days import quiet_in
from services.planning.domain.tasks import Task
from services.planning.usecases.tell_plan import caps_told, ratios_told
from shared.events.planning import TaskCancelledV1, TaskDepartment, TaskIssuedV1


def task_issued(task: Task, at: datetime, quiet: Collection[date] = ()) -> TaskIssuedV1:
    """`quiet`: the district's quiet days (B16)."""
    return TaskIssuedV1(
        aggregate_version=task.row_version,
        task_id=task.id,
        task_no=task.task_no,
        title=task.title,
        plan_id=task.plan_id,
        plan_no=task.plan_no,
        plan_version=task.plan_version,
        initiator=task.initiator,
        departments=[
            TaskDepartment(
                department=part.department,
                item_ids=list(part.item_ids),
                officers=part.officers,
                officer_tags=list(part.officer_tags),
                experts=part.experts,
            )
            for part in task.departments
        ],
        library_id=task.library.id,
        library_version=task.library.version,
        ratios=ratios_told(task.ratios),
        window_start=task.window.start,
        window_end=task.window.end,
        issued_at=at,
        method=task.method,
        visit_caps=caps_told(task.visit_caps),
        quiet_days=list(quiet_in(task.window, quiet)),
    )


def task_cancelled(task: Task, at: datetime) -> TaskCancelledV1:
    return TaskCancelledV1(
        aggregate_version=task.row_version,
        task_id=task.id,
        reason=task.cancel_reason or "",
        cancelled_at=at,
    )
