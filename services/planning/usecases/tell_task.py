"""A task as the events of planning tell it."""

from __future__ import annotations

from datetime import datetime

from services.planning.domain.plan_content import PlanContent
from services.planning.domain.quiet_days import quiet_in
from services.planning.domain.rules import Rules
from services.planning.domain.tasks import Task, items_of_task
from services.planning.domain.visit_warnings import thresholds_of
from services.planning.usecases.tell_plan import caps_told, items_told, ratios_told
from shared.events.planning import TaskCancelledV1, TaskDepartment, TaskIssuedV1, VisitWarning


def task_issued(task: Task, content: PlanContent, rules: Rules, at: datetime) -> TaskIssuedV1:
    """With the items of the plan's content in force, and what the district's rules say on the day: quiet days (B16),
    the floor of no-disturb lists (B19), thresholds of visits (B1)."""
    quiet = rules.quiet_days(content.quiet_kind)
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
        names_open=task.opening.when.value,
        names_open_basis=task.opening.basis,
        items=items_told(items_of_task(task, content)),
        batches=task.batches,
        no_disturb_floor_ppm=rules.no_disturb_floor or 0,
        visit_warnings=[VisitWarning(days=one.days, visits=one.visits) for one in thresholds_of(rules)],
    )


def task_cancelled(task: Task, at: datetime) -> TaskCancelledV1:
    return TaskCancelledV1(
        aggregate_version=task.row_version,
        task_id=task.id,
        reason=task.cancel_reason or "",
        cancelled_at=at,
    )
