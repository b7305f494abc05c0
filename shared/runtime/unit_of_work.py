"""One use case, one transaction: load, decide, save, emit, commit. Leaving without commit rolls back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.events.envelope import Event
from shared.runtime.database import Database, set_context
from shared.runtime.principal import Principal
from shared.runtime.settings import crash_point
from shared.runtime.trace import current_traceparent
from shared.values.ids import new_id

SHANGHAI = ZoneInfo("Asia/Shanghai")

_OUTBOX = """
    INSERT INTO outboxes (event_id, district, aggregate_type, aggregate_id, aggregate_version, type, payload,
                          traceparent, occurred_at)
    SELECT e.event_id, :district, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.type, e.payload,
           CAST(:traceparent AS text), :at
    FROM unnest(CAST(:event_ids AS uuid[]), CAST(:aggregate_types AS text[]), CAST(:aggregate_ids AS text[]),
                CAST(:aggregate_versions AS integer[]), CAST(:types AS text[]), CAST(:payloads AS text[]))
         WITH ORDINALITY
         AS e (event_id, aggregate_type, aggregate_id, aggregate_version, type, payload, place)
    ORDER BY e.place
"""
_AUDIT = """
    INSERT INTO audits (id, district, actor, act_for, department, roles, action, command, event_ids,
                        request_id, acted_at)
    VALUES (:audit_id, :district, :actor, :act_for, :department, CAST(:roles AS text[]), :action,
            CAST(:command AS jsonb), CAST(:event_ids AS uuid[]), :request_id, :at)
"""
_ANSWER = """
    INSERT INTO idempotency_keys (caller, key, request_digest, status, body, headers, created_at)
    VALUES (:actor, :key, :request_digest, :status, :body, CAST(:headers AS jsonb), :at)
"""
WAKE_RELAY = "ssj_outbox"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller will be told, kept with the act so that a retry hears the same (REL19)."""

    status: int
    body: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """How an act's answer is made and under which key it is kept."""

    key: str
    request_digest: bytes
    render: Callable[[Any], Answer]
    first_wins: bool = False
    """True for refusals: another answer kept meanwhile stands. An act must fail instead, and be rolled back."""


class UnitOfWork:
    """A service subclasses it and opens its stores in `opened()`.

    `now` is the transaction's time, `today` its date in Asia/Shanghai.
    """

    connection: AsyncConnection
    now: datetime

    def __init__(self, database: Database, principal: Principal) -> None:
        self._database = database
        self.principal = principal
        self._emitted: list[tuple[UUID, Event]] = []
        self._command: object | None = None
        self._action = ""
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

    async def __aenter__(self) -> Self:
        self.connection = await self._database.engine.connect()
        try:
            self.now = await set_context(self.connection, self.principal)
            self.opened()
            if self.on_opened is not None:
                await self.on_opened(self)
        except BaseException:
            await asyncio.shield(self.connection.close())
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A cancelled request must neither leak the connection nor leave half a transaction (REL31).
        await asyncio.shield(self.connection.close())

    async def act_as(self, principal: Principal) -> None:
        """Goes on in the name of another principal inside the same transaction (a worker crossing districts)."""
        self.principal = principal
        await set_context(self.connection, principal)

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
        crash_point("pub.after_row")
        parts, values = self._last_words(subject)
        if parts:
            steps = ", ".join(f"step_{number} AS ({part})" for number, part in enumerate(parts))
            wake = f"pg_notify('{WAKE_RELAY}', '')" if self._emitted else "1"
            await self.connection.execute(text(f"WITH {steps} SELECT {wake}"), values)
        crash_point("pub.after_outbox")
        crash_point("pub.after_audit")
        await self.connection.commit()
        crash_point("pub.after_commit")
        self._emitted.clear()

    def _last_words(self, subject: object) -> tuple[list[str], dict[str, Any]]:
        parts: list[str] = []
        values: dict[str, Any] = {
            "district": self.district,
            "at": self.now,
            "actor": self.principal.subject,
            "event_ids": [event_id for event_id, _ in self._emitted],
        }
        if self._emitted:
            parts.append(_OUTBOX)
            values |= self._outbox_values()
        if self._action:
            parts.append(_AUDIT)
            values |= self._audit_values()
        if self.kept is not None:
            self.answer = self.kept.render(subject)
            parts.append(_ANSWER + (" ON CONFLICT DO NOTHING" if self.kept.first_wins else ""))
            values |= {"key": self.kept.key, "request_digest": self.kept.request_digest, "status": self.answer.status}
            values |= {"body": self.answer.body, "headers": orjson.dumps(self.answer.headers).decode()}
        return parts, values if parts else {}

    def _outbox_values(self) -> dict[str, Any]:
        events = [event for _, event in self._emitted]
        return {
            "traceparent": current_traceparent(),
            "aggregate_types": [event.SUBJECT.split(".")[1] for event in events],
            "aggregate_ids": [event.aggregate_id for event in events],
            "aggregate_versions": [event.aggregate_version for event in events],
            "types": [event.SUBJECT for event in events],
            "payloads": [event.model_dump_json() for event in events],
        }

    def _audit_values(self) -> dict[str, Any]:
        return {
            "audit_id": new_id(),
            "act_for": self.principal.act_for,
            "department": self.principal.department,
            "roles": sorted(self.principal.roles),
            "action": self._action,
            "command": orjson.dumps(described(self._command), default=str, option=orjson.OPT_NON_STR_KEYS).decode(),
            "request_id": self.principal.request_id,
        }


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
