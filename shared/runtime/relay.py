"""The relay: one leader per service numbers committed events and publishes them in order (REL9).

The leader is whoever holds a session advisory lock; it numbers on that same connection, so a leader that lost its
session cannot number any more: the lock is its own fencing token.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import asyncpg
import structlog

from shared.runtime.bus import Bus, BusUnavailable
from shared.runtime.database import LOST_CONNECTION
from shared.runtime.last_words import WAKE_RELAY
from shared.runtime.metrics import OUTBOX_PENDING, RELAY_LEADER
from shared.runtime.numbering import Numbering, OutcomeUnknown
from shared.runtime.outbox import (
    KEYED_ACCESS,
    LoggedEvent,
    Told,
    any_waiting,
    begin_lead,
    note_published,
    number_told,
    number_waiting,
    numbered_after,
    told_by,
)
from shared.runtime.settings import crash_point

_log = structlog.get_logger()
_LOCK = 0x73736A01  # "ssj", relay
_LIMIT = 1024
SLOW_POLL = 1.0


class Relay:
    """Runs until cancelled; loses nothing when killed at any line."""

    def __init__(self, dsn: str, bus: Bus, service: str, numbering: Numbering | None = None) -> None:
        self._dsn, self._bus, self._service = dsn, bus, service
        self._numbering = numbering or Numbering()
        self._wake = self._numbering.wake
        self._told: list[Told] = []
        self._must_scan = True
        self._epoch = self._published = self._noted = 0
        self._noted_at = 0.0
        self.leading = False

    async def run(self) -> None:
        while True:
            try:
                await self._campaign()
            except (asyncpg.PostgresError, *LOST_CONNECTION, OSError, TimeoutError, OutcomeUnknown) as error:
                _log.warning("relay.lost_database", kind=type(error).__name__)
            finally:
                self.leading = False
                self._numbering.close()
                RELAY_LEADER.labels(self._service).set(0)
            await asyncio.sleep(SLOW_POLL)

    async def _campaign(self) -> None:
        """Leads while the lock is held; returns when another leads."""
        connection = await asyncpg.connect(
            self._dsn, command_timeout=30, timeout=5, server_settings=KEYED_ACCESS | {"application_name": "ssj relay"}
        )
        try:
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                return
            crash_point("rel.after_lock")
            _log.info("relay.leading", service=self._service)
            self.leading = True
            RELAY_LEADER.labels(self._service).set(1)
            await connection.add_listener(WAKE_RELAY, self._woken)
            await self._lead(connection)
        finally:
            with contextlib.suppress(Exception):
                await asyncio.shield(connection.close(timeout=2))

    def _woken(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        told = told_by(str(payload))
        self._told += told
        self._must_scan = self._must_scan or not told
        self._wake.set()

    async def _lead(self, connection: asyncpg.Connection[Any]) -> None:
        state = await begin_lead(connection)
        self._epoch, self._published = state.log_epoch, state.published
        self._noted = self._published
        self._told.clear()
        self._must_scan = True  # for what was committed before anybody listened
        self._numbering.open(state)
        await self._publish_backlog(connection)
        while True:
            self._wake.clear()
            events = await self._number(connection)
            crash_point("rel.after_seq")
            if events:
                await self._publish(events)
            if time.monotonic() - self._noted_at > SLOW_POLL:
                await self._note(connection)
            if not self._must_scan and not self._wake.is_set():
                await self._rest(connection)

    async def _number(self, connection: asyncpg.Connection[Any]) -> list[LoggedEvent]:
        """What was numbered with its commit, then numbers for what the wake-ups named, in the order they came; by a
        scan if one named nothing, or they are many."""
        if not self._told and not self._must_scan:
            return self._numbering.ready()
        numbered = await self._numbering.count_alone()
        ready = self._numbering.ready()
        told, self._told = self._told, []
        if self._must_scan or len(told) > _LIMIT:
            events = await number_waiting(connection, _LIMIT, numbered, self._epoch)
            self._must_scan = len(events) == _LIMIT
        else:
            events = await number_told(connection, told, numbered, self._epoch)
        self._numbering.counted(len(events), all_told=not self._must_scan and not self._told)
        return ready + events

    async def _note(self, connection: asyncpg.Connection[Any]) -> None:
        """Once a second at most: what a next leader finds published it does not publish again."""
        self._noted_at = time.monotonic()
        if self._noted != self._published:
            await note_published(connection, self._published)
            self._noted = self._published
            crash_point("rel.after_mark")

    async def _rest(self, connection: asyncpg.Connection[Any]) -> None:
        """Sleeps until woken; the slow poll behind it notes progress and looks for what no NOTIFY told of."""
        OUTBOX_PENDING.labels(self._service).set(0)
        while await self._slept():
            await self._note(connection)
            if await any_waiting(connection):
                self._must_scan = True
                return

    async def _slept(self) -> bool:
        """Waits to be woken; True when nobody did for the slow poll."""
        try:
            async with asyncio.timeout(SLOW_POLL):
                await self._wake.wait()
        except TimeoutError:
            return True
        return False

    async def _publish_backlog(self, connection: asyncpg.Connection[Any]) -> None:
        """What an earlier leader numbered and may not have published, with the same ids."""
        while events := await numbered_after(connection, self._published, _LIMIT):
            await self._publish(events)

    async def _publish(self, events: list[LoggedEvent]) -> None:
        messages = [event.outgoing(self._service) for event in events]
        pause = 0.2
        while True:
            crash_point("rel.before_send")
            try:
                await self._bus.publish(messages)
                break
            except BusUnavailable as error:
                _log.warning("relay.not_confirmed", events=len(messages), reason=str(error))
                OUTBOX_PENDING.labels(self._service).set(len(messages))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)
        crash_point("rel.after_send")
        crash_point("rel.after_ack")
        self._published = events[-1].producer_seq
