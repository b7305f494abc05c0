"""The outbox as a log: numbered after commit, published in order, read back by number.

Numbers are gapless and are given by the one leader after commit; a sequence taken inside a transaction is not commit
order, and a reader that pages by it loses events (`promises` section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple
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
_NUMBERED = (
    "WITH waiting AS MATERIALIZED ({waiting}), gone AS (DELETE FROM outbox_waits USING waiting"
    " WHERE outbox_waits.id = waiting.id) UPDATE outboxes AS o SET producer_seq = $1 + waiting.place, log_epoch = $2"
    " FROM waiting WHERE o.id = waiting.id AND o.occurred_at = waiting.occurred_at {within} RETURNING {columns}"
)
_OF_O = ", ".join(f"o.{column}" for column in COLUMNS.split(", "))
_NUMBER = _NUMBERED.format(
    waiting="SELECT id, occurred_at, row_number() OVER (ORDER BY id) AS place"
    " FROM (SELECT id, occurred_at FROM outbox_waits ORDER BY id LIMIT $3) AS first",
    within="",
    columns=_OF_O,
)
# The time range is what leaves all other months out, of both the look-up and the update.
_WITHIN = "AND o.occurred_at BETWEEN $3 AND $4"
_NUMBER_TOLD = _NUMBERED.format(
    waiting="SELECT o.id, o.occurred_at, row_number() OVER (ORDER BY told.place) AS place"  # noqa: S608 - constants only
    " FROM unnest($5::timestamptz[], $6::uuid[]) WITH ORDINALITY AS told (at, event_id, place)"
    f" JOIN outboxes AS o ON o.occurred_at = told.at AND o.event_id = told.event_id {_WITHIN}"
    " WHERE o.producer_seq IS NULL",
    within=_WITHIN,
    columns=_OF_O,
)
_BEGIN_LEAD = "UPDATE relay_states SET leads = leads + 1 RETURNING leads"
_NUMBERED_SO_FAR = (
    "SELECT log_epoch, greatest(numbered_seq, (SELECT max(producer_seq) FROM outboxes)) AS numbered, published_seq"
    " FROM relay_states"
)
_NOTE = "UPDATE relay_states SET numbered_seq = $1, published_seq = $1"
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


class LogState(NamedTuple):
    """How far the log is numbered and published, as its leader finds it. `leads` counts the leaders so far."""

    leads: int
    log_epoch: int
    numbered: int
    published: int


async def begin_lead(connection: asyncpg.Connection[Any]) -> LogState:
    """Counts a new leader and reads where it goes on; only it numbers, so that it counts on in memory.

    First waits for every act that commits with numbers of the leader before (`numbering`), and leaves later ones none.
    """
    leads = await connection.fetchval(_BEGIN_LEAD)
    return LogState(leads, *await connection.fetchrow(_NUMBERED_SO_FAR))


async def note_published(connection: asyncpg.Connection[Any], seq: int) -> None:
    """Notes that everything up to `seq` is numbered and published: the next leader need not publish it again."""
    await connection.execute(_NOTE, seq)


async def number_told(
    connection: asyncpg.Connection[Any], told: Sequence[Told], numbered: int, epoch: int
) -> list[LoggedEvent]:
    """Gives the events named by wake-ups, which come in commit order, the numbers behind `numbered`, by key; those
    numbered already stay. One statement, one commit."""
    times = [one.at for one in told]
    ids = [one.event_id for one in told]
    return _in_order(await connection.fetch(_NUMBER_TOLD, numbered, epoch, min(times), max(times), times, ids))


async def number_waiting(
    connection: asyncpg.Connection[Any], limit: int, numbered: int, epoch: int
) -> list[LoggedEvent]:
    """The same for up to `limit` committed events without a number, found by a scan."""
    return _in_order(await connection.fetch(_NUMBER, numbered, epoch, limit))


def _in_order(rows: list[asyncpg.Record]) -> list[LoggedEvent]:
    return sorted((LoggedEvent(*row) for row in rows), key=lambda event: event.producer_seq)


async def any_waiting(connection: asyncpg.Connection[Any]) -> bool:
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM outbox_waits)"))


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
