"""One use case, one transaction: load, decide, save, emit, commit. Leaving without commit rolls back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Any, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.events.envelope import Event
from shared.runtime.database import LOST_CONNECTION, Database, Driver, connect, set_context
from shared.runtime.last_words import Answer, Closing, Emitted, KeptAnswer, LastWords, assert_met
from shared.runtime.numbering import Grant
from shared.runtime.outbox import LoggedEvent
from shared.runtime.principal import Principal
from shared.runtime.settings import crash_point
from shared.values.ids import new_id

SHANGHAI = ZoneInfo("Asia/Shanghai")

IsolationLevel = Literal["read_committed", "repeatable_read", "serializable"]
_MOVED_BY = "coalesce((SELECT moved_by FROM demo_clocks), interval '0') AS moved_by"


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
        self._emitted: list[Emitted] = []
        self._command: object | None = None
        self._action = ""
        self._asked: tuple[Any, ...] = ()
        self._closing: list[Closing] = []
        self._is_begun = False
        self._prepared_at: float | None = None
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

    async def prepare(self) -> None:
        """Begins, and sets the context before it is known what for, so that who waits has nothing left to open.
        `now` goes on by the monotonic clock until the work is entered."""
        await self.begin()
        try:
            await self._set_context(_MOVED_BY)
        except BaseException:
            await self.leave()
            raise
        self._prepared_at = time.monotonic()

    async def _set_context(self, also: str = "", *values: Any) -> None:
        self.opening = await set_context(self.driver, self.principal, also, *values)
        self.now = self.opening["at"]

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
            if self._prepared_at is None or self._asked:
                await self._set_context(*self._asked)
            else:
                self.now += timedelta(seconds=time.monotonic() - self._prepared_at)
                self.expecting(_MOVED_BY, self.opening["moved_by"])
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

    def closing(self, steps: str, *values: Any, check: str = "1", expected: object = None) -> None:
        """Sends `steps` (common table expressions that write) with the last words of the commit, and evaluates `check`
        after them; where that is not what was expected, the commit fails with `Overtaken`. `{}` stand for the values
        in order, `$1` is the district, `$2` is `now`."""
        self._closing.append(Closing(steps, check, values, expected))

    def expecting(self, check: str, expected: object) -> None:
        """Has the last words evaluate `check` too; where it is not `expected`, the commit fails with `Overtaken`."""
        self.closing("", check=check, expected=expected)

    async def settle(self) -> None:
        """Sends at once what `closing` keeps for the commit: before the context changes, or for who reads on."""
        kept = [closing for closing in self._closing if closing.steps]
        self._closing = [closing for closing in self._closing if not closing.steps]
        for closing in kept:
            values: list[Any] = [self.district, self.now]
            steps, check = closing.placed(values)
            row = await self.driver.fetchrow(f"WITH {steps} SELECT {check}, $1::text, $2::timestamptz", *values)
            assert_met([closing], row[:1])

    def acting(self, action: str, command: object) -> None:
        """Names the act for its audit row; called by the door (`Act`) before the use case runs."""
        self._action, self._command = action, command

    def emit(self, event: Event) -> UUID:
        """Tells a fact; it leaves with the commit, or not at all. Returns the event's id."""
        event_id = new_id()
        self._emitted.append(Emitted(event_id, event, event.model_dump_json()))
        return event_id

    async def commit(self, subject: object = None) -> None:
        """Makes it true: outbox rows, audit row and the kept answer go in one statement, then COMMIT.

        `subject` is what became true; the kept answer is rendered from it. An act ends even if its caller goes away
        meanwhile; lanes and jobs are asked to stop and are not cancelled, and save the task of their own.
        """
        await (asyncio.shield(self._commit(subject)) if self.kept is not None else self._commit(subject))

    async def _commit(self, subject: object) -> None:
        self._crash_point("pub.after_row")
        numbering = self._database.numbering
        grant = numbering.grant() if self._emitted and self.isolation == "read_committed" else None
        try:
            is_numbered = await self._say(subject, grant)
        except BaseException:
            numbering.settle(grant, ())
            raise
        self._crash_point("pub.after_outbox")
        if self._closing:
            crash_point("con.after_own_outbox")
        try:
            await self.driver.execute("COMMIT")
        except BaseException:
            numbering.doubt(grant)
            raise
        numbering.settle(grant, self._logged(grant) if grant and is_numbered else ())
        self._crash_point("pub.after_commit")
        self._emitted.clear()
        self._closing.clear()

    async def _say(self, subject: object, grant: Grant | None) -> bool:
        """Sends the last words; whether the events took the numbers of the grant."""
        statement, values = self._last_words(subject, grant)
        if not statement:
            return False
        row = await self.driver.fetchrow(statement, *values)
        assert_met(self._closing, row[1:])
        return bool(row["is_numbered"])

    def _logged(self, grant: Grant) -> list[LoggedEvent]:
        return [
            one.logged(self.district, self.now, grant.log_epoch, number)
            for number, one in enumerate(self._emitted, start=grant.after + 1)
        ]

    def _crash_point(self, name: str) -> None:
        """Only acts die here; a lane's commits have crash points of their own."""
        if self.kept is not None:
            crash_point(name)

    def _last_words(self, subject: object, grant: Grant | None = None) -> tuple[str, list[Any]]:
        """One statement for all that goes with the act, or none."""
        if self.kept is not None:
            self.answer = self.kept.render(subject)
        words = LastWords(self.principal, self.now)
        if self._emitted:
            words.tell(self._emitted, grant)
        if self._action:
            words.audit(self._action, self._command, [one.event_id for one in self._emitted])
        if self.kept is not None and self.answer is not None and self.kept.key is not None:
            words.keep(self.kept, self.answer)
        for closing in self._closing:
            words.close(closing)
        return words.statement()
