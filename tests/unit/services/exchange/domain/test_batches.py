"""Pauses between attempts, and what receipts make of rows (REL29)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.exchange.domain.batches import (
    LONGEST_PAUSE,
    SPREAD,
    Outcome,
    Receipt,
    judge,
    number_of,
    pause_after,
)
from services.exchange.domain.mapping import Problem
from services.exchange.domain.rows import OutboundRow, RowState
from shared.values.ids import new_id

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def a_row(key: str, version: int = 1, state: RowState = RowState.BATCHED) -> OutboundRow:
    return OutboundRow(
        id=new_id(),
        owner_department="scjg",
        peer="p",
        dataset="p.d",
        source_key=key,
        source_version=version,
        row_key=key,
        version=version,
        op="I",
        record={},
        overrides={},
        schema="1",
        body="{}",
        digest="",
        state=state,
        problems=(Problem("x", None, "x"),),
        occurred_at=NOW,
        staged_at=NOW,
    )


@given(st.integers(0, 10_000), st.integers(0, SPREAD))
def test_a_pause_stays_within_half_and_one_and_a_half_of_the_longest(attempts: int, jitter: int) -> None:
    pause = pause_after(attempts, timedelta(seconds=1), jitter)
    assert timedelta(seconds=0.5) <= pause <= LONGEST_PAUSE * 1.5


def test_pauses_double() -> None:
    middle = [pause_after(attempts, timedelta(seconds=1), SPREAD // 2).total_seconds() for attempts in range(4)]
    assert middle == [1, 2, 4, 8]


def test_a_receipt_judges_its_own_row_once() -> None:
    rows = [a_row("a"), a_row("b"), a_row("c", state=RowState.ACCEPTED)]
    receipts = [
        Receipt("a", 1, Outcome.ACCEPTED),
        Receipt("a", 1, Outcome.REJECTED),
        Receipt("b", 2, Outcome.ACCEPTED),
        Receipt("c", 1, Outcome.REJECTED),
        Receipt("z", 1, Outcome.ACCEPTED),
    ]
    assert [(one.row.row_key, one.state) for one in judge(rows, receipts)] == [("a", RowState.ACCEPTED)]


def test_a_duplicate_is_accepted_and_a_late_answer_still_counts() -> None:
    row = a_row("a", state=RowState.UNANSWERED)
    (judged,) = judge([row], [Receipt("a", 1, Outcome.DUPLICATE)])
    assert judged.state is RowState.ACCEPTED


def test_a_batch_number_is_date_and_five_digits() -> None:
    assert number_of("mengjin", date(2026, 11, 24), 7) == "mengjin-2026112400007"
