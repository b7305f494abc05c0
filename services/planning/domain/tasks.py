"""Tasks (抽查任务) of a published plan (N1, D1, B2): who sends how many officers for which items, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.planning.domain.batches import check_batches, require_batches
from services.planning.domain.filing import stated
from services.planning.domain.openings import UNRULED, Opening
from services.planning.domain.per_class import PerClass, percent
from services.planning.domain.plan_content import ChosenItem, LibraryVersion, PlanContent
from services.planning.domain.ratios import check_ratios
from services.planning.domain.rules import Rules
from services.planning.domain.windows import Window
from shared.values.errors import Invalid, NotFound, Refused

LEAST_OFFICERS: Final = 2


class TaskUnknown(NotFound):
    message = "没有这个抽查任务，或无权查看"


class TaskNotDraft(Refused):
    """A task never changes once issued; another takes its place."""

    message = "任务 {task_no} 已经{state}，不能下达"


class TaskNotOpen(Refused):
    message = "任务 {task_no} 已经{state}，不能取消"


class TaskNotExtensible(Refused):
    message = "任务 {task_no} 目前为“{state}”，只有已下达、未办结的任务才能延长检查时间"


class TaskWindowNotLonger(Invalid):
    """Only a longer window leaves the draw as it is; anything else is another task."""

    message = "延长后的结束日期 {end} 不晚于原来的 {before}"


class TaskWithoutDepartment(Invalid):
    message = "抽查任务没有写明部门"


class TaskDepartmentTwice(Invalid):
    message = "部门 {department} 在任务中重复填写"


class TaskDepartmentNotInPlan(Invalid):
    message = "部门 {department} 未参加计划 {plan_no}"


class TaskItemNotInPlan(Invalid):
    message = "部门 {department} 的事项 {item} 不在计划 {plan_no} 中"


class TaskDepartmentWithoutItem(Invalid):
    message = "任务中的部门 {department} 没有抽查事项"


class TooFewOfficers(Invalid):
    """At least two officers with certificates per department; experts never count (行政处罚法第四十二条; D1, B2)."""

    message = "部门 {department} 每次检查的执法人员为 {officers} 人，不得少于 {least} 人"


class TaskWindowOutsidePlan(Invalid):
    message = "任务的检查时间 {start} 至 {end} 超出计划的检查时间"


class TaskRatioAbovePlan(Invalid):
    """What was approved and published bounds the task; more needs an adjustment (N6)."""

    message = "任务的 {credit_class} 类抽查比例 {ratio} 超过计划的 {limit}，如需提高请先调整计划"


class TaskWindowPassed(Refused):
    message = "任务 {task_no} 的检查时间已于 {end} 结束，不能下达"


class Lifecycle(StrEnum):
    """What planning itself decides about a task. How far it has come is derived: see `progress`."""

    DRAFT = "draft"
    ISSUED = "issued"
    CANCELLED = "cancelled"


LIFECYCLE_NAMES: Final = {Lifecycle.DRAFT: "起草", Lifecycle.ISSUED: "下达", Lifecycle.CANCELLED: "取消"}


@dataclass(frozen=True, slots=True)
class TaskDepartment:
    """A department's part. `officers` per visit, with the tags they need; `experts` advise and come on top (L4, B2)."""

    department: str
    item_ids: tuple[UUID, ...]
    officers: int = LEAST_OFFICERS
    officer_tags: tuple[str, ...] = ()
    experts: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """A task with what it took from its plan: version and revision, scope, method, caps on visits, when names open."""

    id: UUID
    district: str
    task_no: str
    title: str
    plan_id: UUID
    plan_no: str
    plan_version: int
    plan_revision: int
    initiator: str
    departments: tuple[TaskDepartment, ...]
    library: LibraryVersion
    ratios: PerClass
    visit_caps: PerClass | None
    window: Window
    method: str
    lifecycle: Lifecycle
    row_version: int
    created_at: datetime
    issued_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    opening: Opening = UNRULED
    batches: int = 0

    @property
    def participants(self) -> tuple[str, ...]:
        return tuple(part.department for part in self.departments)

    def numbered(self, task_no: str) -> Task:
        return replace(self, task_no=task_no)

    def issue(self, at: datetime, today: date) -> Task:
        """下达. Raises TaskNotDraft or TaskWindowPassed."""
        if self.lifecycle is not Lifecycle.DRAFT:
            raise TaskNotDraft(task_no=self.task_no, state=LIFECYCLE_NAMES[self.lifecycle])
        if self.window.end < today:
            raise TaskWindowPassed(task_no=self.task_no, end=self.window.end)
        return replace(self, lifecycle=Lifecycle.ISSUED, issued_at=at, row_version=self.row_version + 1)

    def extend(self, end: date, *, is_completed: bool) -> Task:
        """延长检查时间. Raises TaskNotExtensible or TaskWindowNotLonger."""
        if self.lifecycle is not Lifecycle.ISSUED or is_completed:
            state = "办结" if is_completed else LIFECYCLE_NAMES[self.lifecycle]
            raise TaskNotExtensible(task_no=self.task_no, state=state)
        if end <= self.window.end:
            raise TaskWindowNotLonger(end=end, before=self.window.end)
        return replace(self, window=Window(self.window.start, end), row_version=self.row_version + 1)

    def cancel(self, reason: str, at: datetime, *, is_completed: bool) -> Task:
        """取消. Raises TaskNotOpen or ReasonMissing."""
        if self.lifecycle is Lifecycle.CANCELLED or is_completed:
            state = "办结" if is_completed else LIFECYCLE_NAMES[self.lifecycle]
            raise TaskNotOpen(task_no=self.task_no, state=state)
        return replace(
            self,
            lifecycle=Lifecycle.CANCELLED,
            cancelled_at=at,
            cancel_reason=stated(reason),
            row_version=self.row_version + 1,
        )


