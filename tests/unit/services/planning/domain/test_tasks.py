"""Tasks stay inside their plan (N1, N6), send two officers per department (D1, B2) and never change once issued."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.planning.domain.filing import ReasonMissing
from services.planning.domain.per_class import PerClass
from services.planning.domain.ratios import RatioAboveCap, RatioFallsWithRisk
from services.planning.domain.tasks import (
    Lifecycle,
    TaskDepartmentNotInPlan,
    TaskDepartmentTwice,
    TaskDepartmentWithoutItem,
    TaskItemNotInPlan,
    TaskNotDraft,
    TaskNotOpen,
    TaskRatioAbovePlan,
    TaskWindowOutsidePlan,
    TaskWindowPassed,
    TaskWithoutDepartment,
    TooFewOfficers,
    check_task,
)
from services.planning.domain.windows import Window
from shared.values.ids import new_id
from tests.builders.planning import NO_RULES, NOW, TODAY, a_content, a_task


def test_a_task_that_takes_everything_from_its_plan_is_accepted() -> None:
    content = a_content()
    check_task(a_task(content), content, NO_RULES)


def test_a_department_sends_at_least_two_officers_and_experts_do_not_count() -> None:
    """D1, B2."""
    content = a_content()
    task = a_task(content)
    lone = replace(task.departments[0], officers=1, experts=3)
    with pytest.raises(TooFewOfficers) as refused:
        check_task(replace(task, departments=(lone,)), content, NO_RULES)
    assert refused.value.code == "planning.too_few_officers"


def test_departments_and_items_of_a_task_are_those_of_its_plan() -> None:
    content = a_content()
    task = a_task(content)
    first = task.departments[0]
    refusals = {
        TaskWithoutDepartment: (),
        TaskDepartmentTwice: (first, first),
        TaskDepartmentNotInPlan: (replace(first, department="yjj"),),
        TaskDepartmentWithoutItem: (replace(first, item_ids=()),),
        TaskItemNotInPlan: (replace(first, item_ids=(new_id(),)),),
    }
    for refusal, departments in refusals.items():
        with pytest.raises(refusal):
            check_task(replace(task, departments=departments), content, NO_RULES)


def test_an_item_of_one_department_is_not_inspected_by_another() -> None:
    content = a_content()
    first, second = a_task(content).departments
    swapped = replace(first, item_ids=second.item_ids)
    with pytest.raises(TaskItemNotInPlan):
        check_task(a_task(content, departments=(swapped,)), content, NO_RULES)


def test_own_ratios_of_a_task_obey_the_same_rules_and_never_exceed_the_plan() -> None:
    """N3, I2, N6."""
    content = a_content()
    check_task(a_task(content, ratios=PerClass(10_000, 10_000, 20_000, 50_000)), content, NO_RULES)
    with pytest.raises(RatioFallsWithRisk):
        check_task(a_task(content, ratios=PerClass(10_000, 1, 1, 1)), content, NO_RULES)
    with pytest.raises(RatioAboveCap):
        check_task(a_task(content, ratios=PerClass(10_000, 20_000, 30_000, 50_001)), content, NO_RULES)
    key_only = replace(a_task(content), departments=a_task(content).departments[1:])
    with pytest.raises(TaskRatioAbovePlan):
        check_task(replace(key_only, ratios=PerClass(10_000, 20_000, 30_000, 50_001)), content, NO_RULES)


def test_the_window_of_a_task_lies_inside_the_plans() -> None:
    content = a_content()
    late = Window(content.window.start, content.window.end + timedelta(days=1))
    with pytest.raises(TaskWindowOutsidePlan):
        check_task(a_task(content, window=late), content, NO_RULES)


def test_a_task_is_issued_once_and_not_after_its_window() -> None:
    task = a_task(a_content())
    issued = task.issue(NOW, TODAY)
    assert (issued.lifecycle, issued.issued_at) == (Lifecycle.ISSUED, NOW)
    with pytest.raises(TaskNotDraft):
        issued.issue(NOW, TODAY)
    with pytest.raises(TaskWindowPassed):
        task.issue(NOW, date(2026, 7, 1))


def test_a_task_is_cancelled_with_a_reason_unless_it_is_completed_or_cancelled_already() -> None:
    issued = a_task(a_content()).issue(NOW, TODAY)
    cancelled = issued.cancel("计划调整", NOW, is_completed=False)
    assert (cancelled.lifecycle, cancelled.cancel_reason) == (Lifecycle.CANCELLED, "计划调整")
    with pytest.raises(ReasonMissing):
        issued.cancel("", NOW, is_completed=False)
    with pytest.raises(TaskNotOpen):
        cancelled.cancel("再次", NOW, is_completed=False)
    with pytest.raises(TaskNotOpen):
        issued.cancel("晚了", NOW, is_completed=True)
