"""The fold of facts into a record: C1, R6, REL2, REL7, REL8, REL39."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.credit.domain.dump import class_lines, dump_of_steps
from services.credit.domain.entries import EntryKind
from services.credit.domain.facts import Fact
from services.credit.domain.fold import Step, apply, apply_all
from services.credit.domain.listings import FlagState
from services.credit.domain.rating import explain, rate
from services.credit.domain.record import CreditRecord
from shared.values.credit_class import CreditClass
from tests.builders.credit import (
    INSPECTED_ON,
    PUBLISHED_AT,
    RULES,
    a_decision,
    a_fact,
    a_mark,
    a_withdrawal,
    record_after,
    steps_of,
)

FIRM, OTHER = UUID(int=1), UUID(int=2)
CODES = ("outcome:1", "outcome:6", "outcome:8", "outcome:E", "R0304", "R0501", "unknown")
LISTS = ("abnormal_operations", "serious_violations", "judgment_defaulters", "major_tax_violations")


@st.composite
def a_history(draw: st.DrawFn, firm: UUID, key: str) -> list[Fact]:
    """Versions of one fact in the order of its source: published, corrected some times, withdrawn or not."""
    facts: list[Fact] = []
    at = PUBLISHED_AT + timedelta(hours=draw(st.integers(0, 2000)))
    for version in range(1, draw(st.integers(1, 4)) + 1):
        marks = [
            a_mark(
                code, level=draw(st.integers(0, 5)), on=INSPECTED_ON - timedelta(days=draw(st.sampled_from((0, 400))))
            )
            for code in draw(st.lists(st.sampled_from(CODES), max_size=3))
        ]
        decision = draw(st.none() | st.sampled_from(LISTS).map(a_decision))
        at += timedelta(hours=draw(st.integers(1, 900)))
        facts.append(a_fact(firm, *marks, key=key, version=version, decision=decision, told_at=at))
    if draw(st.booleans()):
        facts.append(a_withdrawal(facts[-1], told_at=at + timedelta(hours=1)))
    return facts


@st.composite
def histories(draw: st.DrawFn) -> list[list[Fact]]:
    firms = [FIRM, OTHER]
    return [draw(a_history(draw(st.sampled_from(firms)), f"r{number}")) for number in range(draw(st.integers(1, 5)))]


def interleaved(draw: st.DrawFn, lanes: Sequence[Sequence[Fact]]) -> list[Fact]:
    """All facts in an order that keeps each lane's own, and any of those already given given again anywhere."""
    left = [list(lane) for lane in lanes]
    order: list[Fact] = []
    while any(left):
        lane = draw(st.sampled_from([lane for lane in left if lane]))
        order.append(lane.pop(0))
        if draw(st.booleans()):
            order.append(draw(st.sampled_from(order)))
    return order


@given(st.data(), histories())
def test_duplicates_and_any_interleaving_give_the_same_dump(data: st.DataObject, lanes: list[list[Fact]]) -> None:
    """REL8: what arrives twice or between others changes nothing."""
    in_order = dump_of_steps(steps_of(*itertools.chain(*lanes)))
    shuffled = data.draw(st.composite(interleaved)(lanes))
    assert dump_of_steps(steps_of(*shuffled)).digest == in_order.digest


@given(st.data(), histories())
def test_facts_in_any_order_at_all_end_in_the_same_class_and_lists(
    data: st.DataObject, lanes: list[list[Fact]]
) -> None:
    """Even a late older version moves nothing: the newest version of each fact decides."""
    facts = [fact for lane in lanes for fact in lane]
    shuffled = data.draw(st.permutations(facts))

    def outcome(order: Sequence[Fact]) -> set[tuple[object, ...]]:
        final = {step.record.entity_id: step.record for step in steps_of(*order)}
        return {
            (key, one.as_of, one.score, one.credit_class, *sorted(_lists(one.facts.values())))
            for key, one in final.items()
        }

    assert outcome([*shuffled, *shuffled]) == outcome(facts)


def _lists(held: object) -> list[str]:
    return [one.listing.decision.document_no for one in held if one.listing is not None]  # type: ignore[attr-defined]


@given(histories())
def test_one_by_one_or_in_a_batch_is_the_same(lanes: list[list[Fact]]) -> None:
    """REL7: how facts were cut into transactions leaves no trace, not even in the history of classes."""
    facts = [fact for lane in lanes for fact in lane]
    together = steps_of(*facts)
    records: dict[UUID, CreditRecord] = {}
    one_by_one: list[Step] = []
    for fact in facts:
        one_by_one += apply_all(records, [fact], RULES)
    assert dump_of_steps(one_by_one).digest == dump_of_steps(together).digest
    assert class_lines(s.class_change for s in one_by_one if s.class_change) == class_lines(
        s.class_change for s in together if s.class_change
    )


@given(histories())
def test_withdrawn_facts_count_as_if_they_had_never_been(lanes: list[list[Fact]]) -> None:
    """REL39: same day, same rules, and the withdrawn ones never told: the same score, class, lists and flags."""
    steps = steps_of(*itertools.chain(*lanes))
    never = [lane for lane in lanes if lane[-1].standing]
    for record in {step.record.entity_id: step.record for step in steps}.values():
        without = [
            step.record for step in steps_of(*itertools.chain(*never)) if step.record.entity_id == record.entity_id
        ]
        facts = without[-1].facts if without else {}
        assert rate(facts, RULES.indicators, record.as_of) == rate(record.facts, RULES.indicators, record.as_of)
        standing = {name: held for name, held in record.facts.items() if held.standing}
        assert standing == dict(facts)