def items_of_task(task: Task, plan: PlanContent) -> tuple[ChosenItem, ...]:
    """The plan's items that the task inspects, in the plan's order."""
    wanted = {item_id for part in task.departments for item_id in part.item_ids}
    return tuple(item for item in plan.items if item.item_id in wanted)


def check_task(task: Task, plan: PlanContent, rules: Rules) -> None:
    """The task against the plan's content in force. Raises the named error of the first rule it breaks."""
    if not plan.window.holds(task.window):
        raise TaskWindowOutsidePlan(start=task.window.start, end=task.window.end)
    _check_departments(task, plan)
    items = items_of_task(task, plan)
    check_ratios(task.ratios, items)
    levels = frozenset(item.level for item in items)
    check_batches(task.batches, levels)
    require_batches(task.batches, levels, task.ratios, rules)
    above = task.ratios.first_above(plan.ratios)
    if above is not None:
        raise TaskRatioAbovePlan(
            credit_class=above.value,
            ratio=percent(task.ratios.of_class(above)),
            limit=percent(plan.ratios.of_class(above)),
        )


def _check_departments(task: Task, plan: PlanContent) -> None:
    if not task.departments:
        raise TaskWithoutDepartment
    seen: set[str] = set()
    for part in task.departments:
        if part.department in seen:
            raise TaskDepartmentTwice(department=part.department)
        seen.add(part.department)
        _check_part(part, task, plan)


def _check_part(part: TaskDepartment, task: Task, plan: PlanContent) -> None:
    if part.department not in plan.departments(task.initiator):
        raise TaskDepartmentNotInPlan(department=part.department, plan_no=task.plan_no)
    if not part.item_ids:
        raise TaskDepartmentWithoutItem(department=part.department)
    known = {item.item_id for item in plan.items_of(part.department)}
    for item_id in part.item_ids:
        if item_id not in known:
            raise TaskItemNotInPlan(department=part.department, item=item_id, plan_no=task.plan_no)
    if part.officers < LEAST_OFFICERS:
        raise TooFewOfficers(department=part.department, officers=part.officers, least=LEAST_OFFICERS)
