"""Where inspection records are kept: the head row, its history, and the public versions written with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.publication import PublicContent, PublicVersion
from services.results.domain.records import InspectionRecord
from services.results.domain.states import UNPUBLISHED, Act
from services.results.storage.public_contents import read_public_content
from services.results.storage.record_columns import MOVING, columns, moving_values, record_of
from shared.runtime.database import Driver
from shared.runtime.problems import VersionChanged

_COLUMNS: Final = columns("r")
# Publication is the platform's hot path, so what it sends goes by the driver, with numbered parameters (decision 0004).
_HISTORY: Final = (
    "history AS (INSERT INTO inspection_records_history"
    " (district, record_id, version, act, state, detail, actor, acted_at)"
    " VALUES (current_setting('ssj.district'), $1, $2, $3, $4, $5, $6, $7))"
)
_STEP: Final = 7
_SET: Final = ", ".join(f"{name} = ${_STEP + place}" for place, name in enumerate(MOVING, start=1))
_UPDATE: Final = f"UPDATE inspection_records SET {_SET} WHERE id = $1 AND version = $2 - 1"  # noqa: S608 - constants only
_FIRST_PUBLIC: Final = _STEP + len(MOVING) + 1
_PUBLIC: Final = (
    "public AS (INSERT INTO result_versions"  # noqa: S608
    " (district, record_id, version, kind, reason, body, digest, told_by, told_at, entity_id)"
    f" VALUES (current_setting('ssj.district'), $1, ${_FIRST_PUBLIC}, ${_FIRST_PUBLIC + 1}, ${_FIRST_PUBLIC + 2},"
    f" ${_FIRST_PUBLIC + 3}, ${_FIRST_PUBLIC + 4}, $6, $7, ${_FIRST_PUBLIC + 5}))"
)
_SAVE: Final = f"WITH {_HISTORY} {_UPDATE}"
_SAVE_PUBLIC: Final = f"WITH {_HISTORY}, {_PUBLIC} {_UPDATE}"
_GET: Final = f"SELECT {_COLUMNS} FROM inspection_records r WHERE r.id = :id"  # noqa: S608
_OF_VISIT: Final = (
    f"SELECT {_COLUMNS} FROM inspection_records r WHERE r.visit_id = :visit_id AND r.owner_department = :department"  # noqa: S608
)
_OF_VISITS: Final = text(
    f"SELECT {_COLUMNS} FROM inspection_records r WHERE r.visit_id = ANY (CAST(:visit_ids AS uuid[]))"  # noqa: S608
    " ORDER BY r.visit_id, r.owner_department"
)
_PUBLISHABLE: Final = (
    f"SELECT {_COLUMNS}, c.public_content FROM inspection_records r"  # noqa: S608
    " JOIN recordings c ON c.district = r.district AND c.record_id = r.id AND c.revision = r.revision"
    " WHERE r.id = $1 FOR UPDATE OF r"
)
_HISTORY_OF: Final = text(
    "SELECT version, act, state, detail, actor, acted_at FROM inspection_records_history"
    " WHERE record_id = :id ORDER BY version"
)
_DUE: Final = "coalesce(r.due_on, date '9999-12-31')"


@dataclass(frozen=True, slots=True)
class Step:
    """What led to a new version of a record, for its history."""

    act: Act
    actor: str
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    version: int
    act: str
    state: str
    detail: str
    actor: str
    acted_at: datetime


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What a list of results shows; None does not filter. `overdue_on` is the day on which to be overdue."""

    states: tuple[str, ...] | None = None
    department: str | None = None
    task_id: UUID | None = None
    inspector_id: UUID | None = None
    overdue_on: date | None = None


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """A record with the name it was recorded under; None where the content is not the caller's to read."""

    record: InspectionRecord
    entity_name: str | None
    uscc: str | None

    @property
    def sort_key(self) -> tuple[date, UUID]:
        return (self.record.due_on or date(9999, 12, 31), self.record.id)


