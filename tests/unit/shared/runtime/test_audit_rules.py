"""When a checkpoint is due (SEC11), what of a refused act is kept (SEC5, SEC12), whose readings are (架构 Identity)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.runtime.audit_checkpoints import Signer, is_due, members, signature_holds
from shared.runtime.audit_refused import reads_are_kept, told_of
from shared.runtime.audit_store import KeptCheckpoint, Tail, Times
from shared.runtime.audit_tree import Edge
from shared.runtime.principal import AUDITOR, INSPECTOR, Principal, service_principal

KEY = Ed25519PrivateKey.generate()
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""
HOUR = timedelta(hours=1)
MIDNIGHT = NOON + 12 * HOUR
ID = UUID("0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90")


def at(real: datetime, moved_by: timedelta = timedelta(0)) -> Times:
    return Times(real, real + moved_by)


def signed_at(real: datetime, before: KeptCheckpoint | None = None) -> KeptCheckpoint:
    return Signer("results", "d", KEY).sign(Tail(Edge(), b"", 0), before, at(real))


@pytest.mark.parametrize(
    ("now", "has_news", "due"),
    [
        (at(NOON + HOUR), True, False),
        (at(NOON + 2 * HOUR), True, True),
        (at(NOON + 11 * HOUR), False, False),
        (at(MIDNIGHT), False, True),
        (at(NOON + HOUR, moved_by=timedelta(days=3)), False, True),
    ],
    ids=["within the period", "after the period", "nothing happened", "a new day", "the demo's clock went on"],
)
def test_a_checkpoint_is_due_with_the_day_and_with_the_period(now: Times, has_news: bool, due: bool) -> None:
    assert is_due(signed_at(NOON), NOON, now, 2 * HOUR, has_news=has_news) is due


@pytest.mark.parametrize(
    ("after", "rows", "due"),
    [(timedelta(minutes=1), 999, False), (timedelta(minutes=1), 1000, True), (timedelta(seconds=9), 5000, False)],
    ids=["few rows", "a thousand rows", "a thousand rows just after the last"],
)
def test_a_thousand_rows_bring_the_next_checkpoint_forward(after: timedelta, rows: int, due: bool) -> None:
    """What has no signature yet is bounded by rows as well as by time; the first checkpoint too."""
    assert is_due(signed_at(NOON), NOON, at(NOON + after), 2 * HOUR, has_news=True, rows=rows) is due
    assert is_due(None, NOON, at(NOON + after), 2 * HOUR, has_news=True, rows=rows) is due
    assert not is_due(signed_at(NOON), NOON, at(NOON + after), 2 * HOUR, has_news=False, rows=rows)


def test_a_checkpoint_says_when_the_next_one_follows() -> None:
    period = timedelta(minutes=30)
    made = Signer("results", "d", KEY, period).sign(Tail(Edge(), b"", 0), None, at(NOON))
    assert members(made)["next_within"] == 1800


def test_the_first_checkpoint_waits_for_the_period_or_the_first_midnight() -> None:
    assert not is_due(None, NOON, at(NOON + HOUR), 2 * HOUR, has_news=True)
    assert is_due(None, NOON, at(NOON + 2 * HOUR), 2 * HOUR, has_news=True)
    assert is_due(None, NOON, at(MIDNIGHT), 48 * HOUR, has_news=True)


def test_a_checkpoint_names_its_day_in_shanghai_and_the_one_before() -> None:
    first = signed_at(MIDNIGHT)
    second = signed_at(MIDNIGHT + HOUR, first)
    assert (members(first)["day"], members(first)["previous"]) == ("2026-11-25", "")
    assert members(second)["number"] == 2
    assert len(members(second)["previous"]) == 64
    assert signature_holds(second, KEY.public_key())
    assert not signature_holds(second._replace(body=second.body.replace("results", "credit")), KEY.public_key())


class Choice(StrEnum):
    APPROVED = "approved"


@dataclass(frozen=True)
class Part:
    item_id: UUID
    remark: str


@dataclass(frozen=True)
class Command:
    result_id: UUID
    version: int
    on: date
    decision: Choice
    opinion: str
    phone: str | None = field(metadata={"personal": True})
    parts: tuple[Part, ...] = ()


def test_of_a_refused_act_ids_numbers_dates_and_choices_are_kept_and_no_text() -> None:
    command = Command(ID, 3, date(2026, 11, 24), Choice.APPROVED, "张某某说", "13800000000", (Part(ID, "李某某"),))
    assert told_of(command) == {
        "result_id": ID,
        "version": 3,
        "on": date(2026, 11, 24),
        "decision": Choice.APPROVED,
        "opinion": "…",
        "phone": "…",
        "parts": [{"item_id": ID, "remark": "…"}],
    }
    assert told_of({"any": "mapping"}) == "…"


@pytest.mark.parametrize(
    ("who", "route", "kept"),
    [
        (Principal("officer:a", "d", roles=frozenset({AUDITOR})), "/v1/visits", True),
        (Principal("officer:i", "d", roles=frozenset({INSPECTOR})), "/v1/visits", False),
        (Principal("officer:i", "d", roles=frozenset({INSPECTOR})), "/v1/inspectors/{inspector_id}", True),
        (service_principal("draw", "d"), "/v1/inspectors/{inspector_id}", False),
    ],
)
def test_readings_of_the_auditor_and_of_personal_data_are_kept(who: Principal, route: str, kept: bool) -> None:
    assert reads_are_kept(who, route, frozenset({"/v1/inspectors/{inspector_id}"})) is kept
