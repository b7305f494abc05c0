"""The initiator plans a task (安排抽查任务) of a published plan; nothing leaves the house until it is issued."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.planning.domain.items import ItemLevel
from services.planning.domain.numbers import task_no
from services.planning.domain.per_class import read_per_class
from services.planning.domain.plan_content import PlanContent
from services.planning.domain.plans import Plan
from services.planning.domain.tasks import Lifecycle, Task, TaskDepartment, check_task, items_of_task
from services.planning.domain.windows import Window
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import the_plan
from services.planning.usecases.permissions import require_owner
from services.planning.usecases.plan_fields import Figures
from services.planning.usecases.show_task import TaskView, view_of
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class PlanTask:
    """`ratios`, the window and `batches` None: those of the plan."""

    plan_id: UUID
    title: str
    departments: tuple[TaskDepartment, ...]
    ratios: Figures | None
    window_start: date | None
    window_end: date | None
    batches: int | None = None


async def plan_task(command: PlanTask, uow: PlanningUnitOfWork) -> TaskView:
    """A draft with its number. Raises PlanNotInForce, NotYourDepartment, RegionCodeMissing, NumbersUsedUp, or what
    `check_task` raises."""
    async with uow:
        plan = await the_plan(uow, command.plan_id)
        require_owner(uow.principal, plan.initiator)
        content = await uow.plans.content_in_force(plan)
        rules = await uow.rules.in_force(uow.today)
        task = _with_batches(_drafted(command, plan, content, uow), content, command.batches)
        check_task(task, content, rules)
        region = rules.region_code
        place = await uow.counters.next("task", f"{region}/{uow.today:%Y%m%d}")
        task = task.numbered(task_no(region, uow.today, place))
        await uow.tasks.add(task, uow.principal.subject, uow.now)
        view = await view_of(task, uow)
        await uow.commit(view)
    return view


def _with_batches(task: Task, content: PlanContent, wanted: int | None) -> Task:
    """As stated, or the plan's; a task without key items is not parted into the plan's batches (I2)."""
    has_key = any(item.level is ItemLevel.KEY for item in items_of_task(task, content))
    return replace(task, batches=(content.batches if has_key else 0) if wanted is None else wanted)


def _drafted(command: PlanTask, plan: Plan, content: PlanContent, uow: PlanningUnitOfWork) -> Task:
    in_force = plan.require_in_force()
    return Task(
        id=new_id(),
        district=uow.district,
        task_no="",
        title=command.title,
        plan_id=plan.id,
        plan_no=plan.plan_no,
        plan_version=in_force.version,
        plan_revision=in_force.revision,
        initiator=plan.initiator,
        departments=command.departments,
        library=content.library,
        ratios=read_per_class(command.ratios) if command.ratios else content.ratios,
        visit_caps=content.visit_caps,
        window=Window(command.window_start or content.window.start, command.window_end or content.window.end),
        method=content.method,
        lifecycle=Lifecycle.DRAFT,
        row_version=1,
        created_at=uow.now,
        opening=content.opening,
    )
