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
    RuleEntry,
    RuleUnknown,
    RuleValue,
    rule_code,
)
from services.planning.domain.visit_warnings import thresholds_of
from tests.builders.planning import NO_RULES, per_class_rule, the_rules


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (RuleCode.REGION_CODE, RuleValue(text="410308")),
        (RuleCode.KEY_ITEM_COUNT, RuleValue(limit=3)),
        (RuleCode.KEY_ITEM_COUNT, RuleValue(limit=3, exceptions=(LimitFor("scjg", 6),))),
        (RuleCode.GENERAL_CAP_PPM, RuleValue(limit=200_000)),
        (RuleCode.VISITS_PER_YEAR, per_class_rule(1, 2, 4, 12)),
        (RuleCode.NAMES_OPEN, RuleValue(entries=(RuleEntry("as_visited", "孟双随机办〔2026〕1号"),))),
        (RuleCode.BATCH_RATIO_PPM, RuleValue(limit=500_000)),
        (RuleCode.VISIT_WARNINGS, RuleValue(exceptions=(LimitFor("1", 2), LimitFor("30", 4)))),
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
        (RuleCode.NAMES_OPEN, RuleValue()),
        (RuleCode.NAMES_OPEN, RuleValue(entries=(RuleEntry("as_visited", " "),))),
        (RuleCode.NAMES_OPEN, RuleValue(entries=(RuleEntry("whenever", "文号"),))),
        (RuleCode.NAMES_OPEN, RuleValue(entries=(RuleEntry("at_result", "甲"), RuleEntry("as_visited", "乙")))),
        (RuleCode.BATCH_RATIO_PPM, RuleValue(limit=0)),
        (RuleCode.VISIT_WARNINGS, RuleValue()),
        (RuleCode.VISIT_WARNINGS, RuleValue(exceptions=(LimitFor("一天", 2),))),
        (RuleCode.VISIT_WARNINGS, RuleValue(exceptions=(LimitFor("0", 2),))),
        (RuleCode.VISIT_WARNINGS, RuleValue(exceptions=(LimitFor("7", 0),))),
        (RuleCode.VISIT_WARNINGS, RuleValue(exceptions=(LimitFor("7", 2), LimitFor("07", 3)))),
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


def test_a_rule_is_cited_with_its_name_code_and_version() -> None:
    """I3: explained in every refusal."""
    rules = the_rules(quiet_days=RuleValue())
    assert rules.cite("quiet_days") == "规则“企业安静期”（quiet_days）第 1 版"
    assert rules.cite("names_open") == "规则“抽查名单公开时点”（names_open）"


def test_thresholds_of_visits_are_told_from_the_shortest_span_on() -> None:
    """B1: a day, a week, a month."""
    rules = the_rules(visit_warnings=RuleValue(exceptions=(LimitFor("30", 4), LimitFor("1", 2), LimitFor("7", 3))))
    assert [(one.days, one.visits) for one in thresholds_of(rules)] == [(1, 2), (7, 3), (30, 4)]
    assert thresholds_of(NO_RULES) == ()
