"""One use case, one transaction: load, decide, save, emit, commit. Leaving without commit rolls back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.events.envelope import Event
from shared.runtime.database import LOST_CONNECTION, Database, Driver, connect, set_context
from shared.runtime.principal import Principal
from shared.runtime.settings import crash_point
from shared.runtime.trace import current_traceparent
from shared.values.ids import new_id

SHANGHAI = ZoneInfo("Asia/Shanghai")

# The last statement of an act: what happened, who did it, what was answered. Numbered parameters, bound by position.
_OUTBOX = """
    INSERT INTO outboxes (event_id, district, aggregate_type, aggregate_id, aggregate_version, type, payload,
                          traceparent, occurred_at)
    SELECT e.event_id, $1, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.type, e.payload, $3::text, $2
    FROM unnest($4::uuid[], $5::text[], $6::text[], $7::integer[], $8::text[], $9::text[]) WITH ORDINALITY
         AS e (event_id, aggregate_type, aggregate_id, aggregate_version, type, payload, place)
    ORDER BY e.place
"""
_AUDIT = """
    INSERT INTO audits (id, district, actor, act_for, department, roles, action, command, event_ids, request_id,
                        acted_at)
    VALUES ({}, $1, {}, {}::text, {}, {}::text[], {}, {}::jsonb, {}::uuid[], {}, $2)
"""
_ANSWER = """
    INSERT INTO idempotency_keys (caller, key, request_digest, status, body, headers, created_at)
    VALUES ({}, {}, {}, {}, {}, {}::jsonb, $2)
"""
IsolationLevel = Literal["read_committed", "repeatable_read", "serializable"]
WAKE_RELAY = "ssj_outbox"
_TOLD_AT_MOST = 100
"""Events named in a wake-up; a payload of NOTIFY has at most 8,000 bytes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller will be told, kept with the act so that a retry hears the same (REL19)."""

    status: int
    body: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """How an act's answer is made and under which key it is kept."""

    key: str | None
    """None: rendered and not kept (a PUT without key)."""
    request_digest: bytes
    render: Callable[[Any], Answer]
    first_wins: bool = False
    """True for refusals: another answer kept meanwhile stands. An act must fail instead, and be rolled back."""


@dataclass(frozen=True, slots=True)
class _Closing:
    """What goes with the last words besides the runtime's own."""

    steps: str
    check: str
    values: tuple[Any, ...]

    def placed(self, values: list[Any]) -> tuple[str, str]:
        """Steps and check with the numbers their values get behind those already there."""
        of_steps = self.steps.count("{}")
        steps = _placed(self.steps, values, list(self.values[:of_steps]))
        return steps, _placed(self.check, values, list(self.values[of_steps:]))


