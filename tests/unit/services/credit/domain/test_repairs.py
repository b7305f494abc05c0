"""Repair as a state machine, its working-day terms (REL30), and what it does to a record (C6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.credit.domain.fold import apply_all
from services.credit.domain.list_decisions import ListingEnded
from services.credit.domain.measures import ListKind
from services.credit.domain.record import CreditRecord
from services.credit.domain.repaired import FactRepaired
from services.credit.domain.repairs import (
    Evidence,
    Repair,
    RepairKind,
    RepairNotIn,
    RepairSecondPerson,
    RepairState,
    RepairTooEarly,
    Ruling,
    Target,
    check_not_too_early,
)
from shared.values.calendar_data import OFFICIAL_CALENDAR, calendar_with
from shared.values.ids import new_id
from shared.values.workdays import Deadline, YearDays
from tests.builders.credit import RULES, a_decision, a_fact, a_mark, steps_of

AT = datetime(2026, 9, 20, 2, tzinfo=UTC)
LATER = datetime(2026, 11, 25, 2, tzinfo=UTC)
DUE = Deadline(date(2026, 10, 23), False)
RULING = Ruling("修〔2026〕1号", date(2026, 10, 20), "已履行")


def an_application() -> Repair:
    return Repair(
        id=new_id(),
        owner_department="SCJG",
        entity_id=new_id(),
        target=Target(RepairKind.LISTING, "经营异常名录", listing_id=new_id()),
        grounds="已履行",
        evidence=(Evidence("报告", "0" * 64),),
        applied_by="officer:a",
        applied_at=AT,
        acted_by="officer:a",
        acted_at=AT,
        due_on=date(2026, 9, 22),
    )


def test_terms_count_in_working_days_of_the_official_calendar() -> None:
    """REL30: the National Day holiday and its shifted weekends lie in between."""
    accepted = an_application().accepted(by="officer:a", at=AT, due=OFFICIAL_CALENDAR.deadline(AT.date(), 20))
    assert (accepted.due_on, accepted.due_is_provisional) == (date(2026, 10, 23), False)


def test_an_open_step_follows_a_notice_and_keeps_its_working_days() -> None:
    """R2: provisional over the turn of the year; next year's notice gives it its day, and a closed one stays."""
    at = datetime(2026, 12, 28, 2, tzinfo=UTC)
    applied = replace(an_application(), applied_at=at, acted_at=at)
    accepted = applied.accepted(by="officer:a", at=at, due=OFFICIAL_CALENDAR.deadline(at.date(), 5))
    days_off = frozenset(date(2027, 1, day) for day in (1, 2, 3, 4))
    known = calendar_with([YearDays(2027, days_off, frozenset({date(2027, 1, 9)}))])
    moved = accepted.rescheduled(OFFICIAL_CALENDAR, known, "service:credit", LATER)
    assert (accepted.due_on, accepted.due_is_provisional) == (date(2027, 1, 4), True)
    assert moved is not None
    assert (moved.due_on, moved.due_is_provisional, moved.version) == (date(2027, 1, 6), False, 3)
    assert moved.rescheduled(known, known, "service:credit", LATER) is None
    granted = accepted.decided(grant=True, ruling=RULING, by="officer:b", at=AT)
    assert granted.rescheduled(OFFICIAL_CALENDAR, known, "service:credit", LATER) is None


def test_steps_go_in_order_and_each_is_a_version() -> None:
    applied = an_application()
    with pytest.raises(RepairNotIn, match="已申请，待受理"):
        applied.decided(grant=True, ruling=RULING, by="officer:b", at=AT)
    accepted = applied.accepted(by="officer:a", at=AT, due=DUE)
    granted = accepted.decided(grant=True, ruling=RULING, by="officer:b", at=AT)
    assert [one.version for one in (applied, accepted, granted)] == [1, 2, 3]
    assert (granted.state, granted.due_on, granted.ruling) == (RepairState.GRANTED, None, RULING)
    for closed in (granted, applied.not_accepted(by="officer:a", at=AT, reason="材料不全")):
        with pytest.raises(RepairNotIn):
            closed.withdrawn(by="officer:a", at=AT, reason="撤回")


def test_who_accepted_does_not_decide() -> None:
    accepted = an_application().accepted(by="officer:a", at=AT, due=DUE)
    with pytest.raises(RepairSecondPerson):
        accepted.decided(grant=False, ruling=RULING, by="officer:a", at=AT)


def test_a_list_may_ask_for_a_least_time() -> None:
    """第44号令: early removal after one year."""
    kind = ListKind("serious_violations", "严重违法失信名单", needs_consent=True, earliest_repair_months=12)
    with pytest.raises(RepairTooEarly, match="2027-11-20"):
        check_not_too_early(kind, date(2026, 11, 20), date(2027, 11, 19))
    check_not_too_early(kind, date(2026, 11, 20), date(2027, 11, 20))
    check_not_too_early(ListKind("abnormal_operations", "经营异常名录"), date(2026, 11, 20), date(2026, 11, 21))


def test_a_repaired_fact_weighs_nothing_until_its_source_corrects_it() -> None:
    """C6, REL39: the reversal takes back exactly what was entered; a repair heard twice is one."""
    fact = a_fact(new_id(), a_mark(points=300))
    repaired = FactRepaired(
        fact.entity_id, new_id(), *fact.name, told_at=AT, on=date(2026, 9, 20), document_no="修1号", authority="区局"
    )
    corrected = a_fact(fact.entity_id, a_mark(points=200), version=2)
    records: dict[object, CreditRecord] = {}
    steps = list(apply_all(records, [fact, repaired, repaired, corrected], RULES))  # type: ignore[arg-type]
    assert [step.record.score for step in steps] == [300, 0, 200]
    assert [entry.points for step in steps for entry in step.entries] == [300, -300, 200]


def test_an_ended_listing_ends_once_and_an_annulled_one_never_held() -> None:
    """C3: removal, then annulment; each once, whoever tells it again."""
    fact = a_fact(new_id(), decision=a_decision("serious_violations"))
    (entered,) = steps_of(fact)
    listing = entered.listings[0]

    def ended(day: int, reason: str, *, annulled: bool) -> ListingEnded:
        on = date(2026, 11, day)
        return ListingEnded(fact.entity_id, listing.id, LATER, on, annulled, reason, f"{reason}1号", "区市场监管局")

    removed, annulled = ended(24, "移出", annulled=False), ended(25, "撤销", annulled=True)
    steps = list(apply_all({}, [fact, removed, removed, annulled, annulled], RULES))
    assert [step.listings[-1].state for step in steps] == ["entered", "removed", "annulled"]
    assert [step.record.credit_class for step in steps] == ["D", "A", "A"]
    assert sum(entry.points for step in steps for entry in step.entries) == 0
    assert not any(flag.is_on(date(2026, 11, 22)) for flag in steps[-1].flags)
