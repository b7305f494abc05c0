"""Copies of draw's visits, and the records that departments owe for them. Written only while events are applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.visits import AssignedVisit, CallOff, Extension, Visit, VisitState
from shared.values.ids import new_id

_COLUMNS: Final = (
    "v.id, v.draw_id, v.task_id, v.task_no, v.plan_id, v.entity_id, v.owner_department AS initiator, v.participants,"
    " v.window_start, v.window_end, v.state, v.reason, v.substitute_visit_id, v.aggregate_version, v.origin, v.lead_id,"
    " v.reinspects_id, v.basis"
)
# A visit told again replaces what is known only if draw says it later; a task cancelled before we heard of its visits
# (planning's lane runs apart from draw's) calls them off as they come.
_TAKE_UP: Final = text(
    "INSERT INTO replica_visits (id, district, owner_department, participants, draw_id, task_id, task_no, plan_id,"
    " entity_id, window_start, window_end, state, reason, aggregate_version)"
    " SELECT v.id, current_setting('ssj.district'), v.initiator, v.participants, v.draw_id, v.task_id, v.task_no,"
    "  v.plan_id, v.entity_id, least(v.window_start, t.window_start), greatest(v.window_end, t.window_end),"
    "  coalesce(t.state, 'assigned'), coalesce(t.reason, ''),"
    "  v.aggregate_version"
    " FROM jsonb_to_recordset(CAST(:visits AS jsonb)) AS v (id uuid, initiator text, participants text[],"
    "  draw_id uuid, task_id uuid, task_no text, plan_id uuid, entity_id uuid, window_start date, window_end date,"
    "  aggregate_version integer)"
    " LEFT JOIN replica_tasks t ON t.district = current_setting('ssj.district') AND t.id = v.task_id"
    " ON CONFLICT (district, id) DO UPDATE SET participants = excluded.participants,"
    "  window_start = excluded.window_start, window_end = excluded.window_end,"
    "  aggregate_version = excluded.aggregate_version"
    " WHERE excluded.aggregate_version > replica_visits.aggregate_version"
)
# A team told again is taken over while nothing is recorded; afterwards the record says who did inspect.
_OWE: Final = text(
    "INSERT INTO inspection_records (id, district, owner_department, participants, visit_id, task_id, task_no, plan_id,"
    " entity_id, inspector_ids, item_ids, window_start, window_end, state, version, revision)"
    " SELECT o.id, current_setting('ssj.district'), o.department, v.participants, v.id, v.task_id, v.task_no,"
    "  v.plan_id, v.entity_id, o.inspector_ids, o.item_ids, v.window_start, v.window_end,"
    "  CASE v.state WHEN 'assigned' THEN 'assigned' ELSE 'called_off' END, 1, 0"
    " FROM jsonb_to_recordset(CAST(:owed AS jsonb)) AS o (id uuid, visit_id uuid, department text,"
    "  inspector_ids uuid[], item_ids uuid[], aggregate_version integer)"
    " JOIN replica_visits v ON v.district = current_setting('ssj.district') AND v.id = o.visit_id"
    "  AND v.aggregate_version = o.aggregate_version"
    " ON CONFLICT (district, visit_id, owner_department) DO UPDATE SET participants = excluded.participants,"
    "  inspector_ids = excluded.inspector_ids, item_ids = excluded.item_ids, window_start = excluded.window_start,"
    "  window_end = excluded.window_end, version = inspection_records.version + 1"
    " WHERE inspection_records.state = 'assigned'"
    " RETURNING id"
)
_HISTORY: Final = text(
    "INSERT INTO inspection_records_history (district, record_id, version, act, state, detail, actor, acted_at)"
    " SELECT district, id, version, 'assign', state, '', :actor, :at FROM inspection_records"
    " WHERE id = ANY (CAST(:ids AS uuid[])) ON CONFLICT DO NOTHING"
)
# Only what nobody has begun is called off: an inspection that took place stays on record whatever became of its draw.
_CALL_OFF: Final = text(
    "WITH gone AS (SELECT * FROM jsonb_to_recordset(CAST(:gone AS jsonb)) AS g (visit_id uuid, draw_id uuid,"
    "  task_id uuid, state text, reason text, substitute_visit_id uuid)),"
    " visits AS (UPDATE replica_visits v SET state = g.state, reason = g.reason,"
    "  substitute_visit_id = coalesce(g.substitute_visit_id, v.substitute_visit_id) FROM gone g"
    "  WHERE (v.id = g.visit_id OR v.draw_id = g.draw_id OR v.task_id = g.task_id) AND v.state = 'assigned'"
    "  RETURNING v.id, g.reason),"
    " records AS (UPDATE inspection_records r SET state = 'called_off', version = r.version + 1 FROM visits v"
    "  WHERE r.visit_id = v.id AND r.state = 'assigned' RETURNING r.id, r.version, v.reason)"
    " INSERT INTO inspection_records_history (district, record_id, version, act, state, detail, actor, acted_at)"
    " SELECT current_setting('ssj.district'), id, version, 'call_off', 'called_off', reason, :actor, :at FROM records"
)
_REMEMBER_TASKS: Final = text(
    "INSERT INTO replica_tasks (id, district, state, reason)"
    " SELECT id, current_setting('ssj.district'), 'cancelled', reason"
    " FROM jsonb_to_recordset(CAST(:tasks AS jsonb)) AS t (id uuid, reason text)"
    " ON CONFLICT (district, id) DO UPDATE SET state = excluded.state, reason = excluded.reason"
)
# An extended task is remembered for visits that are heard of later; a cancelled one stays cancelled.
_REMEMBER_WINDOWS: Final = text(
    "INSERT INTO replica_tasks (id, district, state, reason, window_start, window_end)"
    " SELECT task_id, current_setting('ssj.district'), 'assigned', '', window_start, window_end"
    " FROM jsonb_to_recordset(CAST(:longer AS jsonb)) AS l (task_id uuid, window_start date, window_end date)"
    " ON CONFLICT (district, id) DO UPDATE SET window_start = excluded.window_start, window_end = excluded.window_end"
)
_EXTEND: Final = text(
    "WITH visits AS (UPDATE replica_visits v SET window_start = least(v.window_start, l.window_start),"
    "  window_end = greatest(v.window_end, l.window_end)"
    "  FROM jsonb_to_recordset(CAST(:longer AS jsonb)) AS l (task_id uuid, window_start date, window_end date)"
    "  WHERE v.task_id = l.task_id RETURNING v.district, v.id, v.window_start, v.window_end)"
    " UPDATE inspection_records r SET window_start = v.window_start, window_end = v.window_end FROM visits v"
    " WHERE r.district = v.district AND r.visit_id = v.id"
)


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """What a list of visits shows; None does not filter. `overdue_on`: the window ended before, a record is missing.
    `code_state`: `missing`, `unopened` or `opened` (B3)."""

    department: str | None = None
    task_id: UUID | None = None
    inspector_id: UUID | None = None
    state: str | None = None
    overdue_on: date | None = None
    code_state: str | None = None
    origin: str | None = None


class VisitStore:
    """The district is the transaction's own, also while a worker goes from one to the next."""

    def __init__(self, connection: AsyncConnection, actor: str) -> None:
        self._connection = connection
        self._actor = actor

    async def take_up(self, assigned: Sequence[AssignedVisit], at: datetime) -> None:
        """Keeps the visits and what each department owes for them. Three statements for any number."""
        visits = [asdict(one.visit) for one in assigned]
        owed = [
            asdict(team) | {"id": new_id(), "visit_id": one.visit.id, "aggregate_version": one.visit.aggregate_version}
            for one in assigned
            for team in one.teams
        ]
        await self._connection.execute(_TAKE_UP, {"visits": orjson.dumps(visits).decode()})
        kept = await self._connection.execute(_OWE, {"owed": orjson.dumps(owed).decode()})
        ids = list(kept.scalars())
        await self._connection.execute(_HISTORY, {"ids": ids, "actor": self._actor, "at": at})

    async def call_off(self, gone: Sequence[CallOff], at: datetime) -> None:
        values = {"gone": orjson.dumps([asdict(one) for one in gone]).decode()}
        await self._connection.execute(_CALL_OFF, values | {"actor": self._actor, "at": at})

    async def remember_cancelled(self, gone: Sequence[CallOff]) -> None:
        """So that visits of a cancelled task are known as such even if they are heard of later."""
        tasks = [{"id": one.task_id, "reason": one.reason} for one in gone]
        await self._connection.execute(_REMEMBER_TASKS, {"tasks": orjson.dumps(tasks).decode()})

    async def extend(self, longer: Sequence[Extension]) -> None:
        """Longer windows of tasks, for the visits known and for those to come."""
        values = {"longer": orjson.dumps([asdict(one) for one in longer]).decode()}
        await self._connection.execute(_REMEMBER_WINDOWS, values)
        await self._connection.execute(_EXTEND, values)

    async def find(self, visit_id: UUID) -> Visit | None:
        query = text(f"SELECT {_COLUMNS} FROM replica_visits v WHERE v.id = :id")  # noqa: S608 - constants only
        row = (await self._connection.execute(query, {"id": visit_id})).one_or_none()
        return None if row is None else _visit_of(row)

    async def page(self, wanted: VisitFilter, size: int, after: UUID | None) -> list[Visit]:
        """At most `size` visits by id, which is the order of their assignment."""
        where, values = _conditions(wanted)
        if after is not None:
            where.append("v.id > :after")
            values["after"] = after
        query = f"SELECT {_COLUMNS} FROM replica_visits v WHERE {' AND '.join(where)} ORDER BY v.id LIMIT :size"  # noqa: S608
        rows = await self._connection.execute(text(query), values | {"size": size})
        return [_visit_of(row) for row in rows]


def _conditions(wanted: VisitFilter) -> tuple[list[str], dict[str, Any]]:
    record = "EXISTS (SELECT FROM inspection_records r WHERE r.district = v.district AND r.visit_id = v.id AND "
    clauses = {
        "department": ":department = ANY (v.participants)",
        "task_id": "v.task_id = :task_id",
        "inspector_id": record + "r.inspector_ids @> ARRAY[CAST(:inspector_id AS uuid)])",
        "state": "v.state = :state",
        "code_state": "coalesce((SELECT CASE WHEN c.first_opened_at IS NULL THEN 'unopened' ELSE 'opened' END"
        " FROM visit_codes c WHERE c.district = v.district AND c.visit_id = v.id), 'missing') = :code_state",
        "origin": "v.origin = :origin",
        "overdue_on": "v.window_end < :overdue_on AND " + record + "r.state = 'assigned')",
    }
    values = {name: value for name, value in asdict(wanted).items() if value is not None}
    return ["true", *(clauses[name] for name in values)], values


def _visit_of(row: Row[Any]) -> Visit:
    got = dict(row._mapping)
    return Visit(**got | {"participants": tuple(got["participants"]), "state": VisitState(got["state"])})