class UnitOfWork:
    """A service subclasses it and opens its stores in `opened()`.

    `now` is the transaction's time, `today` its date in Asia/Shanghai.
    """

    isolation: IsolationLevel = "read_committed"
    connection: AsyncConnection
    driver: Driver
    """The same connection without SQLAlchemy, for the runtime's own statements and for COPY."""
    now: datetime
    opening: asyncpg.Record
    """The row of the statement that set the context, with what `asking` added."""

    def __init__(self, database: Database, principal: Principal) -> None:
        self._database = database
        self.principal = principal
        self._emitted: list[tuple[UUID, Event]] = []
        self._command: object | None = None
        self._action = ""
        self._asked: tuple[Any, ...] = ()
        self._closing: list[_Closing] = []
        self._is_begun = False
        self.kept: KeptAnswer | None = None
        self.answer: Answer | None = None
        self.on_opened: Callable[[UnitOfWork], Awaitable[None]] | None = None
        """Runs inside the transaction before the use case (the idempotency claim)."""

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    @property
    def district(self) -> str:
        return self.principal.district

    def opened(self) -> None:
        """Opens the stores of the service over `self.connection`."""

    async def begin(self) -> None:
        """Takes a connection and begins the transaction; entering does it where it was not done before."""
        self.connection, self.driver = await connect(self._database.engine)
        self._is_begun = True
        try:
            # Begun by hand because it is ended by hand: asyncpg's own transaction object would still think it open.
            await self.driver.execute(f"BEGIN ISOLATION LEVEL {self.isolation.replace('_', ' ')}")
        except BaseException:
            await self.leave()
            raise

    async def leave(self) -> None:
        """Rolls back what was not committed and gives the connection back, even if the task is being cancelled: a
        cancelled request must neither leak the connection nor leave half a transaction (REL31)."""
        if self._is_begun:
            self._is_begun = False
            await asyncio.shield(self._leave())

    async def __aenter__(self) -> Self:
        if not self._is_begun:
            await self.begin()
        try:
            self.opening = await set_context(self.driver, self.principal, *self._asked)
            self.now = self.opening["at"]
            self.opened()
            if self.on_opened is not None:
                await self.on_opened(self)
        except BaseException:
            await self.leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()

    async def _leave(self) -> None:
        """A broken connection is thrown away."""
        try:
            if self.driver.is_in_transaction():
                await self.driver.execute("ROLLBACK")
        except (asyncpg.PostgresError, *LOST_CONNECTION, OSError):
            await self.connection.invalidate()
        finally:
            await self.connection.close()

    async def act_as(self, principal: Principal) -> None:
        """Goes on in the name of another principal inside the same transaction (a worker crossing districts)."""
        await self.settle()
        self.principal = principal
        await set_context(self.driver, principal)

    def asking(self, columns: str, *values: Any) -> None:
        """Has `columns` (parameters from `$6`) read into `opening` by the statement that opens the transaction: a lane
        saves a round trip an event."""
        self._asked = (columns, *values)

    def closing(self, steps: str, *values: Any, check: str = "1") -> None:
        """Sends `steps` (common table expressions that write) with the last words of the commit, and evaluates `check`
        after them. `{}` stand for the values in order, `$1` is the district, `$2` is `now`."""
        self._closing.append(_Closing(steps, check, values))

    async def settle(self) -> None:
        """Sends at once what `closing` keeps for the commit: before the context changes, or for who reads on."""
        kept, self._closing = self._closing, []
        for closing in kept:
            values: list[Any] = [self.district, self.now]
            steps, check = closing.placed(values)
            await self.driver.execute(f"WITH {steps} SELECT {check}, $1::text, $2::timestamptz", *values)

    def acting(self, action: str, command: object) -> None:
        """Names the act for its audit row; called by the door (`Act`) before the use case runs."""
        self._action, self._command = action, command

    def emit(self, event: Event) -> UUID:
        """Tells a fact; it leaves with the commit, or not at all. Returns the event's id."""
        event_id = new_id()
        self._emitted.append((event_id, event))
        return event_id

    async def commit(self, subject: object = None) -> None:
        """Makes it true: outbox rows, audit row and the kept answer go in one statement, then COMMIT.

        `subject` is what became true; the kept answer is rendered from it.
        """
        await asyncio.shield(self._commit(subject))

    async def _commit(self, subject: object) -> None:
        self._crash_point("pub.after_row")
        statement, values = self._last_words(subject)
        if statement:
            await self.driver.execute(statement, *values)
        self._crash_point("pub.after_outbox")
        if self._closing:
            crash_point("con.after_own_outbox")
        await self.driver.execute("COMMIT")
        self._crash_point("pub.after_commit")
        self._emitted.clear()
        self._closing.clear()

    def _crash_point(self, name: str) -> None:
        """Only acts die here; a lane's commits have crash points of their own."""
        if self.kept is not None:
            crash_point(name)

    def _last_words(self, subject: object) -> tuple[str, list[Any]]:
        """One statement for all that goes with the act, or none."""
        parts: list[str] = []
        values: list[Any] = [self.district, self.now]
        event_ids = [event_id for event_id, _ in self._emitted]
        if self._emitted:
            parts.append(_OUTBOX)
            values += self._outbox_values(event_ids)
        if self._action:
            parts.append(_placed(_AUDIT, values, self._audit_values(event_ids)))
        if self.kept is not None:
            self.answer = self.kept.render(subject)
        if self.kept is not None and self.answer is not None and self.kept.key is not None:
            parts.append(_placed(_ANSWER, values, self._answer_values(self.kept, self.answer)))
            parts[-1] += " ON CONFLICT DO NOTHING" if self.kept.first_wins else ""
        steps = [f"step_{number} AS ({part})" for number, part in enumerate(parts)]
        checks = []
        for closing in self._closing:
            own, check = closing.placed(values)
            steps.append(own)
            checks.append(check)
        if not steps:
            return "", []
        wake = _placed(f"pg_notify('{WAKE_RELAY}', {{}})", values, [self._told(event_ids)]) if event_ids else "1"
        return f"WITH {', '.join(steps)} SELECT {', '.join((wake, *checks))}, $1::text, $2::timestamptz", values

    def _told(self, event_ids: list[UUID]) -> str:
        """Tells the relay which events to look for and where; many are left to its scan."""
        if len(event_ids) > _TOLD_AT_MOST:
            return ""
        return f"{self.now.isoformat()} {' '.join(map(str, event_ids))}"

    def _outbox_values(self, event_ids: list[UUID]) -> list[Any]:
        events = [event for _, event in self._emitted]
        return [
            current_traceparent(),
            event_ids,
            [event.SUBJECT.split(".")[1] for event in events],
            [event.aggregate_id for event in events],
            [event.aggregate_version for event in events],
            [event.SUBJECT for event in events],
            [event.model_dump_json() for event in events],
        ]

    def _audit_values(self, event_ids: list[UUID]) -> list[Any]:
        who = self.principal
        command = orjson.dumps(described(self._command), default=str, option=orjson.OPT_NON_STR_KEYS).decode()
        return [
            new_id(),
            who.subject,
            who.act_for,
            who.department,
            sorted(who.roles),
            self._action,
            command,
            event_ids,
            who.request_id,
        ]

    def _answer_values(self, kept: KeptAnswer, answer: Answer) -> list[Any]:
        headers = orjson.dumps(answer.headers).decode()
        return [self.principal.subject, kept.key, kept.request_digest, answer.status, answer.body, headers]


def _placed(statement: str, values: list[Any], added: list[Any]) -> str:
    """Gives the statement's `{}` the numbers of the values added behind those already there."""
    first = len(values) + 1
    values += added
    return statement.format(*(f"${number}" for number in range(first, first + len(added))))


def described(command: object) -> object:
    """A command as its audit row shows it; fields marked `personal` in their metadata are left out (SEC5)."""
    if not is_dataclass(command) or isinstance(command, type):
        return None if command is None else str(command)
    shown: dict[str, object] = {}
    for field in fields(command):
        value = getattr(command, field.name)
        shown[field.name] = "***" if field.metadata.get("personal") and value is not None else _plain(value)
    return shown


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return described(value)
    if isinstance(value, list | tuple | frozenset | set):
        return [_plain(part) for part in value]
    return value
