"""The outbox as a log: numbered after commit, published in order, read back by number.

Numbers are gapless and are given by the one leader after commit; a sequence taken inside a transaction is not commit
order, and a reader that pages by it loses events (`promises` section 4).
"""

from __future__ import annotations

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
_NUMBER = """
WITH waiting AS (
    SELECT id, occurred_at, row_number() OVER (ORDER BY id) AS place
    FROM (SELECT id, occurred_at FROM outboxes WHERE producer_seq IS NULL ORDER BY id LIMIT $1) AS first
), state AS (
    UPDATE relay_states SET numbered_seq = numbered_seq + (SELECT count(*) FROM waiting),
                            published_seq = greatest(published_seq, $2)
    RETURNING numbered_seq - (SELECT count(*) FROM waiting) AS before, log_epoch
)
UPDATE outboxes AS o SET producer_seq = state.before + waiting.place, log_epoch = state.log_epoch
FROM waiting, state WHERE o.id = waiting.id AND o.occurred_at = waiting.occurred_at
RETURNING o.event_id, o.district, o.aggregate_type, o.aggregate_id, o.aggregate_version, o.type, o.payload,
          o.traceparent, o.occurred_at, o.log_epoch, o.producer_seq
"""
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


async def number_waiting(connection: asyncpg.Connection[Any], limit: int, published: int) -> list[LoggedEvent]:
    """Numbers up to `limit` committed events and notes how far publication has come; one statement, one commit."""
    rows = await connection.fetch(_NUMBER, limit, published)
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
    return orjson.dumps([asdict(event) for event in events])


def event_of(row: dict[str, Any]) -> LoggedEvent:
    """The inverse of `feed_json` for one row."""
    return LoggedEvent(
        **row | {"event_id": UUID(row["event_id"]), "occurred_at": datetime.fromisoformat(row["occurred_at"])}
    )
