"""Plans: what they must say (N1, N2), how they live (N5, N6)."""

from __future__ import annotations

from datetime import date

import pytest

from services.planning.domain.filing import FilingState, ReasonMissing
from services.planning.domain.per_class import PerClass
from services.planning.domain.plan_content import (
    DepartmentWithoutItem,
    ItemNotInForce,
    ItemOfOtherDepartment,
    ItemTwice,
    SoleDepartmentWithoutGround,
    check_plan,
    choose_items,
    require_still_in_force,
)
from services.planning.domain.plans import (
    AdjustmentPending,
    InForce,
    PlanCancelledAlready,
    PlanHasOpenTasks,
    PlanNotInForce,
)
from services.planning.domain.ratios import RatioAboveCap, RatioFallsWithRisk, VisitCapAboveLimit
from services.planning.domain.windows import Window, WindowEndsBeforeStart, WindowOutsideYear
from shared.values.ids import new_id
from tests.builders.planning import (
    NO_RULES,
    a_chosen_item,
    a_content,
    a_listed_item,
    a_plan,
    per_class_rule,
    the_rules,
)

OFFICE, FILER = "officer:office", "officer:filer"


def test_a_joint_plan_that_obeys_the_rules_is_accepted() -> None:
    check_plan(a_content(), "scjg", 2026, NO_RULES)


@pytest.mark.parametrize("ground", [None, "", "  "])
def test_a_plan_by_one_department_alone_needs_a_legal_ground(ground: str | None) -> None:
    """N2: 非联合不双随机."""
    alone = a_content(participants=(), items=(a_chosen_item(),), sole_ground=ground)
    with pytest.raises(SoleDepartmentWithoutGround) as refused:
        check_plan(alone, "scjg", 2026, NO_RULES)
    assert refused.value.code == "planning.sole_department_without_ground"


def test_a_stated_ground_lets_one_department_act_alone() -> None:
    """N2."""
    ground = "《中华人民共和国统计法》第三十三条"
    check_plan(a_content(participants=(), items=(a_chosen_item(),), sole_ground=ground), "scjg", 2026, NO_RULES)


def test_naming_oneself_as_participant_does_not_make_a_plan_joint() -> None:
    """N2."""
    with pytest.raises(SoleDepartmentWithoutGround):
        check_plan(a_content(participants=("scjg",), items=(a_chosen_item(),)), "scjg", 2026, NO_RULES)


def test_every_department_brings_an_item_and_no_item_comes_from_outside() -> None:
    """N1."""
    with pytest.raises(DepartmentWithoutItem):
        check_plan(a_content(items=(a_chosen_item(),)), "scjg", 2026, NO_RULES)
    stranger = (a_chosen_item(), a_chosen_item("wjw-001", "wjw"), a_chosen_item("yjj-001", "yjj"))
    with pytest.raises(ItemOfOtherDepartment):
        check_plan(a_content(items=stranger), "scjg", 2026, NO_RULES)


def test_the_rules_on_ratios_and_visits_hold_for_plans() -> None:
    """N3, I2, N7."""
    with pytest.raises(RatioFallsWithRisk):
        check_plan(a_content(ratios=PerClass(4, 3, 2, 1)), "scjg", 2026, NO_RULES)
    with pytest.raises(RatioAboveCap):
        check_plan(a_content(ratios=PerClass(1, 2, 3, 50_001)), "scjg", 2026, NO_RULES)
    rules = the_rules(visits_per_year=per_class_rule(1, 1, 2, 4))
    with pytest.raises(VisitCapAboveLimit):
        check_plan(a_content(visit_caps=PerClass(1, 2, 2, 4)), "scjg", 2026, rules)


def test_the_window_starts_in_the_plans_year_and_ends_before_the_next_plans_are_due() -> None:
    """N1; 工作方案四: plans of a year are filed in its first quarter."""
    check_plan(a_content(window=Window(date(2026, 12, 1), date(2027, 3, 31))), "scjg", 2026, NO_RULES)
    for start, end in ((date(2026, 12, 1), date(2027, 4, 1)), (date(2025, 12, 31), date(2026, 3, 1))):
        with pytest.raises(WindowOutsideYear):
            check_plan(a_content(window=Window(start, end)), "scjg", 2026, NO_RULES)
    with pytest.raises(WindowEndsBeforeStart):
        Window(date(2026, 3, 2), date(2026, 3, 1))


def test_items_are_chosen_from_published_lists_once_each() -> None:
    """I4, 国办发〔2024〕54号."""
    listed = a_listed_item()
    assert choose_items([listed.id], [listed])[0].list_id == listed.list_id
    with pytest.raises(ItemTwice):
        choose_items([listed.id, listed.id], [listed])
    with pytest.raises(ItemNotInForce):
        choose_items([listed.id, new_id()], [listed])


def test_a_plan_made_from_a_list_that_was_superseded_is_refused_naming_the_items() -> None:
    """I4."""
    content = a_content()
    with pytest.raises(ItemNotInForce) as refused:
        require_still_in_force(content.items, [])
    assert "scjg-001" in refused.value.detail


def test_publishing_puts_the_version_in_force_and_an_adjustment_makes_the_next() -> None:
    """N5, N6."""
    plan = a_plan().submit(FILER).approve(OFFICE).publish()
    assert (plan.state, plan.in_force) == (FilingState.PUBLISHED, InForce(1, 1))
    pending = plan.adjust(a_content(title="调整后"), "上级部署", FILER)
    assert (pending.state, pending.version, pending.in_force) == (FilingState.SUBMITTED, 2, InForce(1, 1))
    adjusted = pending.approve(OFFICE).publish()
    assert (adjusted.state, adjusted.in_force, adjusted.reason) == (FilingState.ADJUSTED, InForce(2, 2), "上级部署")


def test_an_adjustment_needs_a_published_plan_a_reason_and_no_other_adjustment() -> None:
    """N6."""
    with pytest.raises(PlanNotInForce):
        a_plan().adjust(a_content(), "理由", FILER)
    plan = a_plan().submit(FILER).approve(OFFICE).publish()
    with pytest.raises(ReasonMissing):
        plan.adjust(a_content(), " ", FILER)
    with pytest.raises(AdjustmentPending):
        plan.adjust(a_content(), "一", FILER).adjust(a_content(), "二", FILER)


def test_a_returned_adjustment_keeps_its_public_reason_when_filed_again() -> None:
    """N6."""
    plan = a_plan().submit(FILER).approve(OFFICE).publish().adjust(a_content(), "上级部署", FILER)
    again = plan.send_back(OFFICE, "比例偏高").revise(a_content(), FILER).submit(FILER).approve(OFFICE).publish()
    assert (again.reason, again.version, again.in_force) == ("上级部署", 2, InForce(2, 3))


def test_a_plan_with_open_tasks_is_not_cancelled_and_a_cancelled_one_makes_no_tasks() -> None:
    plan = a_plan().submit(FILER).approve(OFFICE).publish()
    with pytest.raises(PlanHasOpenTasks):
        plan.cancel("机构改革", open_tasks=1)
    cancelled = plan.cancel("机构改革", open_tasks=0)
    assert (cancelled.state, cancelled.filing.remark) == (FilingState.CANCELLED, "机构改革")
    with pytest.raises(PlanNotInForce):
        cancelled.require_in_force()
    with pytest.raises(PlanNotInForce):
        cancelled.adjust(a_content(), "理由", FILER)
    with pytest.raises(PlanCancelledAlready):
        cancelled.cancel("再次", open_tasks=0)
