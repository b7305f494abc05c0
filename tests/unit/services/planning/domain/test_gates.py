"""Special inspections (S2, B20), grounds for acting alone (N2), the floor (B19), leads (S1, S3), lists compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.planning.domain.leads import (
    Lead,
    LeadCheck,
    LeadContent,
    LeadKind,
    LeadLinks,
    LeadNotChecked,
    LeadOutcome,
    LeadState,
    LeadWithoutObject,
    MissingLicence,
    OutcomeNotForKind,
    UnlicensedWithoutMissing,
    UnlicensedWithoutPlace,
)
from services.planning.domain.list_differences import PART_NAMES, differences
from services.planning.domain.numbers import lead_no
from services.planning.domain.per_class import PerClass
from services.planning.domain.plan_content import (
    SoleDepartmentWithoutGround,
    SoleGroundNotListed,
    check_plan,
)
from services.planning.domain.ratios import RatioBelowFloor, check_floor
from services.planning.domain.rule_checks import RuleValueWrong, check_rule
from services.planning.domain.rules import RuleCode, RuleEntry, RuleValue
from services.planning.domain.special import (
    SpecialIncomplete,
    SpecialInspection,
    SpecialOutsideTerm,
    SpecialTermTooLong,
    check_special,
)
from services.planning.domain.windows import Window
from shared.values.ids import new_id
from tests.builders.planning import NO_RULES, NOW, RISING, a_chosen_item, a_content, an_item, the_rules

SPRING = Window(date(2026, 3, 1), date(2026, 6, 30))
GATE = SpecialInspection("燃气泄漏", "分管副区长", date(2026, 2, 20), "孟司备〔2026〕3号", date(2026, 6, 30))
QUIET = RuleEntry("may", "五月安静期", date(2026, 5, 1), date(2026, 5, 20))


@pytest.mark.parametrize("part", ["cause", "approver", "filing_no"])
def test_a_special_inspection_names_cause_approver_and_filing_number(part: str) -> None:
    """B20."""
    check_special(GATE, SPRING, "scjg", NO_RULES)
    blank: dict[str, Any] = {part: " "}
    with pytest.raises(SpecialIncomplete):
        check_special(replace(GATE, **blank), SPRING, "scjg", NO_RULES)


def test_a_special_inspection_stays_inside_its_term_and_the_term_inside_the_rule() -> None:
    """B20; both ends count: 20 February to 30 June are 131 days."""
    check_special(GATE, SPRING, "scjg", the_rules(special_term_days=RuleValue(limit=131)))
    with pytest.raises(
        SpecialTermTooLong, match="131 日，超过规则“专项检查的最长期限（日）”（special_term_days）第 1 版规定的 130 日"
    ):
        check_special(GATE, SPRING, "scjg", the_rules(special_term_days=RuleValue(limit=130)))
    for wrong in (replace(GATE, approved_on=date(2026, 3, 2)), replace(GATE, ends_on=date(2026, 6, 29))):
        with pytest.raises(SpecialOutsideTerm):
            check_special(wrong, SPRING, "scjg", NO_RULES)


def test_a_ground_for_acting_alone_is_one_of_those_listed() -> None:
    """N2."""
    alone = a_content(participants=(), items=(a_chosen_item(),))
    rules = the_rules(sole_grounds=RuleValue(entries=(RuleEntry("law", "《统计法》第三十三条"),)))
    with pytest.raises(SoleDepartmentWithoutGround):
        check_plan(alone, "scjg", 2026, rules)
    with pytest.raises(SoleGroundNotListed, match="《统计法》第三十三条"):
        check_plan(replace(alone, sole_ground="方便"), "scjg", 2026, rules)
    check_plan(replace(alone, sole_ground="law"), "scjg", 2026, rules)
    check_plan(replace(alone, sole_ground="方便"), "scjg", 2026, NO_RULES)


def test_every_class_is_drawn_at_the_floor_at_least() -> None:
    """B19."""
    check_floor(RISING, the_rules(no_disturb_floor_ppm=RuleValue(limit=10_000)))
    check_floor(PerClass(0, 0, 0, 0), NO_RULES)
    with pytest.raises(RatioBelowFloor, match=r"A 类抽查比例 1% 低于规则.*no_disturb_floor_ppm）第 1 版规定的底限 2%"):
        check_floor(RISING, the_rules(no_disturb_floor_ppm=RuleValue(limit=20_000)))


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (RuleCode.SOLE_GROUNDS, RuleValue(entries=(RuleEntry("law", " "),))),
        (RuleCode.SOLE_GROUNDS, RuleValue(entries=(RuleEntry("law", "甲"), RuleEntry("law", "乙")))),
        (RuleCode.SOLE_GROUNDS, RuleValue(entries=(QUIET,))),
        (RuleCode.QUIET_DAYS, RuleValue(entries=(replace(QUIET, ends_on=None),))),
        (RuleCode.QUIET_DAYS, RuleValue(entries=(replace(QUIET, ends_on=date(2026, 4, 1)),))),
        (RuleCode.QUIET_DAYS, RuleValue(limit=3, entries=(QUIET,))),
        (RuleCode.QUIET_EXCEPTIONS, RuleValue(entries=(RuleEntry("whim", "高兴"),))),
        (RuleCode.NO_DISTURB_FLOOR_PPM, RuleValue(limit=0)),
        (RuleCode.NO_DISTURB_FLOOR_PPM, RuleValue()),
        (RuleCode.SPECIAL_TERM_DAYS, RuleValue(limit=0)),
        (RuleCode.LEAD_CHECK_DAYS, RuleValue(limit=367)),
        (RuleCode.REGION_CODE, RuleValue("410308", entries=(QUIET,))),
    ],
)
def test_a_rule_whose_value_does_not_fit_is_refused_with_its_name(code: RuleCode, value: RuleValue) -> None:
    with pytest.raises(RuleValueWrong):
        check_rule(code, value)


def test_quiet_days_hold_for_all_but_what_the_exceptions_name() -> None:
    """B16."""
    exceptions = RuleValue(entries=(RuleEntry("special", "经批准的专项检查"),))
    rules = the_rules(quiet_days=RuleValue(entries=(QUIET,)), quiet_exceptions=exceptions)
    assert len(rules.quiet_days()) == len(rules.quiet_days("lead")) == 20
    assert rules.quiet_days("special") == frozenset()


def a_lead(kind: LeadKind = LeadKind.COMPLAINT, state: LeadState = LeadState.CHECKED) -> Lead:
    content = LeadContent(kind, "scjg", date(2026, 3, 2), "后厨不洁", entity_id=new_id())
    return Lead(new_id(), "mengjin", "XS1", content, state, 2, NOW)


@pytest.mark.parametrize("outcome", list(LeadOutcome))
def test_each_kind_of_lead_has_its_own_ways_to_end(outcome: LeadOutcome) -> None:
    """S1, S3: guided and stopped are for the unlicensed; telling them to improve or planning a check is not."""
    fits = {
        LeadKind.UNLICENSED: outcome not in (LeadOutcome.RECTIFIED, LeadOutcome.INSPECTION_PLANNED),
        LeadKind.COMPLAINT: outcome not in (LeadOutcome.GUIDED, LeadOutcome.STOPPED),
    }
    for kind, fit in fits.items():
        if fit:
            assert a_lead(kind).disposed(outcome, "已办", LeadLinks(), NOW).state is LeadState.CLOSED
        else:
            with pytest.raises(OutcomeNotForKind):
                a_lead(kind).disposed(outcome, "已办", LeadLinks(), NOW)


def test_a_lead_is_checked_before_it_is_disposed_of() -> None:
    """S1."""
    fresh = a_lead(state=LeadState.REGISTERED)
    with pytest.raises(LeadNotChecked, match="已登记"):
        fresh.disposed(LeadOutcome.NO_PROBLEM, "无", LeadLinks(), NOW)
    assert fresh.checked(LeadCheck(date(2026, 3, 3), "属实")).row_version == 3


def test_links_are_added_and_never_lost() -> None:
    """S1."""
    first, second, plan = new_id(), new_id(), new_id()
    linked = a_lead().linked(LeadLinks((first,), plan)).linked(LeadLinks((second, first)))
    assert linked.links == LeadLinks((first, second), plan)


def test_unlicensed_operation_is_found_by_its_place() -> None:
    """S3; 无证无照经营查处办法 (国务院令第684号)."""
    nobody = LeadContent(LeadKind.UNLICENSED, "scjg", date(2026, 3, 2), "路边餐馆")
    with pytest.raises(UnlicensedWithoutMissing):
        nobody.check()
    with pytest.raises(UnlicensedWithoutPlace):
        replace(nobody, missing=(MissingLicence.LICENCE,)).check()
    replace(nobody, missing=(MissingLicence.LICENCE,), place="示例路 8 号").check()
    with pytest.raises(LeadWithoutObject):
        replace(nobody, kind=LeadKind.TRANSFER).check()


def test_a_lead_number_has_the_region_the_day_and_its_place() -> None:
    assert lead_no("410308", date(2026, 3, 2), 1) == "XS41030820260302001"


def test_every_part_of_an_item_shows_in_a_comparison() -> None:
    """I4: whatever part of an item differs is named, and nothing else."""
    before = an_item()
    other = an_item(
        "scjg-001",
        40_000,
        name="新",
        level="key",
        bases=(),
        methods=(),
        kinds=(),
        content=(),
        times_per_year=2,
        tags=("甲",),
        fields=("乙",),
        duty_code="丙",
    )
    for part in PART_NAMES:
        changed: dict[str, Any] = {part: getattr(other, part)}
        (change,) = differences([before], [replace(before, **changed)]).changed
        assert change.parts == (part,)
    assert differences([before], [before]).changed == ()
