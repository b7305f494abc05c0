"""Where follow-ups are kept (后续处置): the head row of each, and every step in its history."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.follow_ups import FollowUp
from shared.runtime.problems import VersionChanged

_FIELDS: Final = tuple(field.name for field in fields(FollowUp))
_STORED: Final = tuple("owner_department" if name == "department" else name for name in _FIELDS)
_COLUMNS: Final = ", ".join(f"f.{stored} AS {name}" for name, stored in zip(_FIELDS, _STORED, strict=True))
_ADD: Final = text(
    f"INSERT INTO follow_ups (district, participants, {', '.join(_STORED)})"  # noqa: S608 - constants only
    f" VALUES (current_setting('ssj.district'), :participants, {', '.join(f':{name}' for name in _FIELDS)})"
)
_SAVE: Final = text(
    "UPDATE follow_ups SET version = :version, state = :state, outcome = :outcome, document_no = :document_no,"
    " closed_on = :closed_on, reinspection_visit_id = :reinspection_visit_id WHERE id = :id AND version = :version - 1"
)
_STEP: Final = text(
    "INSERT INTO follow_ups_history (district, follow_up_id, version, act, detail, actor, acted_at)"
    " VALUES (current_setting('ssj.district'), :follow_up_id, :version, :act, :detail, :actor, :acted_at)"
)
_HISTORY: Final = text(
    "SELECT version, act, detail, actor, acted_at FROM follow_ups_history WHERE follow_up_id = :id ORDER BY version"
)


@dataclass(frozen=True, slots=True)
class FollowUpStep:
    """`act`: open, reinspect, reschedule, close."""

    version: int
    act: str
    detail: str
    actor: str
    acted_at: datetime


@dataclass(frozen=True, slots=True)
class FollowUpFilter:
    """None does not filter. `words`: part of the object's name or the beginning of its code."""

    state: str | None = None
    kind: str | None = None
    department: str | None = None
    opener: str | None = None
    entity_id: UUID | None = None
    result_id: UUID | None = None
    words: str | None = None
    due_from: date | None = None
    due_until: date | None = None
    due_before: date | None = None


class FollowUpStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, opened: FollowUp, step: FollowUpStep) -> None:
        values = asdict(opened) | {"participants": list(opened.participants)}
        await self._connection.execute(_ADD, values)
        await self._note(opened.id, step)

    async def save(self, changed: FollowUp, step: FollowUpStep) -> None:
        """Raises VersionChanged if the row moved on since it was read."""
        saved = await self._connection.execute(_SAVE, asdict(changed))
        if saved.rowcount != 1:
            raise VersionChanged
        await self._note(changed.id, step)

    async def find(self, follow_up_id: UUID) -> FollowUp | None:
        query = text(f"SELECT {_COLUMNS} FROM follow_ups f WHERE f.id = :id")  # noqa: S608
        row = (await self._connection.execute(query, {"id": follow_up_id})).one_or_none()
        return None if row is None else _follow_up_of(row)

    async def history(self, follow_up_id: UUID) -> list[FollowUpStep]:
        return [FollowUpStep(*row) for row in await self._connection.execute(_HISTORY, {"id": follow_up_id})]

    async def page(self, wanted: FollowUpFilter, size: int, after: tuple[date, UUID] | None) -> list[FollowUp]:
        """At most `size` by due day and id."""
        where, values = _conditions(wanted)
        if after is not None:
            where.append("(f.due_on, f.id) > (:after_due, :after_id)")
            values |= {"after_due": after[0], "after_id": after[1]}
        query = f"SELECT {_COLUMNS} FROM follow_ups f WHERE {' AND '.join(where)} ORDER BY f.due_on, f.id LIMIT :size"  # noqa: S608
        rows = await self._connection.execute(text(query), values | {"size": size})
        return [_follow_up_of(row) for row in rows]

    async def _note(self, follow_up_id: UUID, step: FollowUpStep) -> None:
        await self._connection.execute(_STEP, asdict(step) | {"follow_up_id": follow_up_id})


def _conditions(wanted: FollowUpFilter) -> tuple[list[str], dict[str, Any]]:
    clauses = {
        "state": "f.state = :state",
        "kind": "f.kind = :kind",
        "department": "f.owner_department = :department",
        "opener": "f.opener = :opener",
        "entity_id": "f.entity_id = :entity_id",
        "result_id": "f.result_id = :result_id",
        "words": "(strpos(f.entity_name, :words) > 0 OR starts_with(f.uscc, :words))",
        "due_from": "f.due_on >= :due_from",
        "due_until": "f.due_on <= :due_until",
        "due_before": "f.due_on < :due_before",
    }
    values = {name: value for name, value in asdict(wanted).items() if value is not None}
    return ["true", *(clauses[name] for name in values)], values


def _follow_up_of(row: Row[Any]) -> FollowUp:
    return FollowUp(**row._mapping)
