"""Score and class by the Henan rule 豫市监办〔2022〕100号 (domain facts 12), as shipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.credit.domain.days import add_months
from services.credit.domain.indicators import Band, IndicatorSystemInvalid, weigh
from services.credit.domain.measures import AreaUnknown
from services.credit.domain.rating import explain
from shared.values.credit_class import CreditClass
from tests.builders.credit import INSPECTED_ON, RULES, a_decision, a_fact, a_mark, record_after

FIRM = UUID(int=1)
SYSTEM = RULES.indicators


@pytest.mark.parametrize(
    ("points", "expected"),
    [(0, "A"), (199, "A"), (200, "B"), (499, "B"), (500, "C"), (749, "C"), (750, "D"), (1000, "D")],
)
def test_bands_are_half_open(points: int, expected: str) -> None:
    assert record_after(a_fact(FIRM, a_mark(points=points))).credit_class.value == expected


def test_the_score_stays_within_the_scale() -> None:
    record = record_after(a_fact(FIRM, a_mark(points=900)), a_fact(FIRM, a_mark(points=900), key="r2"))
    assert (record.score, explain(record, SYSTEM).total) == (1000, 1800)


@pytest.mark.parametrize(
    ("list_code", "expected"),
    [
        ("serious_violations", "D"),
        ("judgment_defaulters", "D"),
        ("major_tax_violations", "C"),
        ("abnormal_operations", "B"),
    ],
)
def test_lists_weigh_and_some_give_the_class_outright(list_code: str, expected: str) -> None:
    record = record_after(a_fact(FIRM, a_mark("outcome:1"), decision=a_decision(list_code)))
    assert record.credit_class.value == expected


def test_a_direct_rule_ends_with_the_entry() -> None:
    ended = a_decision("serious_violations", ends_on=INSPECTED_ON + timedelta(days=1))
    record = record_after(a_fact(FIRM, a_mark("outcome:1"), decision=ended))
    assert record.as_of > INSPECTED_ON + timedelta(days=1)
    assert record.credit_class is CreditClass.A


def test_a_fact_counts_until_its_window_has_passed() -> None:
    """R0501 投诉举报 近一年: twelve months, the day of the year after no longer."""
    happened = date(2025, 11, 24)
    counted = a_fact(FIRM, a_mark("R0501", points=300, on=happened), told_at=datetime(2026, 11, 23, 1, tzinfo=UTC))
    passed = a_fact(FIRM, a_mark("R0501", points=300, on=happened), told_at=datetime(2026, 11, 23, 17, tzinfo=UTC))
    assert (record_after(counted).score, record_after(passed).score) == (300, 0)


def test_a_bare_outcome_beside_its_finding_is_not_a_second_problem() -> None:
    marks = (a_mark("outcome:A"), a_mark("outcome:B", level=3), a_mark("outcome:E"))
    assert weigh(marks, SYSTEM) == (0, 200, 40)


def test_two_findings_are_two_problems_and_two_bare_outcomes_one() -> None:
    assert weigh((a_mark("outcome:B", level=1), a_mark("outcome:C", level=2)), SYSTEM) == (60, 120)
    assert weigh((a_mark("outcome:A"), a_mark("outcome:6")), SYSTEM) == (60, 0)


def test_a_code_the_system_does_not_know_weighs_nothing() -> None:
    assert record_after(a_fact(FIRM, a_mark("outcome:12"))).score == 0


def test_a_system_whose_parts_do_not_fit_is_refused() -> None:
    with pytest.raises(IndicatorSystemInvalid):
        replace(SYSTEM, bands=(*SYSTEM.bands[:2], Band(CreditClass.C, 200), SYSTEM.bands[3])).checked()
    with pytest.raises(IndicatorSystemInvalid):
        replace(SYSTEM, codes={"outcome:1": "R9999"}).checked()


def test_each_of_the_four_lists_triggers_each_of_the_four_areas() -> None:
    """C4, plan 二（七）."""
    for kind in RULES.measures.lists:
        measures = RULES.measures.triggered_by(kind.code)
        assert {measure.area for measure in measures} == {area.code for area in RULES.measures.areas}
        assert all("全国失信惩戒措施基础清单" in measure.legal_basis for measure in measures)
    assert len(RULES.measures.lists) == len(RULES.measures.areas) == 4


def test_a_measure_ends_with_its_own_term_or_the_entry_whichever_is_first() -> None:
    measure = replace(RULES.measures.measures[0], term_months=12)
    assert measure.last_day(date(2026, 11, 20), None) == date(2027, 11, 19)
    assert measure.last_day(date(2026, 11, 20), date(2027, 1, 31)) == date(2027, 1, 31)
    assert RULES.measures.measures[0].last_day(date(2026, 11, 20), None) is None


def test_an_unknown_area_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(AreaUnknown, match="政府采购"):
        RULES.measures.area("parking")


def test_months_end_on_the_last_day_where_the_day_is_missing() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)
