"""Visits and the seats of their teams."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.visit_plan import PlannedVisit, Seat, VisitState

_ADD: Final = text(
    "INSERT INTO visits (id, district, owner_department, participants, draw_id, task_id, entity_id, object_token,"
    " batch, state, window_start, window_end, assigned_at)"
    " SELECT v.id, current_setting('ssj.district'), :owner, CAST(:participants AS text[]), v.draw_id, v.task_id,"
    "  v.entity_id, decode(v.object_token, 'hex'), v.batch, v.state, v.window_start, v.window_end, :at"
    " FROM jsonb_to_recordset(CAST(:visits AS jsonb)) AS v (id uuid, draw_id uuid, task_id uuid, entity_id uuid,"
    "  object_token text, batch integer, state text, window_start date, window_end date)"
)
_SEAT: Final = text(
    "INSERT INTO assignments (district, owner_department, participants, visit_id, department, idx, is_expert, tags,"
    " inspector_id, assigned_at)"
    " SELECT current_setting('ssj.district'), :owner, CAST(:participants AS text[]), s.visit_id, s.department, s.idx,"
    "  s.is_expert, s.tags, s.inspector_id, :at"
    " FROM jsonb_to_recordset(CAST(:seats AS jsonb)) AS s (visit_id uuid, department text, idx integer,"
    "  is_expert boolean, tags text[], inspector_id uuid)"
    " ON CONFLICT (district, visit_id, department, idx) DO NOTHING"
)
_COLUMNS: Final = (
    "v.id, v.draw_id, v.task_id, v.entity_id, v.object_token, v.batch, v.window_start, v.window_end, v.state,"
    " v.version, CAST(v.assigned_at AT TIME ZONE 'Asia/Shanghai' AS date) AS assigned_on"
)
_SAVE: Final = text(
    "UPDATE visits SET state = v.state, version = v.version"
    " FROM jsonb_to_recordset(CAST(:visits AS jsonb)) AS v (id uuid, state text, version integer)"
    " WHERE visits.id = v.id AND visits.version = v.version - 1"
)
_RESEAT: Final = text(
    "UPDATE assignments SET inspector_id = s.inspector_id, assigned_at = :at"
    " FROM jsonb_to_recordset(CAST(:seats AS jsonb)) AS s (visit_id uuid, department text, idx integer,"
    "  inspector_id uuid)"
    " WHERE assignments.visit_id = s.visit_id AND assignments.department = s.department AND assignments.idx = s.idx"
    "  AND assignments.inspector_id IS DISTINCT FROM s.inspector_id"
)
_FIND: Final = text(f"SELECT {_COLUMNS} FROM visits v WHERE v.id = :id")  # noqa: S608 - constants only
_SEATS: Final = text(
    "SELECT visit_id, department, idx, is_expert, tags, inspector_id,"
    " CAST(assigned_at AT TIME ZONE 'Asia/Shanghai' AS date) AS seated_on FROM assignments"
    ' WHERE visit_id = ANY (CAST(:ids AS uuid[])) ORDER BY visit_id, department COLLATE "C", idx'
)
_VOID: Final = text(
    "UPDATE visits SET state = 'voided', version = version + 1 WHERE draw_id = :draw_id AND state = 'assigned'"
)
_EXTEND: Final = text(
    "UPDATE visits SET window_start = CAST(t.body ->> 'window_start' AS date),"
    " window_end = CAST(t.body ->> 'window_end' AS date) FROM replica_tasks t"
    " WHERE t.district = visits.district AND t.id = visits.task_id AND visits.state = 'assigned'"
    "  AND t.id = ANY (CAST(:task_ids AS uuid[]))"
)
_LOADS: Final = text(
    "SELECT a.inspector_id, count(*) AS n FROM assignments a"
    " JOIN visits v ON v.district = a.district AND v.id = a.visit_id"
    " WHERE a.inspector_id IS NOT NULL AND a.assigned_at >= :since AND v.state = 'assigned' GROUP BY a.inspector_id"
)


class VersionRaced(RuntimeError):
    """A visit was saved over a version that is not the next: the draw's lock was not held."""


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """None does not filter."""

    draw_id: UUID | None = None
    task_id: UUID | None = None
    department: str | None = None
    inspector_id: UUID | None = None
    state: str | None = None


class VisitStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, visits: Sequence[PlannedVisit], owner: str, participants: Sequence[str], at: datetime) -> None:
        """Two statements for any number of visits."""
        rows, seats = await asyncio.to_thread(_as_json, visits)
        shared: dict[str, Any] = {"owner": owner, "participants": list(participants), "at": at}
        await self._connection.execute(_ADD, shared | {"visits": rows})
        await self._connection.execute(_SEAT, shared | {"seats": seats})

    async def save(self, visits: Sequence[PlannedVisit], owner: str, participants: Sequence[str], at: datetime) -> None:
        """New versions of visits that are there: their states, and who holds their seats. Raises VersionRaced."""
        if not visits:
            return
        rows, seats = await asyncio.to_thread(_as_json, visits)
        shared: dict[str, Any] = {"owner": owner, "participants": list(participants), "at": at}
        done = await self._connection.execute(_SAVE, {"visits": rows})
        if done.rowcount != len(visits):
            raise VersionRaced(str([visit.id for visit in visits][:3]))
        await self._connection.execute(_RESEAT, {"seats": seats, "at": at})
        await self._connection.execute(_SEAT, shared | {"seats": seats})

    async def of_draw(self, draw_id: UUID) -> list[PlannedVisit]:
        """All visits of a draw, whatever became of them, by id."""
        query = text(f"SELECT {_COLUMNS} FROM visits v WHERE v.draw_id = :draw_id ORDER BY v.id")  # noqa: S608
        rows = (await self._connection.execute(query, {"draw_id": draw_id})).all()
        seats = await self._seats([row.id for row in rows])
        return [_visit(row, seats.get(row.id, [])) for row in rows]

    async def find(self, visit_id: UUID) -> PlannedVisit | None:
        row = (await self._connection.execute(_FIND, {"id": visit_id})).one_or_none()
        if row is None:
            return None
        return _visit(row, (await self._seats([visit_id])).get(visit_id, []))

    async def page(self, wanted: VisitFilter, size: int, after: UUID | None) -> list[PlannedVisit]:
        """At most `size` visits by id, which is the order of their assignment."""
        where, values = _conditions(wanted)
        if after is not None:
            where.append("v.id > :after")
            values["after"] = after
        query = f"SELECT {_COLUMNS} FROM visits v WHERE {' AND '.join(where)} ORDER BY v.id LIMIT :size"  # noqa: S608
        rows = (await self._connection.execute(text(query), values | {"size": size})).all()
        seats = await self._seats([row.id for row in rows])
        return [_visit(row, seats.get(row.id, [])) for row in rows]

    async def _seats(self, ids: Sequence[UUID]) -> dict[UUID, list[Seat]]:
        found: dict[UUID, list[Seat]] = {}
        for row in await self._connection.execute(_SEATS, {"ids": list(ids)}):
            tags = tuple(row.tags)
            seat = Seat(row.department, row.idx, row.is_expert, tags, row.inspector_id, row.seated_on)
            found.setdefault(row.visit_id, []).append(seat)
        return found

    async def void(self, draw_id: UUID) -> None:
        await self._connection.execute(_VOID, {"draw_id": draw_id})

    async def extend(self, task_ids: Sequence[UUID]) -> None:
        """Visits that stand get the window their task has now. Results hears of it from planning as we do."""
        await self._connection.execute(_EXTEND, {"task_ids": list(task_ids)})

    async def loads_since(self, since: datetime) -> dict[UUID, int]:
        """Inspector → seats held in visits assigned since then."""
        rows = await self._connection.execute(_LOADS, {"since": since})
        return {row.inspector_id: row.n for row in rows}


def _as_json(visits: Sequence[PlannedVisit]) -> tuple[str, str]:
    """Visits and their seats as the statements read them; tens of thousands take a while."""
    rows = [_visit_row(visit) for visit in visits]
    seats = [_seat_row(visit, seat) for visit in visits for seat in visit.seats]
    # The driver's ids are a class of their own, which orjson does not know.
    return orjson.dumps(rows, default=str).decode(), orjson.dumps(seats, default=str).decode()


def first_of_year(on: date) -> datetime:
    """The first moment of the year of `on`, in Beijing time."""
    return datetime.fromisoformat(f"{on.year}-01-01T00:00:00+08:00")


def _visit_row(visit: PlannedVisit) -> dict[str, Any]:
    row = {name: getattr(visit, name) for name in PlannedVisit.__slots__ if name != "seats"}
    return row | {"object_token": visit.object_token.hex()}


def _seat_row(visit: PlannedVisit, seat: Seat) -> dict[str, Any]:
    return {"visit_id": visit.id} | {name: getattr(seat, name) for name in Seat.__slots__}


def _conditions(wanted: VisitFilter) -> tuple[list[str], dict[str, Any]]:
    clauses = {
        "draw_id": "v.draw_id = :draw_id",
        "task_id": "v.task_id = :task_id",
        "department": ":department = ANY (v.participants)",
        "inspector_id": "EXISTS (SELECT FROM assignments a WHERE a.district = v.district AND a.visit_id = v.id"
        " AND a.inspector_id = CAST(:inspector_id AS uuid))",
        "state": "v.state = :state",
    }
    values = {name: value for name, value in asdict(wanted).items() if value is not None}
    return ["true", *(clauses[name] for name in values)], values


def _visit(row: Row[Any], seats: Sequence[Seat]) -> PlannedVisit:
    got = dict(row._mapping)
    kept = {"state": VisitState(got["state"]), "object_token": bytes(got["object_token"]), "seats": tuple(seats)}
    return PlannedVisit(**got | kept)
