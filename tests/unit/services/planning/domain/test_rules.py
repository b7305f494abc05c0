"""Rules as data: one shape, checked by name (I3, N7, B10)."""

from __future__ import annotations

import pytest

from services.planning.domain.per_class import CreditClassMissing
from services.planning.domain.ratios import VisitCapFallsWithRisk
from services.planning.domain.rule_checks import RuleValueWrong, check_rule
from services.planning.domain.rules import (
    LimitFor,
    RegionCodeMissing,
    RuleCode,
    RuleUnknown,
    RuleValue,
    rule_code,
)
from tests.builders.planning import NO_RULES, per_class_rule, the_rules


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (RuleCode.REGION_CODE, RuleValue(text="410308")),
        (RuleCode.KEY_ITEM_COUNT, RuleValue(limit=3)),
        (RuleCode.KEY_ITEM_COUNT, RuleValue(limit=3, exceptions=(LimitFor("scjg", 6),))),
        (RuleCode.GENERAL_CAP_PPM, RuleValue(limit=200_000)),
        (RuleCode.VISITS_PER_YEAR, per_class_rule(1, 2, 4, 12)),
    ],
)
def test_a_fitting_value_is_accepted(code: RuleCode, value: RuleValue) -> None:
    check_rule(code, value)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (RuleCode.REGION_CODE, RuleValue(text="41030")),
        (RuleCode.REGION_CODE, RuleValue(text="41030８")),
        (RuleCode.REGION_CODE, RuleValue(limit=410308)),
        (RuleCode.KEY_ITEM_COUNT, RuleValue()),
        (RuleCode.KEY_ITEM_COUNT, RuleValue(text="3")),
        (RuleCode.KEY_ITEM_COUNT, RuleValue(limit=3, exceptions=(LimitFor("scjg", 4), LimitFor("scjg", 5)))),
        (RuleCode.GENERAL_CAP_PPM, RuleValue(limit=1_000_001)),
        (RuleCode.VISITS_PER_YEAR, RuleValue(limit=2)),
    ],
)
def test_a_value_of_the_wrong_shape_is_refused_saying_what_fits(code: RuleCode, value: RuleValue) -> None:
    with pytest.raises(RuleValueWrong):
        check_rule(code, value)


def test_yearly_visits_are_stated_for_each_class_and_rise_with_risk() -> None:
    """N7, K2."""
    with pytest.raises(CreditClassMissing):
        check_rule(RuleCode.VISITS_PER_YEAR, RuleValue(exceptions=(LimitFor("A", 1),)))
    with pytest.raises(VisitCapFallsWithRisk):
        check_rule(RuleCode.VISITS_PER_YEAR, per_class_rule(4, 3, 2, 1))


def test_without_a_region_code_no_number_is_made() -> None:
    """B10: nothing about one district is in code."""
    with pytest.raises(RegionCodeMissing):
        _ = NO_RULES.region_code
    assert the_rules(region_code=RuleValue(text="410308")).region_code == "410308"


def test_a_rule_nobody_knows_is_not_found() -> None:
    with pytest.raises(RuleUnknown):
        rule_code("moon_phase")
