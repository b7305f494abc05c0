"""Batches (批次): which rows go together, when a batch is tried again, what an answer makes of its rows.

ready → unknown (being delivered) → delivered → settled; `stuck` once patience is over. A batch keeps its number and its
rows for ever, so that delivering it again is the same batch to the peer: no version goes out in two rows (REL29).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.exchange.domain.rows import OutboundRow, RowState
from shared.values.errors import DomainError, Refused

MAX_ROWS: Final = 500
"""Rows of a batch at most (integration, API mode)."""
LONGEST_PAUSE: Final = timedelta(minutes=10)
SPREAD: Final = 1000
"""Jitter is given in thousandths."""


class BatchState(StrEnum):
    READY = "ready"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    SETTLED = "settled"
    STUCK = "stuck"


BATCH_STATE_NAMES: Final[Mapping[BatchState, str]] = {
    BatchState.READY: "待送出",
    BatchState.UNKNOWN: "送出结果未知",
    BatchState.DELIVERED: "已送出，等待回执",
    BatchState.SETTLED: "已办结",
    BatchState.STUCK: "逾期未答复",
}


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    """The peer has this version already, with the same content: accepted, and counted."""


class DeliveryFailed(DomainError):
    """The peer could not be reached, did not answer in time, or answered that it cannot now; the outcome is unknown.

    Raised inside the exchange only; it ends in a later attempt."""

    message = "未能送达对方系统：{detail}"


@dataclass(frozen=True, slots=True)
class Batch:
    id: UUID
    peer: str
    dataset: str
    schema: str
    number: str
    state: BatchState
    row_count: int
    digest: str
    attempts: int
    made_at: datetime
    due_at: datetime
    waiting_since: datetime
    """Patience counts from here: since it was made, or asked for again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A peer's word on one row (回执)."""

    row_key: str
    version: int
    outcome: Outcome
    receipt_no: str | None = None
    code: str | None = None
    message: str | None = None


class BatchNotStuck(Refused):
    message = "批次 {number} 没有逾期（当前状态：{state}），无须重新查询"


def asked_again(batch: Batch, now: datetime) -> Batch:
    """A stuck batch to be asked for, with its patience counted anew. Raises BatchNotStuck."""
    if batch.state is not BatchState.STUCK:
        raise BatchNotStuck(number=batch.number, state=BATCH_STATE_NAMES[batch.state])
    return replace(batch, state=BatchState.UNKNOWN, due_at=now, waiting_since=now)


class NotKnown:
    """The peer has no batch of this number."""


class Pending:
    """The peer has the batch and has not judged it yet."""


Answer = Sequence[Receipt] | NotKnown | Pending


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with its receipt, and the state it takes by it."""

    row: OutboundRow
    receipt: Receipt
    state: RowState


def pause_after(attempts: int, base: timedelta, jitter: int) -> timedelta:
    """Doubling from `base` up to ten minutes, spread over half to one and a half of it. `jitter`: 0 to `SPREAD`."""
    whole: timedelta = min(base * 2 ** min(attempts, 12), LONGEST_PAUSE)
    return whole * (SPREAD // 2 + jitter) / SPREAD


def judge(rows: Sequence[OutboundRow], receipts: Sequence[Receipt]) -> Sequence[Judged]:
    """Rows still waiting, with their receipts. Receipts for others, or met before, change nothing."""
    waiting = {(row.row_key, row.version): row for row in rows if row.state in _WAITING}
    judged = {}
    for receipt in receipts:
        place = (receipt.row_key, receipt.version)
        row = waiting.get(place)
        if row is not None and place not in judged:
            refused = receipt.outcome is Outcome.REJECTED
            judged[place] = Judged(row, receipt, RowState.REJECTED if refused else RowState.ACCEPTED)
    return list(judged.values())


_WAITING: Final = frozenset({RowState.BATCHED, RowState.UNANSWERED})


def number_of(sender: str, made_on: date, sequence: int) -> str:
    """`mengjin-2026112400001`: date and a sequence of five digits (domain-facts 7, cd_batch)."""
    return f"{sender}-{made_on:%Y%m%d}{sequence:05d}"
