"""The last statement of a unit of work: what happened, who did it, what was answered, and what a lane adds.

One statement, whose parameters are numbered and bound by position: `$1` is the district, `$2` is `now`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.events.envelope import Event
from shared.runtime.numbering import TAKEN, TAKES_NUMBERS, Grant
from shared.runtime.outbox import LoggedEvent
from shared.runtime.principal import Principal
from shared.runtime.trace import current_traceparent
from shared.values.ids import new_id

_OUTBOX = """
    INSERT INTO outboxes (event_id, district, aggregate_type, aggregate_id, aggregate_version, type, payload,
                          traceparent, occurred_at, log_epoch, producer_seq)
    SELECT e.event_id, $1, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.type, e.payload, $3::text, $2,
           {epoch}, {number}
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
WAKE_RELAY = "ssj_outbox"
_WAKE = f"pg_notify('{WAKE_RELAY}', {{}})"
_TOLD_AT_MOST = 100
"""Events named in a wake-up; a payload of NOTIFY has at most 8,000 bytes."""


class Overtaken(Exception):
    """What a unit of work went by is no longer so: another worker came between. Nothing was kept; look anew."""


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
class Closing:
    """What goes with the last words besides the runtime's own."""

    steps: str
    check: str
    values: tuple[Any, ...]
    expected: object = None
    """What `check` must come to; None: it says so itself, by failing."""

    def placed(self, values: list[Any]) -> tuple[str, str]:
        """Steps and check with the numbers their values get behind those already there."""
        of_steps = self.steps.count("{}")
        steps = _placed(self.steps, values, list(self.values[:of_steps]))
        return steps, _placed(self.check, values, list(self.values[of_steps:]))


class Emitted(NamedTuple):
    """A fact that leaves with the commit."""

    event_id: UUID
    event: Event
    payload: str

    @property
    def aggregate_type(self) -> str:
        return self.event.SUBJECT.split(".")[1]

    def logged(self, district: str, at: datetime, epoch: int, number: int) -> LoggedEvent:
        """The event as it stands in the log with its number."""
        return LoggedEvent(
            event_id=self.event_id,
            district=district,
            aggregate_type=self.aggregate_type,
            aggregate_id=self.event.aggregate_id,
            aggregate_version=self.event.aggregate_version,
            type=self.event.SUBJECT,
            payload=self.payload,
            traceparent=current_traceparent(),
            occurred_at=at,
            log_epoch=epoch,
            producer_seq=number,
        )


@dataclass(slots=True)
class LastWords:
    """Gathers the steps of the statement. `tell` comes first, because its values are numbered by hand."""

    who: Principal
    now: datetime
    _steps: list[str] = field(default_factory=list)
    _values: list[Any] = field(default_factory=list)
    _checks: list[str] = field(default_factory=list)
    _wake: str = "1"
    _is_numbered: str = "false"

    def __post_init__(self) -> None:
        self._values += [self.who.district, self.now]

    def tell(self, told: Sequence[Emitted], grant: Grant | None) -> None:
        """Outbox rows, with the numbers of the grant if they are taken, else the wake-up of the relay."""
        events = [one.event for one in told]
        event_ids = [one.event_id for one in told]
        self._values += [
            current_traceparent(),
            event_ids,
            [one.aggregate_type for one in told],
            [event.aggregate_id for event in events],
            [event.aggregate_version for event in events],
            [event.SUBJECT for event in events],
            [one.payload for one in told],
        ]
        rows = _OUTBOX.format(**_numbers_of(grant, self._values))
        self._wake = _placed(_WAKE, self._values, [self._named(event_ids)])
        if grant is not None:
            self._steps.append(_placed(TAKES_NUMBERS, self._values, [grant.leads]))
            self._wake, self._is_numbered = f"(SELECT {self._wake} WHERE NOT {TAKEN})", TAKEN
        self._steps.append(f"told AS ({rows})")

    def audit(self, action: str, command: object, event_ids: list[UUID]) -> None:
        who = self.who
        shown = orjson.dumps(described(command), default=str, option=orjson.OPT_NON_STR_KEYS).decode()
        values = [new_id(), who.subject, who.act_for, who.department, sorted(who.roles), action, shown, event_ids]
        self._steps.append(f"audit AS ({_placed(_AUDIT, self._values, [*values, who.request_id])})")

    def keep(self, kept: KeptAnswer, answer: Answer) -> None:
        headers = orjson.dumps(answer.headers).decode()
        values = [self.who.subject, kept.key, kept.request_digest, answer.status, answer.body, headers]
        conflict = " ON CONFLICT DO NOTHING" if kept.first_wins else ""
        self._steps.append(f"answer AS ({_placed(_ANSWER, self._values, values)}{conflict})")

    def close(self, closing: Closing) -> None:
        steps, check = closing.placed(self._values)
        self._steps += [steps] if steps else []
        self._checks.append(check)

    def statement(self) -> tuple[str, list[Any]]:
        """The statement and its values; empty if there is nothing to say. Its row: the wake-up, a column for each
        check in order, `is_numbered`."""
        if not self._steps and not self._checks:
            return "", []
        opening = f"WITH {', '.join(self._steps)} " if self._steps else ""
        columns = f"{', '.join((self._wake, *self._checks))}, {self._is_numbered} AS is_numbered"
        return f"{opening}SELECT {columns}, $1::text, $2::timestamptz", self._values

    def _named(self, event_ids: list[UUID]) -> str:
        """Names the events for the relay, and where they are; many are left to its scan."""
        if len(event_ids) > _TOLD_AT_MOST:
            return ""
        return f"{self.now.isoformat()} {' '.join(map(str, event_ids))}"


def assert_met(closings: Sequence[Closing], found: Sequence[object]) -> None:
    """Raises Overtaken where a check did not come to what was expected; `found`: the columns of the checks and on."""
    for closing, value in zip(closings, found, strict=False):
        if closing.expected is not None and value != closing.expected:
            raise Overtaken(closing.check)


def _numbers_of(grant: Grant | None, values: list[Any]) -> dict[str, str]:
    """What the outbox rows get for epoch and number; the relay numbers those that get none."""
    if grant is None:
        return {"epoch": "NULL::integer", "number": "NULL::bigint"}
    return {
        "epoch": _placed(f"CASE WHEN {TAKEN} THEN {{}}::integer END", values, [grant.log_epoch]),
        "number": _placed(f"CASE WHEN {TAKEN} THEN {{}}::bigint + e.place END", values, [grant.after]),
    }


def _placed(statement: str, values: list[Any], added: list[Any]) -> str:
    """Gives the statement's `{}` the numbers of the values added behind those already there."""
    first = len(values) + 1
    values += added
    return _numbered(statement, first, len(added))


@lru_cache(1024)
def _numbered(statement: str, first: int, count: int) -> str:
    return statement.format(*(f"${number}" for number in range(first, first + count)))


def described(command: object) -> object:
    """A command as its audit row shows it; fields marked `personal` in their metadata are left out (SEC5)."""
    if not is_dataclass(command) or isinstance(command, type):
        return None if command is None else str(command)
    shown: dict[str, object] = {}
    for one in fields(command):
        value = getattr(command, one.name)
        shown[one.name] = "***" if one.metadata.get("personal") and value is not None else _plain(value)
    return shown


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return described(value)
    if isinstance(value, list | tuple | frozenset | set):
        return [_plain(part) for part in value]
    return value