@given(histories())
def test_entries_of_what_no_longer_stands_add_up_to_nothing(lanes: list[list[Fact]]) -> None:
    """History keeps both: what was entered and what took it back (R6)."""
    steps = steps_of(*itertools.chain(*lanes))
    for lane in lanes:
        mine = [
            e for step in steps for e in step.entries if e.fact_key == lane[0].key and e.entity_id == lane[0].entity_id
        ]
        reversed_ids = {entry.reverses for entry in mine if entry.kind is EntryKind.REVERSAL}
        standing = [e for e in mine if e.kind is not EntryKind.REVERSAL and e.id not in reversed_ids]
        assert sum(entry.points for entry in mine) == sum(entry.points for entry in standing)
        if not lane[-1].standing:
            assert standing == []


@given(histories())
def test_ids_of_rows_never_meet(lanes: list[list[Fact]]) -> None:
    steps = steps_of(*itertools.chain(*lanes))
    entries = [entry.id for step in steps for entry in step.entries]
    listings = [(one.id, one.version) for step in steps for one in step.listings]
    flags = [(one.id, one.version) for step in steps for one in step.flags]
    assert all(len(set(ids)) == len(ids) for ids in (entries, listings, flags))


@given(histories())
def test_the_explanation_gives_the_score_and_the_class(lanes: list[list[Fact]]) -> None:
    """K1: who adds up the counted facts and applies the bands and direct rules gets what the record says."""
    for record in {step.record.entity_id: step.record for step in steps_of(*itertools.chain(*lanes))}.values():
        shown = explain(record, RULES.indicators)
        assert shown.total == sum(one.points for one in shown.counted)
        assert shown.score == min(shown.total, 1000) == record.score
        assert shown.credit_class is record.credit_class
        if shown.credit_class is not shown.band_class:
            assert shown.direct is not None
            assert shown.direct.credit_class is shown.credit_class


def test_without_facts_the_class_is_u_and_a_clean_result_makes_it_a() -> None:
    clean = a_fact(FIRM, a_mark("outcome:1"))
    assert record_after(clean).credit_class is CreditClass.A
    assert record_after(clean, a_withdrawal(clean)).credit_class is CreditClass.U


def test_a_correction_that_keeps_the_decision_leaves_listing_and_flags_untouched() -> None:
    first = a_fact(FIRM, a_mark("outcome:6"), decision=a_decision())
    second = a_fact(FIRM, a_mark("outcome:1"), version=2, decision=a_decision())
    entered, kept = steps_of(first, second)
    assert len(entered.listings) == 1
    assert len(entered.flags) == 4
    assert (kept.listings, kept.flags) == ((), ())


def test_a_correction_that_drops_the_decision_annuls_the_flags_with_its_reason() -> None:
    first = a_fact(FIRM, a_mark("outcome:6"), decision=a_decision())
    step = steps_of(first, a_fact(FIRM, a_mark("outcome:1"), version=2))[-1]
    assert {flag.state for flag in step.flags} == {FlagState.ANNULLED}
    assert {flag.reason for flag in step.flags} == {"检查结果更正：复核"}
    assert step.record.credit_class is CreditClass.A


def test_a_correction_to_another_decision_ends_one_entry_and_makes_another() -> None:
    first = a_fact(FIRM, a_mark("outcome:6"), decision=a_decision())
    other = a_decision("serious_violations", document_no="孟市监严列字〔2026〕1号")
    step = steps_of(first, a_fact(FIRM, a_mark("outcome:6"), version=2, decision=other))[-1]
    assert [listing.state.value for listing in step.listings] == ["annulled", "entered"]
    assert step.record.credit_class is CreditClass.D


def test_removal_by_the_authority_ends_the_entry_from_that_day_on() -> None:
    """C3: removed is not annulled; the days before stay restricted."""
    first = a_fact(FIRM, a_mark("outcome:6"), decision=a_decision())
    off = INSPECTED_ON + timedelta(days=30)
    removal = a_fact(
        FIRM,
        a_mark("outcome:6"),
        version=2,
        decision=a_decision(removed_on=off),
        told_at=PUBLISHED_AT + timedelta(days=31),
    )
    step = steps_of(first, removal)[-1]
    assert [(one.state.value, one.is_on(off - timedelta(days=1)), one.is_on(off)) for one in step.flags] == [
        ("lifted", True, False)
    ] * 4
    assert step.record.score == 60


def test_a_fact_of_a_source_without_versions_is_corrected_by_other_content_only() -> None:
    """Idempotent by source and key."""

    def told(points: int) -> Fact:
        mark = a_mark(points=points)
        made = a_fact(FIRM, mark, version=0)
        return Fact(**{name: getattr(made, name) for name in Fact.__slots__} | {"digest": str(points)})

    first, again, other = told(100), told(100), told(300)
    assert [step.cause.version for step in steps_of(first, again, other, other)] == [1, 2]
    assert record_after(first, again, other).score == 300


def test_a_withdrawal_met_before_its_result_keeps_it_out() -> None:
    fact = a_fact(FIRM, a_mark("outcome:8"))
    gone = a_withdrawal(fact)
    record = record_after(gone, fact)
    assert (record.credit_class, record.version) == (CreditClass.U, 1)
    assert apply(record, fact, RULES) is None
