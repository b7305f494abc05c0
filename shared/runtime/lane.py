"""One consumer lane: a durable of one producer, in order, healed from the producer's feed when numbers are missing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.runtime.bus import BATCH, Bus, BusUnavailable, Incoming, PullLane
from shared.runtime.database import LOST_CONNECTION
from shared.runtime.dead_letters import waiting
from shared.runtime.inbox import (
    CURSOR,
    Cursor,
    Gap,
    Handlers,
    LogDiverged,
    Parked,
    apply_events,
    next_in_line,
    park,
    read_cursor,
    reason_of,
    unknown_major,
    waits_behind_parked,
)
from shared.runtime.last_words import Overtaken
from shared.runtime.metrics import (
    CATCHUP_EVENTS,
    CONSUMER_GAP,
    CONSUMER_LAST_SUCCESS,
    DEAD_LETTERS,
    INBOX_DUPLICATES,
)
from shared.runtime.outbox import LoggedEvent, event_of
from shared.runtime.problems import PeerUnavailable
from shared.runtime.settings import crash_point
from shared.runtime.unit_of_work import UnitOfWork

_log = structlog.get_logger()
Feed = Callable[[int, int], Awaitable[list[dict[str, Any]]]]
"""`feed(after, limit)` asks the producer for events with higher numbers."""

IDLE_CHECK = 20.0
"""Seconds without a message after which the lane asks the producer's feed (a wiped broker tells nobody: REL5)."""
NOT_READY_AFTER = 30.0
_TRANSIENT = (
    OSError,
    TimeoutError,
    PoolTimeout,
    PeerUnavailable,
    BusUnavailable,
    *LOST_CONNECTION,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
)


