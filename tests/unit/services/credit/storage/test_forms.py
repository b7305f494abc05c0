"""Stored forms lose nothing: snapshot and journal give back what was put in (B7)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.credit.domain.facts import Fact
from services.credit.domain.observation import ObservationOpened
from services.credit.domain.record import CreditRecord
from services.credit.domain.rerating import DayOpened, SystemApplied
from services.credit.storage.journal import input_of, input_text
from services.credit.storage.rulebooks import indicator_body, shipped_rules, system_of
from services.credit.storage.snapshots import record_of, snapshot_of
from tests.builders.credit import (
    INSPECTED_ON,
    PUBLISHED_AT,
    a_decision,
    a_fact,
    a_mark,
    a_withdrawal,
    record_after,
)

FIRM = UUID(int=1)


def some_facts() -> list[Fact]:
    listed = a_fact(FIRM, a_mark("outcome:6"), a_mark("outcome:B", level=4), decision=a_decision())
    removed_on = INSPECTED_ON + timedelta(days=9)
    removed = a_fact(
        FIRM,
        a_mark("outcome:6"),
        version=2,
        decision=a_decision(removed_on=removed_on),
        told_at=PUBLISHED_AT + timedelta(days=9),
    )
    gone = a_fact(FIRM, a_mark(points=30), key="r2")
    return [listed, removed, gone, a_withdrawal(gone)]


def restored(record: CreditRecord) -> CreditRecord:
    columns = {name: getattr(record, name) for name in CreditRecord.__slots__ if name not in ("facts", "observation")}
    period = record.observation
    columns |= dict.fromkeys(("observed_form", "observed_from", "observed_before"))
    if period is not None:
        columns |= {"observed_form": period.form, "observed_from": period.starts_on}
        columns |= {"observed_before": period.ends_before}
    return record_of(columns | {"credit_class": record.credit_class.value, "snapshot": snapshot_of(record)})


def test_a_record_comes_back_from_its_snapshot() -> None:
    facts = some_facts()
    for count in range(1, len(facts) + 1):
        record = record_after(*facts[:count])
        assert restored(record) == record


def test_a_fact_comes_back_from_the_journal() -> None:
    for fact in some_facts():
        assert input_of(fact.KIND, input_text(fact)) == fact


def test_inputs_of_every_kind_come_back_from_the_journal() -> None:
    for one in (
        DayOpened(FIRM, INSPECTED_ON),
        SystemApplied(FIRM, 2, PUBLISHED_AT),
        ObservationOpened(FIRM, PUBLISHED_AT, "online_retail", INSPECTED_ON, INSPECTED_ON + timedelta(days=365)),
    ):
        assert input_of(one.KIND, input_text(one)) == one


def test_an_indicator_system_comes_back_from_its_stored_form() -> None:
    system = shipped_rules().indicators
    assert system_of(indicator_body(system), 1) == system