class RecordStore:
    """Queries in domain words; district and department are the transaction's (row-level security)."""

    def __init__(self, connection: AsyncConnection, driver: Driver) -> None:
        self._connection = connection
        self._driver = driver

    async def find(self, record_id: UUID, *, for_update: bool = False) -> InspectionRecord | None:
        """A filled record; a mere duty is not a result yet and is not found here."""
        lock = " FOR UPDATE" if for_update else ""
        found = await self._connection.execute(text(f"{_GET} AND r.revision > 0{lock}"), {"id": record_id})
        row = found.one_or_none()
        return None if row is None else record_of(row._mapping)

    async def find_of_visit(
        self, visit_id: UUID, department: str, *, for_update: bool = False
    ) -> InspectionRecord | None:
        """The record a department keeps of its part of a visit, filled or not."""
        lock = " FOR UPDATE" if for_update else ""
        values = {"visit_id": visit_id, "department": department}
        row = (await self._connection.execute(text(_OF_VISIT + lock), values)).one_or_none()
        return None if row is None else record_of(row._mapping)

    async def find_publishable(self, record_id: UUID) -> tuple[InspectionRecord, PublicContent | None] | None:
        """The record, locked, with the public part of its newest revision: all that publication needs, at once."""
        row = await self._driver.fetchrow(_PUBLISHABLE, record_id)
        return None if row is None else (record_of(row), read_public_content(row["public_content"]))

    async def of_visits(self, visit_ids: Sequence[UUID]) -> list[InspectionRecord]:
        rows = await self._connection.execute(_OF_VISITS, {"visit_ids": list(visit_ids)})
        return [record_of(row._mapping) for row in rows]

    async def save(self, record: InspectionRecord, step: Step, public: PublicVersion | None = None) -> None:
        """Writes head, history and, if something became public, its version, in one statement.

        Raises VersionChanged if the row moved on since it was read.
        """
        values = [record.id, record.version, step.act.value, record.state.value, step.detail, step.actor, step.at]
        values += moving_values(record)
        if public is None:
            saved = await self._driver.execute(_SAVE, *values)
        else:
            told = (public.version, public.kind.value, public.reason, public.body, public.digest)
            entity_id = record.assignment.entity_id
            saved = await self._driver.execute(_SAVE_PUBLIC, *values, *told, entity_id)
        if saved != "UPDATE 1":
            raise VersionChanged

    async def history(self, record_id: UUID) -> list[HistoryEntry]:
        rows = await self._connection.execute(_HISTORY_OF, {"id": record_id})
        return [HistoryEntry(*row) for row in rows]

    async def page(self, wanted: RecordFilter, size: int, after: tuple[date, UUID] | None) -> list[ListedRecord]:
        """At most `size` filled records by (due day, id): the most urgent first."""
        where, values = _conditions(wanted)
        if after is not None:
            where.append(f"({_DUE}, r.id) > (:after_due, :after_id)")
            values |= {"after_due": after[0], "after_id": after[1]}
        query = (
            f"SELECT {_COLUMNS}, c.entity_name, c.entity_uscc FROM inspection_records r"  # noqa: S608
            " LEFT JOIN recordings c ON c.district = r.district AND c.record_id = r.id AND c.revision = r.revision"
            f" WHERE {' AND '.join(where)} ORDER BY {_DUE}, r.id LIMIT :size"
        )
        rows = await self._connection.execute(text(query), values | {"size": size})
        return [ListedRecord(record_of(row._mapping), row.entity_name, row.entity_uscc) for row in rows]


def _conditions(wanted: RecordFilter) -> tuple[list[str], dict[str, Any]]:
    clauses = {
        "states": "r.state = ANY (CAST(:states AS text[]))",
        "department": "r.owner_department = :department",
        "task_id": "r.task_id = :task_id",
        "inspector_id": "r.inspector_ids @> ARRAY[CAST(:inspector_id AS uuid)]",
        "overdue_on": "r.due_on < :overdue_on AND r.state = ANY (CAST(:unpublished AS text[]))",
    }
    given = {name: value for name, value in asdict(wanted).items() if value is not None}
    values: dict[str, Any] = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    if wanted.overdue_on is not None:
        values["unpublished"] = [state.value for state in UNPUBLISHED]
    return ["r.revision > 0", *(clauses[name] for name in given)], values
