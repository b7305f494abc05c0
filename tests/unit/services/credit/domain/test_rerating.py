"""Days that open and versions that are applied, without a database: K1, K3, B7."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.credit.domain.days import day_of
from services.credit.domain.fold import apply
from services.credit.domain.indicators import Band, NewForm
from services.credit.domain.listings import FlagState, ListingState
from services.credit.domain.observation import ObservationOpened, open_observation, period_of
from services.credit.domain.rating import explain, rate
from services.credit.domain.record import CreditRecord, Rules
from services.credit.domain.rerating import DayOpened, SystemApplied, apply_system, open_day
from services.credit.domain.step import Step
from shared.values.credit_class import CreditClass
from tests.builders.credit import INSPECTED_ON, PUBLISHED_AT, RULES, a_decision, a_fact, a_mark, record_after, steps_of

FIRM = UUID(int=1)
CODES = ("outcome:1", "outcome:6", "outcome:8", "R0304", "R0501")
LISTS = ("abnormal_operations", "serious_violations", "major_tax_violations")
TOLD_ON = day_of(PUBLISHED_AT)


@st.composite
def records(draw: st.DrawFn) -> CreditRecord:
    """Facts with marks of the last six years, some with decisions whose term ends, has ended, or never does."""
    facts = []
    for number in range(draw(st.integers(1, 4))):
        days = st.integers(0, 2_200)
        marks = [
            a_mark(draw(st.sampled_from(CODES)), level=draw(st.integers(0, 5)), on=TOLD_ON - timedelta(days=draw(days)))
            for _ in range(draw(st.integers(0, 3)))
        ]
        ends = draw(st.none() | st.integers(1, 1_200))
        decision = draw(st.none() | st.sampled_from(LISTS))
        ends_on = None if ends is None else INSPECTED_ON + timedelta(days=ends)
        made = None if decision is None else a_decision(decision, ends_on=ends_on)
        facts.append(a_fact(FIRM, *marks, key=f"r{number}", decision=made))
    return record_after(*facts)


def opened_until(record: CreditRecord, day: date) -> tuple[CreditRecord, list[Step]]:
    """As the worker does: the day on which it is due, then the next."""
    steps: list[Step] = []
    while record.due_on is not None and record.due_on <= day:
        step = open_day(record, DayOpened(FIRM, record.due_on), RULES)
        assert step is not None
        assert step.record.due_on is None or step.record.due_on > step.record.as_of
        steps.append(step)
        record = step.record
    return record, steps


@given(records(), st.integers(0, 3_000))
def test_on_every_day_the_record_says_what_rating_it_that_day_would_say(record: CreditRecord, days: int) -> None:
    """Exact: no day is missed, whatever ends on it."""
    day = TOLD_ON + timedelta(days=days)
    opened, _ = opened_until(record, day)
    by_hand = rate(record.facts, RULES.indicators, day)
    assert (opened.score, opened.credit_class) == (by_hand.score, by_hand.credit_class)


@given(records(), st.integers(0, 3_000))
def test_a_day_opened_twice_or_too_early_changes_nothing(record: CreditRecord, days: int) -> None:
    opened, _ = opened_until(record, TOLD_ON + timedelta(days=days))
    assert open_day(opened, DayOpened(FIRM, opened.as_of), RULES) is None
    if opened.due_on is not None:
        assert open_day(opened, DayOpened(FIRM, opened.due_on - timedelta(days=1)), RULES) is None


@given(records(), st.lists(st.integers(0, 3_000), max_size=5))
def test_however_often_the_worker_comes_the_steps_are_the_same(record: CreditRecord, pauses: list[int]) -> None:
    """Resumable: what it did in one go or in several is the same, each step on the day it belongs to."""
    end = TOLD_ON + timedelta(days=3_000)
    at_once, steps = opened_until(record, end)
    piecemeal, made = record, list[Step]()
    for days in sorted(pauses):
        piecemeal, some = opened_until(piecemeal, TOLD_ON + timedelta(days=days))
        made += some
    piecemeal, rest = opened_until(piecemeal, end)
    assert (piecemeal, [*made, *rest]) == (at_once, steps)
    assert all(day_of(step.cause.told_at) == step.record.as_of for step in steps)


def test_a_measure_that_runs_out_before_its_entry_is_lifted_alone() -> None:
    short = replace(RULES.measures.measures[0], term_months=6)
    rules = Rules(RULES.indicators, replace(RULES.measures, measures=(short, *RULES.measures.measures[1:])))
    (step,) = steps_of(a_fact(FIRM, decision=a_decision()), rules=rules)
    over = open_day(step.record, DayOpened(FIRM, date(2027, 5, 20)), rules)
    assert over is not None
    assert [(flag.state, flag.lifted_on) for flag in over.flags] == [(FlagState.LIFTED, date(2027, 5, 20))]
    assert (over.listings, over.record.credit_class) == ((), step.record.credit_class)


def test_an_entry_that_is_corrected_away_after_its_term_is_annulled_without_taking_points_back_twice() -> None:
    ending = a_fact(FIRM, a_mark("outcome:1"), decision=a_decision(ends_on=INSPECTED_ON + timedelta(days=30)))
    record, steps = opened_until(record_after(ending), date(2027, 1, 1))
    assert [one.state for step in steps for one in step.listings] == [ListingState.REMOVED]
    gone = apply(
        record, a_fact(FIRM, a_mark("outcome:1"), version=2, told_at=datetime.fromisoformat("2027-02-01T00:00Z")), RULES
    )
    assert gone is not None
    assert [one.state for one in gone.listings] == [ListingState.ANNULLED]
    entries = [entry for step in (*steps_of(ending), *steps, gone) for entry in step.entries]
    assert sum(entry.points for entry in entries) == 0


def test_a_new_version_rates_what_is_held_once() -> None:
    record = record_after(a_fact(FIRM, a_mark("outcome:B", level=3)))
    bands = (Band(CreditClass.A, 0), Band(CreditClass.B, 10), Band(CreditClass.C, 20), Band(CreditClass.D, 30))
    rules = Rules(replace(RULES.indicators, version=2, bands=bands), RULES.measures)
    step = apply_system(record, SystemApplied(FIRM, 2, PUBLISHED_AT), rules)
    assert step is not None
    assert (step.record.credit_class, step.record.indicator_version) == (CreditClass.D, 2)
    assert step.class_change is not None
    assert (step.class_change.source, step.class_change.fact_version) == ("system.applied", 2)
    assert apply_system(step.record, SystemApplied(FIRM, 2, PUBLISHED_AT), rules) is None


def test_in_the_observation_period_light_findings_weigh_nothing_and_grave_ones_as_always() -> None:
    """K4, 《优化营商环境条例》第五十五条."""
    form = NewForm("platform", "平台经济", ("643",), 12, 2, "条例第五十五条")
    rules = Rules(replace(RULES.indicators, new_forms=(form,)), RULES.measures)
    period = period_of("6434", INSPECTED_ON, rules.indicators)
    assert period is not None
    assert (period.covers(INSPECTED_ON), period.covers(period.ends_before)) == (True, False)
    assert period_of("5211", INSPECTED_ON, rules.indicators) is None
    opened = ObservationOpened(FIRM, PUBLISHED_AT, period.form, period.starts_on, period.ends_before)
    light, grave = a_mark("outcome:B", level=2), a_mark("R0304", level=3)
    before = steps_of(a_fact(FIRM, light, grave), rules=rules)[-1].record
    step = open_observation(before, opened, rules)
    assert step is not None
    assert (before.score, step.record.score) == (320, 200)
    assert [one.mark for one in explain(step.record, rules.indicators).waived] == [light]
    assert open_observation(step.record, opened, rules) is None
