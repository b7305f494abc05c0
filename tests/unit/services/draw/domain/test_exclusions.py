"""Grounds against a visit, in their order (M3, N7, R5, B19)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.draw.domain.exclusions import (
    EntryEnded,
    EntryWithoutTerm,
    Exclusions,
    History,
    NoDisturbEntry,
    cap_of,
    check_term,
    recused_pairs,
)
from services.draw.domain.freezing import RecusedPair, SnapshotObject
from shared.values.credit_class import CreditClass
from shared.values.ids import new_id

FIRM = new_id()


def a_firm(credit_class: str = "A", ground: str | None = None) -> SnapshotObject:
    return SnapshotObject(FIRM, "宏远餐饮", None, "410308", credit_class, ground)


def ground_of(history: History, caps: dict[str, int], found: SnapshotObject) -> str | None:
    return Exclusions(caps, history).applied(found).ground


def the(*entities: UUID) -> frozenset[UUID]:
    return frozenset(entities)


@pytest.mark.parametrize(
    ("visits", "caps", "credit_class", "ground"),
    [
        (0, {"A": 1}, "A", None),
        (1, {"A": 1}, "A", "frequency_cap"),
        (1, {"A": 2}, "A", None),
        (3, {"A": 2}, "A", "frequency_cap"),
        (0, {"A": 0}, "A", "frequency_cap"),
        (9, {"A": 1}, "D", None),
        (1, {"B": 1}, "U", "frequency_cap"),
        (1, {"B": 1, "U": 2}, "U", None),
    ],
)
def test_at_the_cap_of_its_class_an_object_is_not_drawn(
    visits: int, caps: dict[str, int], credit_class: str, ground: str | None
) -> None:
    """N7; an unclassed object is treated as class B unless the plan says otherwise."""
    assert ground_of(History({FIRM: visits}), caps, a_firm(credit_class)) == ground


def test_the_registrars_ground_comes_first_then_recognition_then_the_cap_and_the_list_last() -> None:
    """B19: the list alone leaves a chance, the other grounds leave none."""
    everything = History({FIRM: 5}, recognised=the(FIRM), undisturbed=the(FIRM))
    caps = {"A": 1}
    assert ground_of(everything, caps, a_firm(ground="status_revoked")) == "status_revoked"
    assert ground_of(everything, caps, a_firm()) == "recognised_result"
    assert ground_of(History({FIRM: 5}, undisturbed=the(FIRM)), caps, a_firm()) == "frequency_cap"
    assert ground_of(History(undisturbed=the(FIRM)), caps, a_firm()) == "no_disturb"
    other = new_id()
    assert ground_of(History({other: 5}, the(other), the(other)), caps, a_firm()) is None


def test_without_caps_nobody_is_at_one() -> None:
    assert cap_of(CreditClass.A, {}) is None


def test_a_declared_pair_is_declared_however_often_it_was_repeated() -> None:
    """SEC33."""
    both, repeated = RecusedPair(FIRM, new_id()), RecusedPair(FIRM, new_id())
    assert recused_pairs([both], [both, repeated]) == {both: "declared", repeated: "repeated"}


@pytest.mark.parametrize(("days", "fits"), [(0, True), (366, True), (367, False), (-1, False)])
def test_a_term_begins_and_ends_within_a_year(days: int, fits: bool) -> None:
    """B19."""
    start = date(2026, 11, 24)
    if fits:
        check_term(start, start + timedelta(days=days))
    else:
        with pytest.raises(EntryWithoutTerm):
            check_term(start, start + timedelta(days=days))


def test_an_entry_ends_once() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    entry = NoDisturbEntry(new_id(), "scjg", FIRM, "建设期", date(2026, 11, 1), date(2026, 12, 1), "officer:a", now)
    ended = entry.ended("officer:b", now)
    assert (ended.ended_by, ended.version) == ("officer:b", 2)
    with pytest.raises(EntryEnded):
        ended.ended("officer:b", now)
