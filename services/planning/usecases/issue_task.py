"""A task is issued (下达抽查任务): draw freezes the pool from what this tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from services.planning.domain.plan_content import PlanContent
from services.planning.domain.plans import Plan
from services.planning.domain.quiet_days import inspectable_days
from services.planning.domain.tasks import Task, check_task
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_plan, the_task
from services.planning.usecases.permissions import require_owner
from services.planning.usecases.show_task import TaskView, view_of
from services.planning.usecases.tell_task import task_issued


@dataclass(frozen=True, slots=True)
class IssueTask:
    task_id: UUID


async def issue_task(command: IssueTask, uow: PlanningUnitOfWork) -> TaskView:
    """Issued under the plan's version in force, checked against it again. Raises TaskNotDraft, TaskWindowPassed,
    PlanNotInForce, NotYourDepartment, NoDayLeft, or what `check_task` raises."""
    async with uow:
        task = await the_task(uow, command.task_id)
        require_owner(uow.principal, task.initiator)
        task = task.issue(uow.now, uow.today)
        plan = await the_plan(uow, task.plan_id)
        content = await uow.plans.content_in_force(plan)
        task = _under(plan, content, task)
        rules = await uow.rules.in_force(uow.today)
        check_task(task, content, rules)
        quiet, calendar = rules.quiet_days(content.quiet_kind), await uow.calendars.in_force()
        inspectable_days(task.window, quiet, rules.cite("quiet_days"), calendar)
        await uow.tasks.save(task, step(uow, "issued"))
        uow.emit(task_issued(task, content, rules, uow.now))
        view = await view_of(task, uow)
        await uow.commit(view)
    return view


def _under(plan: Plan, content: PlanContent, task: Task) -> Task:
    """What a task takes from its plan, from the version that is in force now."""
    in_force = plan.require_in_force()
    return replace(
        task,
        plan_version=in_force.version,
        plan_revision=in_force.revision,
        library=content.library,
        visit_caps=content.visit_caps,
        method=content.method,
        opening=content.opening,
    )
