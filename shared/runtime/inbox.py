"""What a service hears: the table event → handler, and the transaction that applies a batch.

Cursor, inbox rows, the handlers' projections and their own outbox rows are one transaction: an event has its effect
exactly once whatever is redelivered (REL2, REL8).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.events.catalogue import event_class
from shared.events.envelope import Event, Heard
from shared.runtime.outbox import LoggedEvent
from shared.runtime.principal import service_principal
from shared.runtime.settings import crash_point
from shared.runtime.trace import continue_trace
from shared.runtime.unit_of_work import UnitOfWork

Handler = Callable[[Sequence[Heard[Any]], Any], Awaitable[None]]
"""Applies a run of events of the types it is registered for, in order, inside the unit of work. Never commits."""

Handlers = Mapping[type[Event], Handler]

CURSOR = (
    "(SELECT producer_seq FROM inbox_cursors WHERE producer = $6 FOR UPDATE) AS producer_seq,"
    " EXISTS (SELECT FROM dead_letters WHERE producer = $6 AND redriven_at IS NULL) AS some_parked"
)
"""What a lane asks in the statement that opens its transaction; takes the lane's row lock."""
_FIRST_CURSOR = (
    "INSERT INTO inbox_cursors AS c (producer) VALUES ($1)"
    " ON CONFLICT (producer) DO UPDATE SET producer_seq = c.producer_seq RETURNING producer_seq,"
    " EXISTS (SELECT FROM dead_letters AS d WHERE d.producer = c.producer AND d.redriven_at IS NULL) AS some_parked"
)
_SEEN = text(
    "SELECT producer_seq, event_id FROM inboxes"
    " WHERE producer = :producer AND producer_seq = ANY (CAST(:seqs AS bigint[]))"
)
_ADVANCE = (
    "seen AS (INSERT INTO inboxes (producer, producer_seq, event_id, applied_at)"
    " SELECT {}::text, seq, id, $2 FROM unnest({}::bigint[], {}::uuid[]) AS e (seq, id)),"
    " moved AS (UPDATE inbox_cursors SET producer_seq = {} WHERE producer = {} AND producer_seq = {} RETURNING 1)"
)
_MOVED = "(SELECT count(*) FROM moved)"
_WAITING = text(
    "SELECT aggregate_id FROM dead_letters WHERE producer = :producer AND redriven_at IS NULL"
    " AND aggregate_id = ANY (CAST(:aggregates AS text[]))"
)
_PARK = text(
    "INSERT INTO dead_letters (producer, producer_seq, event_id, district, type, aggregate_id, payload, occurred_at,"
    " code, reason, parked_at) VALUES (:producer, :producer_seq, :event_id, :district, :type, :aggregate_id, :payload,"
    " :occurred_at, :code, :reason, :at)"
)


class Gap(Exception):
    """Numbers are missing before the batch: pull them from the producer's feed."""


class LogDiverged(Exception):
    """A number was met again with another id: the producer's log is not the one we applied. A person must look."""


@dataclass(frozen=True, slots=True)
class Parked:
    """Why an event was set aside."""

    code: str
    reason: str


class Cursor(NamedTuple):
    """How far a lane has come; whether some event of it is parked (then each batch must look which aggregates wait)."""

    producer_seq: int
    some_parked: bool


async def read_cursor(work: UnitOfWork, producer: str) -> Cursor:
    """The last applied number, of a unit of work opened by asking for `CURSOR`. The lane's row is locked, so two
    workers never interleave."""
    row = work.opening
    if row.get("producer_seq") is None:  # the lane's first turn
        row = await work.driver.fetchrow(_FIRST_CURSOR, producer)
    return Cursor(row["producer_seq"], row["some_parked"])


async def next_in_line(
    connection: AsyncConnection, producer: str, cursor: int, events: Sequence[LoggedEvent]
) -> list[LoggedEvent]:
    """The events that come next. Raises Gap if some are missing, LogDiverged if an old number has another id."""
    old = [event for event in events if event.producer_seq <= cursor]
    if old:
        await _assert_same(connection, producer, old)
    fresh = [event for event in events if event.producer_seq > cursor]
    for place, event in enumerate(fresh, start=cursor + 1):
        if event.producer_seq != place:
            raise Gap(f"{producer}: expected {place}, met {event.producer_seq}")
    return fresh


