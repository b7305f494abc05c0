"""Ratios by class never fall as risk rises (N3) and stay under the caps of general items (I2); caps on visits (N7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.planning.domain.per_class import (
    CreditClassMissing,
    CreditClassTwice,
    CreditClassUnknown,
    PerClass,
    percent,
    read_per_class,
)
from services.planning.domain.ratios import (
    RatioAboveCap,
    RatioFallsWithRisk,
    RatioOutOfRange,
    VisitCapAboveLimit,
    VisitCapFallsWithRisk,
    VisitCapOutOfRange,
    check_ratios,
    check_visit_caps,
)
from shared.values.credit_class import RATED, CreditClass
from tests.builders.planning import NO_RULES, RISING, an_item, per_class_rule, the_rules

PPM = st.integers(min_value=-1, max_value=1_000_001)


def test_a_ratio_that_falls_as_risk_rises_is_refused_by_name() -> None:
    """N3; 工作方案二（四）、二（九）."""
    with pytest.raises(RatioFallsWithRisk) as refused:
        check_ratios(PerClass(10_000, 30_000, 20_000, 50_000), [])
    assert refused.value.code == "planning.ratio_falls_with_risk"
    assert refused.value.detail == "抽查比例不得随风险升高而降低：B 类为 3%，C 类只有 2%"


def test_equal_ratios_of_neighbouring_classes_are_allowed() -> None:
    check_ratios(PerClass(20_000, 20_000, 20_000, 20_000), [])


def test_a_ratio_above_the_smallest_cap_of_the_general_items_is_refused_naming_item_and_cap() -> None:
    """I2, B1; 工作方案二（二）."""
    items = [an_item("scjg-001", 100_000), an_item("scjg-002", 30_000), an_item("scjg-003", None)]
    with pytest.raises(RatioAboveCap) as refused:
        check_ratios(RISING, items)
    assert refused.value.code == "planning.ratio_above_cap"
    assert refused.value.params["item_code"] == "scjg-002"
    assert refused.value.detail == "D 类抽查比例 5% 超过一般检查事项“scjg-002 检查”的上限 3%"


def test_key_items_have_no_cap() -> None:
    """I2: 重点检查事项抽查比例不设上限."""
    check_ratios(PerClass(10_000, 500_000, 1_000_000, 1_000_000), [an_item(cap=None)])


def test_the_unclassed_are_drawn_as_b_unless_the_plan_says_otherwise() -> None:
    """K1."""
    assert dict(RISING.pairs())[CreditClass.U] == RISING.b
    assert PerClass(1, 2, 3, 4, u=9).of_class(CreditClass.U) == 9


def test_an_own_ratio_of_the_unclassed_is_outside_the_order_but_under_the_cap() -> None:
    """K1."""
    check_ratios(PerClass(10, 20, 30, 40, u=0), [])
    with pytest.raises(RatioAboveCap):
        check_ratios(PerClass(10, 20, 30, 40, u=50_001), [an_item(cap=50_000)])


@pytest.mark.parametrize("ppm", [-1, 1_000_001])
def test_a_ratio_lies_between_nothing_and_all(ppm: int) -> None:
    with pytest.raises(RatioOutOfRange):
        check_ratios(PerClass(0, 0, 0, 0, u=ppm), [])


@given(PPM, PPM, PPM, PPM, st.one_of(st.none(), PPM), st.one_of(st.none(), st.integers(1, 1_000_000)))
def test_ratios_that_pass_never_fall_with_risk_and_never_exceed_a_cap(
    a: int, b: int, c: int, d: int, u: int | None, cap: int | None
) -> None:
    """N3, I2, as issue 5 asks: whatever is accepted obeys."""
    ratios = PerClass(a, b, c, d, u)
    try:
        check_ratios(ratios, [an_item(cap=cap)])
    except (RatioFallsWithRisk, RatioAboveCap, RatioOutOfRange):
        return
    figures = [ratios.of_class(one) for one in RATED]
    assert figures == sorted(figures)
    assert all(0 <= ppm <= 1_000_000 and (cap is None or ppm <= cap) for _, ppm in ratios.pairs())


@pytest.mark.parametrize("missing", RATED)
def test_a_plan_without_a_ratio_for_each_class_is_refused(missing: CreditClass) -> None:
    """N3: 非信用等级不双随机."""
    with pytest.raises(CreditClassMissing) as refused:
        read_per_class([(one.value, 1) for one in RATED if one is not missing])
    assert refused.value.params["credit_class"] == missing.value


def test_a_class_stated_twice_or_unheard_of_is_refused() -> None:
    with pytest.raises(CreditClassTwice):
        read_per_class([("A", 1), ("A", 2)])
    with pytest.raises(CreditClassUnknown):
        read_per_class([("E", 1)])


def test_visits_a_year_never_fall_with_risk_and_stay_under_the_districts_limit() -> None:
    """N7, K2, B1."""
    rules = the_rules(visits_per_year=per_class_rule(1, 2, 4, 12))
    check_visit_caps(PerClass(1, 1, 2, 4), rules)
    with pytest.raises(VisitCapFallsWithRisk):
        check_visit_caps(PerClass(2, 1, 2, 4), NO_RULES)
    with pytest.raises(VisitCapOutOfRange):
        check_visit_caps(PerClass(-1, 1, 2, 4), NO_RULES)
    with pytest.raises(VisitCapAboveLimit) as refused:
        check_visit_caps(PerClass(1, 2, 5, 5), rules)
    assert refused.value.detail.startswith("C 类每年检查次数 5 次超过规则")
    assert refused.value.detail.endswith("（visits_per_year）第 1 版规定的 4 次")


@pytest.mark.parametrize(("ppm", "shown"), [(30_000, "3%"), (12_500, "1.25%"), (1, "0.0001%"), (1_000_000, "100%")])
def test_a_ratio_is_shown_in_percent(ppm: int, shown: str) -> None:
    assert percent(ppm) == shown
