"""Trying a plan (B8): months that add up, officers against slots, quiet days left out (B16)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.planning.domain.per_class import PPM, PerClass
from services.planning.domain.quiet_days import NoDayLeft, inspectable_days, quiet_in
from services.planning.domain.rules import RuleValue
from services.planning.domain.what_if import (
    OfficerGroup,
    Shortage,
    Staffing,
    by_month,
    expectations,
    load_of,
)
from services.planning.domain.windows import Window
from shared.values.credit_class import CreditClass
from tests.builders.planning import the_rules

MAY = date(2026, 5, 1)
windows = st.builds(
    lambda start, days: Window(start, start + timedelta(days=days)),
    st.dates(date(2026, 1, 1), date(2026, 11, 1)),
    st.integers(14, 120),
)
GROUPS = [
    OfficerGroup("scjg", frozenset({"食品安全"}), 3),
    OfficerGroup("scjg", frozenset({"食品安全", "冷链食品"}), 2),
    OfficerGroup("yjj", frozenset({"食品安全"}), 9),
]


@given(st.integers(0, 10**12), windows)
def test_the_months_add_up_to_the_visits_of_the_whole_window(visits: int, window: Window) -> None:
    """B8: not a millionth of a visit is lost or made by spreading them."""
    months = by_month(visits, window, frozenset())
    assert sum(months.values()) == visits
    assert all(share >= 0 for share in months.values())
    assert {month.replace(day=1) for month in months} <= {day.replace(day=1) for day in window.days()}


def test_holidays_and_quiet_days_take_no_visit() -> None:
    """B16; the calendar of 2026: 1 to 5 May are off, Saturday the 9th is worked."""
    window = Window(date(2026, 5, 1), date(2026, 5, 11))
    days = inspectable_days(window, frozenset())
    assert date(2026, 5, 1) not in days
    assert date(2026, 5, 9) in days
    quiet = frozenset(days[1:])
    assert inspectable_days(window, quiet) == days[:1]
    assert list(quiet_in(window, quiet)) == days[1:]


def test_a_window_of_quiet_days_alone_is_refused_with_the_rule_named() -> None:
    """B16."""
    window = Window(date(2026, 6, 1), date(2026, 6, 5))
    with pytest.raises(NoDayLeft, match="规则“企业安静期”（quiet_days）第 1 版"):
        inspectable_days(window, frozenset(window.days()), the_rules(quiet_days=RuleValue()).cite("quiet_days"))


def test_where_next_years_notice_is_not_out_monday_to_friday_are_worked() -> None:
    window = Window(date(2032, 1, 5), date(2032, 1, 11))
    assert len(inspectable_days(window, frozenset())) == 5


def test_only_officers_who_hold_every_tag_are_counted() -> None:
    """B8, D1."""
    one = load_of(Staffing("scjg", tags=frozenset({"食品安全"})), {MAY: PPM}, GROUPS)
    both = load_of(Staffing("scjg", tags=frozenset({"食品安全", "冷链食品"})), {MAY: PPM}, GROUPS)
    assert (one.qualified, both.qualified) == (5, 2)


def test_too_few_officers_for_a_team_leave_every_slot_open() -> None:
    """B2, B8: two at least; a department without visits lacks nobody."""
    staffing = Staffing("scjg", officers=3, tags=frozenset({"冷链食品"}))
    (month,) = load_of(staffing, {MAY: 4 * PPM}, GROUPS).months
    assert (month.shortage, month.slots, month.infeasible) == (Shortage.NO_TEAM, 12 * PPM, 12 * PPM)
    (idle,) = load_of(staffing, {MAY: 0}, GROUPS).months
    assert (idle.shortage, idle.infeasible) == (None, 0)


@given(st.integers(0, 1000), st.integers(0, 40), st.integers(2, 5))
def test_slots_beyond_what_the_officers_can_attend_to_are_named(visits: int, each: int, officers: int) -> None:
    """B8: rule `officer_visits_per_month`."""
    staffing = Staffing("scjg", officers, visits_per_month=each)
    (month,) = load_of(staffing, {MAY: visits * PPM}, GROUPS).months
    over = max(0, visits * officers - 5 * each) * PPM
    assert (month.capacity, month.infeasible) == (5 * each * PPM, over)
    assert month.shortage is (Shortage.OVER_CAPACITY if over else None)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 20))
def test_what_other_plans_take_of_the_officers_is_not_there_for_this_one(visits: int, taken: int, each: int) -> None:
    """B8: inspector load against capacity; only slots of this plan are called infeasible."""
    staffing = Staffing("scjg", visits_per_month=each)
    (month,) = load_of(staffing, {MAY: visits * PPM}, GROUPS, {MAY: taken * PPM, date(2026, 6, 1): PPM}).months
    left = max(0, 5 * each - taken)
    assert month.other_slots == taken * PPM
    assert month.infeasible == max(0, 2 * visits - left) * PPM


def test_without_the_rule_no_capacity_is_made_up() -> None:
    (month,) = load_of(Staffing("scjg"), {MAY: 10_000 * PPM}, GROUPS).months
    assert (month.capacity, month.shortage) == (None, None)


def test_an_officers_own_capacity_goes_before_the_rule() -> None:
    """B8: three officers of one visit a month, two of the rule's four; without rule the two have no limit."""
    groups = [OfficerGroup("scjg", frozenset(), 3, 1), OfficerGroup("scjg", frozenset(), 2)]
    (month,) = load_of(Staffing("scjg", visits_per_month=4), {MAY: 6 * PPM}, groups).months
    assert (month.capacity, month.infeasible) == (11 * PPM, PPM)
    (unlimited,) = load_of(Staffing("scjg"), {MAY: 6 * PPM}, groups).months
    (own,) = load_of(Staffing("scjg"), {MAY: 6 * PPM}, groups[:1]).months
    assert (unlimited.capacity, own.capacity) == (None, 3 * PPM)


def test_an_unrated_object_is_expected_at_the_ratio_of_b_unless_the_plan_says_otherwise() -> None:
    """K1."""
    counts = {CreditClass.B: 10, CreditClass.U: 10}
    plain = expectations(counts, PerClass(1, 2, 3, 4))
    stated = expectations(counts, PerClass(1, 2, 3, 4, 7))
    assert [one.visits for one in plain] == [20, 20]
    assert [one.visits for one in stated] == [20, 70]