async def _assert_same(connection: AsyncConnection, producer: str, old: Sequence[LoggedEvent]) -> None:
    rows = await connection.execute(_SEEN, {"producer": producer, "seqs": [event.producer_seq for event in old]})
    known: dict[int, UUID] = {row.producer_seq: row.event_id for row in rows}
    for event in old:
        if known.get(event.producer_seq, event.event_id) != event.event_id:
            raise LogDiverged(f"{producer}: {event.producer_seq}")


async def apply_events(
    work: UnitOfWork, handlers: Handlers, service: str, producer: str, events: Sequence[LoggedEvent]
) -> None:
    """Applies a gapless run in one transaction: handlers by runs of one handler and district, then the cursor."""
    heard = [(event, _parsed(event, handlers, producer)) for event in events]
    runs = groupby(heard, key=lambda pair: (_handler_of(pair[1], handlers), pair[0].district))
    for (handler, district), run in runs:
        batch = [parsed for _, parsed in run if parsed is not None]
        if handler is None:
            continue
        if work.district != district:
            await work.act_as(service_principal(service, district))
        continue_trace(batch[-1].traceparent)
        await handler(batch, work)
    crash_point("con.after_projection")
    advance(work, producer, events)
    crash_point("con.after_inbox")


def _handler_of(heard: Heard[Any] | None, handlers: Handlers) -> Handler | None:
    return None if heard is None else handlers.get(type(heard.event))


def _parsed(event: LoggedEvent, handlers: Handlers, producer: str) -> Heard[Any] | None:
    """The event for its handler; None where nobody here cares. An unreadable body raises ValidationError."""
    model = event_class(event.type)
    if model is None or model not in handlers:
        return None
    return Heard(
        event=model.model_validate_json(event.payload),
        event_id=event.event_id,
        producer=producer,
        producer_seq=event.producer_seq,
        district=event.district,
        occurred_at=event.occurred_at,
        traceparent=event.traceparent,
    )


def advance(work: UnitOfWork, producer: str, events: Sequence[LoggedEvent]) -> None:
    """Moves the lane's cursor past `events`, in the last statement of the commit; a cursor that does not stand before
    them fails it with `Overtaken`."""
    seqs = [event.producer_seq for event in events]
    ids = [event.event_id for event in events]
    work.closing(_ADVANCE, producer, seqs, ids, seqs[-1], producer, seqs[0] - 1, check=_MOVED, expected=1)


async def waits_behind_parked(connection: AsyncConnection, producer: str, events: Sequence[LoggedEvent]) -> set[str]:
    """Aggregates of which an earlier event is parked: later ones of the same aggregate wait behind it (REL12)."""
    found = await connection.execute(
        _WAITING, {"producer": producer, "aggregates": list({event.aggregate_id for event in events})}
    )
    return set(found.scalars())


async def park(work: UnitOfWork, producer: str, event: LoggedEvent, why: Parked) -> None:
    """Sets one event aside, whole, and moves the cursor past it."""
    await work.connection.execute(
        _PARK,
        {
            "producer": producer,
            "producer_seq": event.producer_seq,
            "event_id": event.event_id,
            "district": event.district,
            "type": event.type,
            "aggregate_id": event.aggregate_id,
            "payload": event.payload,
            "occurred_at": event.occurred_at,
            "code": why.code,
            "reason": why.reason[:2000],
            "at": work.now,
        },
    )
    advance(work, producer, [event])


def unknown_major(event: LoggedEvent, producer: str, handlers: Handlers) -> Parked | None:
    """A subject we hear in another major version is parked, not dropped (REL37)."""
    if event_class(event.type) is not None:
        return None
    stem = event.type.rpartition(".v")[0]
    if any(model.SUBJECT.rpartition(".v")[0] == stem for model in handlers):
        return Parked("event.unknown_major", f"{producer}: {event.type}")
    return None


def reason_of(error: Exception) -> Parked:
    if isinstance(error, ValidationError):
        return Parked("event.malformed", "; ".join(f"{e['loc']}: {e['type']}" for e in error.errors()))
    return Parked(getattr(error, "code", type(error).__name__), f"{type(error).__name__}: {error}")
