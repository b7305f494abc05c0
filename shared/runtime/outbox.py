"""The outbox as a log: numbered after commit, published in order, read back by number.

Numbers are gapless and are given by the one leader after commit; a sequence taken inside a transaction is not commit
order, and a reader that pages by it loses events (`promises` section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.runtime.bus import Outgoing

COLUMNS = (
    "event_id, district, aggregate_type, aggregate_id, aggregate_version, type, payload, traceparent, occurred_at,"
    " log_epoch, producer_seq"
)
_NUMBERED = """
), state AS (
    UPDATE relay_states SET numbered_seq = numbered_seq + (SELECT count(*) FROM waiting),
                            published_seq = greatest(published_seq, $1)
    RETURNING numbered_seq - (SELECT count(*) FROM waiting) AS before, log_epoch
)
UPDATE outboxes AS o SET producer_seq = state.before + waiting.place, log_epoch = state.log_epoch
FROM waiting, state WHERE o.id = waiting.id AND o.occurred_at = waiting.occurred_at {within}
RETURNING o.event_id, o.district, o.aggregate_type, o.aggregate_id, o.aggregate_version, o.type, o.payload,
          o.traceparent, o.occurred_at, o.log_epoch, o.producer_seq
"""
_NUMBER = (
    "WITH waiting AS (SELECT id, occurred_at, row_number() OVER (ORDER BY id) AS place"  # noqa: S608 - constants only
    " FROM (SELECT id, occurred_at FROM outboxes WHERE producer_seq IS NULL ORDER BY id LIMIT $2) AS first"
    + _NUMBERED.format(within="")
)
# The time range is what leaves all other months out, of both the look-up and the update.
_WITHIN = "AND o.occurred_at BETWEEN $2 AND $3"
_NUMBER_TOLD = (
    "WITH waiting AS (SELECT o.id, o.occurred_at, row_number() OVER (ORDER BY told.place) AS place"  # noqa: S608 - constants only
    " FROM unnest($4::timestamptz[], $5::uuid[]) WITH ORDINALITY AS told (at, event_id, place)"
    f" JOIN outboxes AS o ON o.occurred_at = told.at AND o.event_id = told.event_id {_WITHIN}"
    " WHERE o.producer_seq IS NULL" + _NUMBERED.format(within=_WITHIN)
)
KEYED_ACCESS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
"""Settings of the connection that numbers. It reaches rows by key only, but a planner without statistics of the newest
partition joins by reading it whole."""
_READ = f"SELECT {COLUMNS} FROM outboxes WHERE producer_seq > $1 ORDER BY producer_seq LIMIT $2"  # noqa: S608
_FEED = text(f"SELECT {COLUMNS} FROM outboxes WHERE producer_seq > :after ORDER BY producer_seq LIMIT :limit")  # noqa: S608


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """A row of the event log."""

    event_id: UUID
    district: str
    aggregate_type: str
    aggregate_id: str
    aggregate_version: int
    type: str
    payload: str
    traceparent: str | None
    occurred_at: datetime
    log_epoch: int
    producer_seq: int

    def outgoing(self, producer: str) -> Outgoing:
        """CloudEvents 1.0, binary mode."""
        headers = {
            "ce-specversion": "1.0",
            "ce-id": str(self.event_id),
            "ce-source": f"/services/{producer}",
            "ce-type": self.type,
            "ce-subject": self.aggregate_id,
            "ce-time": self.occurred_at.isoformat(),
            "ce-district": self.district,
            "ce-aggregateversion": str(self.aggregate_version),
            "ce-producerseq": str(self.producer_seq),
            "ce-logepoch": str(self.log_epoch),
            "content-type": "application/json",
        }
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        return Outgoing(self.type, str(self.event_id), headers, self.payload.encode())


@dataclass(frozen=True, slots=True)
class Told:
    """An event that a commit named when it woke the relay: where it is."""

    at: datetime
    event_id: UUID


def told_by(payload: str) -> list[Told]:
    """What the payload of a wake-up names (`UnitOfWork` writes it); nothing where a scan must find it."""
    at, *ids = payload.split() or [""]
    return [Told(datetime.fromisoformat(at), UUID(one)) for one in ids]


async def number_told(connection: asyncpg.Connection[Any], told: Sequence[Told], published: int) -> list[LoggedEvent]:
    """Numbers the events named by wake-ups, which come in commit order, by key; those numbered already stay."""
    times = [one.at for one in told]
    rows = await connection.fetch(
        _NUMBER_TOLD, published, min(times), max(times), times, [one.event_id for one in told]
    )
    return _in_order(rows)


async def number_waiting(connection: asyncpg.Connection[Any], limit: int, published: int) -> list[LoggedEvent]:
    """Numbers up to `limit` committed events and notes how far publication has come; one statement, one commit."""
    return _in_order(await connection.fetch(_NUMBER, published, limit))


def _in_order(rows: list[asyncpg.Record]) -> list[LoggedEvent]:
    return sorted((LoggedEvent(*row) for row in rows), key=lambda event: event.producer_seq)


async def any_waiting(connection: asyncpg.Connection[Any]) -> bool:
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM outboxes WHERE producer_seq IS NULL)"))


async def numbered_after(connection: asyncpg.Connection[Any], after: int, limit: int) -> list[LoggedEvent]:
    return [LoggedEvent(*row) for row in await connection.fetch(_READ, after, limit)]


async def feed_after(connection: AsyncConnection, after: int, limit: int) -> list[LoggedEvent]:
    """The catch-up feed: at most `limit` events with a number above `after`."""
    rows = await connection.execute(_FEED, {"after": after, "limit": limit})
    return [LoggedEvent(*row) for row in rows]


def feed_json(events: list[LoggedEvent]) -> bytes:
    # The driver's own kind of UUID is none that orjson knows.
    return orjson.dumps([asdict(event) for event in events], default=str)


def event_of(row: dict[str, Any]) -> LoggedEvent:
    """The inverse of `feed_json` for one row."""
    return LoggedEvent(
        **row | {"event_id": UUID(row["event_id"]), "occurred_at": datetime.fromisoformat(row["occurred_at"])}
    )