def is_transient(error: BaseException) -> bool:
    """Faults that pass by themselves: the batch is tried again, nothing is parked (REL11)."""
    if isinstance(error, DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or isinstance(cause, _TRANSIENT)
    return isinstance(error, _TRANSIENT)


class Lane:
    """Runs until cancelled; finishes the transaction in hand, so nothing that was done is redelivered."""

    def __init__(
        self, service: str, producer: str, bus: Bus, open_work: Callable[[], UnitOfWork], handlers: Handlers, feed: Feed
    ) -> None:
        self._service, self.producer, self._bus = service, producer, bus
        self._open, self._handlers, self._feed = open_work, handlers, feed
        self._stopping = False
        self.last_contact = time.monotonic()
        self.diverged = False
        self._checked = time.monotonic()
        self._waiting: UnitOfWork | None = None
        self._reached = -1
        """Where this worker left the cursor, with nothing of the lane parked; -1 where it does not know. Elsewhere now:
        another worker came between, and what it may have parked after our statement began is not in that statement's
        snapshot."""

    @property
    def ready(self) -> bool:
        return not self.diverged and time.monotonic() - self.last_contact < NOT_READY_AFTER

    def stop(self) -> None:
        """Asks the lane to end after the batch in hand."""
        self._stopping = True

    async def run(self) -> None:
        pull = self._bus.lane(self.producer.upper(), f"{self._service}-from-{self.producer}")
        await pull.open()
        try:
            await self._catch_up_safely()
            while not self._stopping:
                await self._turn(pull)
            await self._finish(pull)
        except LogDiverged as error:
            self.diverged = True
            _log.critical("lane.diverged", producer=self.producer, detail=str(error))
        finally:
            await self._leave_waiting()
            await pull.close()

    async def _turn(self, pull: PullLane) -> None:
        messages = await pull.batch(wait=1.0)
        if not messages:
            await self._leave_waiting()
        self.last_contact = max(self.last_contact, pull.last_contact)
        if messages:
            await self._work_off(pull, messages)
            await self._wait_begun()
        elif time.monotonic() - self._checked > IDLE_CHECK:
            await self._catch_up_safely()

    async def _work_off(self, pull: PullLane, messages: Sequence[Incoming]) -> None:
        crash_point("con.after_fetch")
        await self.apply([_logged(message) for message in messages])
        await self._acknowledge(pull, messages[-1])

    async def _finish(self, pull: PullLane) -> None:
        """What was handed out before the stop is worked off too, so that none of it is handed out again (REL23)."""
        await pull.close()
        while messages := pull.arrived():
            await self._work_off(pull, messages)

    async def _wait_begun(self) -> None:
        """Waits for the next messages with a transaction begun: they come soon, or it is left within a second. It has
        read nothing, so it holds no snapshot back; its time is taken when its context is set."""
        if self._waiting is None and not self._stopping:
            waiting = self._open()
            try:
                await waiting.prepare()
            except Exception as error:
                if not is_transient(error):
                    raise
                return
            self._waiting = waiting

    async def _leave_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            await waiting.leave()

    async def _acknowledge(self, pull: PullLane, last: Incoming) -> None:
        try:
            await pull.acknowledge(last)
            self._checked = time.monotonic()
        except BusUnavailable:
            _log.info("lane.ack_unconfirmed", producer=self.producer)  # redelivered as duplicates
        crash_point("con.after_ack")

    async def apply(self, events: Sequence[LoggedEvent]) -> None:
        """Tries again from the cursor while the fault is one that passes, with back-off."""
        pause = 0.2
        while True:
            try:
                await self._apply(events)
                return
            except Gap:
                await self._catch_up_safely()
            except Overtaken:
                continue
            except Exception as error:
                if not is_transient(error):
                    raise
                _log.warning("lane.retry", producer=self.producer, kind=type(error).__name__)
            if self._stopping:
                raise asyncio.CancelledError
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    async def _apply(self, events: Sequence[LoggedEvent]) -> None:
        """One transaction for the batch; a fault of the content sends it through one by one."""
        CONSUMER_GAP.labels(self._service, self.producer).set(len(events))
        try:
            await self._apply_together(events)
        except (Gap, LogDiverged, Overtaken):
            raise
        except Exception as error:
            if is_transient(error):
                raise
            await self._apply_one_by_one(events)
        CONSUMER_GAP.labels(self._service, self.producer).set(0)
        CONSUMER_LAST_SUCCESS.labels(self._service, self.producer).set_to_current_time()

    async def _apply_together(self, events: Sequence[LoggedEvent]) -> None:
        if any(unknown_major(event, self.producer, self._handlers) for event in events):
            raise _SomeWait
        reached, self._reached = self._reached, -1
        if self._waiting is not None and follows(reached, events):
            await self._apply_next(self._waiting, events)
            return
        async with self._begun() as work:
            cursor = await read_cursor(work, self.producer)
            fresh = await self._fresh(work, events, cursor)
            if not fresh:
                return
            some_parked = cursor.some_parked or cursor.producer_seq != reached
            if some_parked and await waits_behind_parked(work.connection, self.producer, fresh):
                raise _SomeWait
            await apply_events(work, self._handlers, self._service, self.producer, fresh)
            await work.commit()
        self._reached = -1 if cursor.some_parked else fresh[-1].producer_seq
        crash_point("con.after_commit")

    async def _apply_next(self, work: UnitOfWork, events: Sequence[LoggedEvent]) -> None:
        """The usual case without a look at the cursor: this worker left it right before these events and nothing of
        the lane is parked. The commit fails if that is no longer so."""
        self._waiting = None
        async with work:
            await apply_events(work, self._handlers, self._service, self.producer, events)
            await work.commit()
        self._reached = events[-1].producer_seq
        crash_point("con.after_commit")

    def _begun(self) -> UnitOfWork:
        work, self._waiting = self._waiting or self._open(), None
        work.asking(CURSOR, self.producer)
        return work

    async def _fresh(
        self, work: UnitOfWork, events: Sequence[LoggedEvent], cursor: Cursor | None = None
    ) -> list[LoggedEvent]:
        cursor = cursor or await read_cursor(work, self.producer)
        fresh = await next_in_line(work.connection, self.producer, cursor.producer_seq, events)
        if len(fresh) < len(events):
            INBOX_DUPLICATES.labels(self._service, self.producer).inc(len(events) - len(fresh))
        return fresh

    async def _apply_one_by_one(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            why = await self._apply_one(event)
            if why is not None:
                await self._park(event, why)

    async def _apply_one(self, event: LoggedEvent) -> Parked | None:
        """Applies one event, or says why it must be parked. Transient faults pass through."""
        unknown = unknown_major(event, self.producer, self._handlers)
        try:
            async with self._begun() as work:
                fresh = await self._fresh(work, [event])
                if not fresh:
                    return None
                if unknown is not None:
                    return unknown
                if await waits_behind_parked(work.connection, self.producer, fresh):
                    return Parked("event.waits", "同一对象更早的事件尚未处理")
                await apply_events(work, self._handlers, self._service, self.producer, fresh)
                await work.commit()
        except (Gap, LogDiverged, Overtaken):
            raise
        except Exception as error:
            if is_transient(error):
                raise
            return reason_of(error)
        return None

    async def _park(self, event: LoggedEvent, why: Parked) -> None:
        async with self._begun() as work:
            if await self._fresh(work, [event]):
                await park(work, self.producer, event, why)
                await work.commit()
        DEAD_LETTERS.labels(self._service, self.producer).inc()
        _log.error("event.parked", producer=self.producer, seq=event.producer_seq, type=event.type, code=why.code)

    async def _count_parked(self) -> None:
        """What an earlier process left parked shows in the metric from the start."""
        async with self._open() as work:
            parked = await waiting(work.connection, self.producer)
        DEAD_LETTERS.labels(self._service, self.producer).set(len(parked))

    async def _catch_up_safely(self) -> None:
        """Pulls from the feed until it is exhausted; a producer that does not answer is asked again later."""
        self._checked = time.monotonic()
        try:
            await self._count_parked()
            await self._catch_up()
        except LogDiverged:
            raise
        except Exception as error:
            if not is_transient(error):
                raise
            _log.info("lane.feed_unavailable", producer=self.producer, kind=type(error).__name__)

    async def _catch_up(self) -> None:
        while not self._stopping:
            async with self._begun() as work:
                cursor = await read_cursor(work, self.producer)
                await work.commit()
            rows = await self._feed(cursor.producer_seq, BATCH)
            if not rows:
                return
            CATCHUP_EVENTS.labels(self._service, self.producer).inc(len(rows))
            await self._apply([event_of(row) for row in rows])


def follows(reached: int, events: Sequence[LoggedEvent]) -> bool:
    """Whether the events are those right behind the number reached, without a gap."""
    return reached >= 0 and [event.producer_seq for event in events] == [*range(reached + 1, reached + 1 + len(events))]


class _SomeWait(Exception):
    """The batch holds events that must be looked at one by one."""


def _logged(message: Incoming) -> LoggedEvent:
    head = message.headers
    return LoggedEvent(
        event_id=UUID(head["ce-id"]),
        district=head["ce-district"],
        aggregate_type=head["ce-type"].split(".")[1],
        aggregate_id=head["ce-subject"],
        aggregate_version=int(head["ce-aggregateversion"]),
        type=head["ce-type"],
        payload=message.payload.decode(),
        traceparent=head.get("traceparent"),
        occurred_at=datetime.fromisoformat(head["ce-time"]),
        log_epoch=int(head["ce-logepoch"]),
        producer_seq=int(head["ce-producerseq"]),
    )
