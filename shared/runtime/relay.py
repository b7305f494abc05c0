"""The relay: one leader per service numbers committed events and publishes them in order (REL9).

The leader is whoever holds a session advisory lock; it numbers on that same connection, so a leader that lost its
session cannot number any more: the lock is its own fencing token.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import asyncpg
import structlog

from shared.runtime.bus import Bus, BusUnavailable
from shared.runtime.database import LOST_CONNECTION
from shared.runtime.metrics import OUTBOX_PENDING, RELAY_LEADER
from shared.runtime.outbox import (
    KEYED_ACCESS,
    LoggedEvent,
    Told,
    any_waiting,
    number_told,
    number_waiting,
    numbered_after,
    told_by,
)
from shared.runtime.settings import crash_point
from shared.runtime.unit_of_work import WAKE_RELAY

_log = structlog.get_logger()
_LOCK = 0x73736A01  # "ssj", relay
_LIMIT = 1024
SLOW_POLL = 1.0


class Relay:
    """Runs until cancelled; loses nothing when killed at any line."""

    def __init__(self, dsn: str, bus: Bus, service: str) -> None:
        self._dsn, self._bus, self._service = dsn, bus, service
        self._wake = asyncio.Event()
        self._told: list[Told] = []
        self._must_scan = True
        self._published = 0
        self.leading = False

    async def run(self) -> None:
        while True:
            try:
                await self._campaign()
            except (asyncpg.PostgresError, *LOST_CONNECTION, OSError, TimeoutError) as error:
                _log.warning("relay.lost_database", kind=type(error).__name__)
            finally:
                self.leading = False
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
        self._published = await connection.fetchval("SELECT published_seq FROM relay_states")
        await self._publish_backlog(connection)
        self._must_scan = True  # for what was committed before anybody listened
        while True:
            self._wake.clear()
            events = await self._number(connection)
            noted = self._published
            crash_point("rel.after_seq")
            if events:
                await self._publish(events)
            if not self._must_scan and not self._wake.is_set():
                await self._rest(connection, noted)

    async def _number(self, connection: asyncpg.Connection[Any]) -> list[LoggedEvent]:
        """Numbers what the wake-ups named, in the order they came; by a scan if one named nothing, or they are many."""
        told, self._told = self._told, []
        if self._must_scan or len(told) > _LIMIT:
            events = await number_waiting(connection, _LIMIT, self._published)
            self._must_scan = len(events) == _LIMIT
            return events
        return await number_told(connection, told, self._published) if told else []

    async def _rest(self, connection: asyncpg.Connection[Any], noted: int) -> None:
        """Sleeps until woken; the slow poll behind it notes progress and looks for what no NOTIFY told of."""
        OUTBOX_PENDING.labels(self._service).set(0)
        while await self._slept():
            if noted != self._published:
                await connection.execute("UPDATE relay_states SET published_seq = $1", self._published)
                noted = self._published
                crash_point("rel.after_mark")
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
