"""Where the progress of tasks is kept: counted anew from the replicas whenever one moved, never set by hand (W14)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.progress import Progress, TaskFacts, TaskStage, stage_of
from services.planning.domain.tasks import Lifecycle
from services.planning.storage.columns import to_rows

# The lock comes before the count, in a statement of its own: the lanes of draw and results move the same tasks, and a
# count taken before the other lane's commit would overwrite what that lane counted.
_LOCK = text("SELECT id FROM tasks WHERE id = ANY (CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE")
_COUNT = text(
    "WITH draws AS (SELECT task_id, count(*) AS committed, count(completed_at) AS drawn,"
    " coalesce(sum(visits) FILTER (WHERE completed_at IS NOT NULL), 0) AS expected FROM replica_draws"
    " WHERE task_id = ANY (CAST(:ids AS uuid[])) AND voided_at IS NULL GROUP BY task_id),"
    " standing AS (SELECT v.* FROM replica_visits v"
    " LEFT JOIN replica_draws d ON d.district = v.district AND d.draw_id = v.draw_id"
    " WHERE v.task_id = ANY (CAST(:ids AS uuid[])) AND d.voided_at IS NULL),"
    " visits AS (SELECT task_id, count(*) AS heard, count(substituted_at) AS substituted,"
    " count(substitute_visit_id) AS substitutes FROM standing GROUP BY task_id),"
    " reported AS (SELECT visit_id, department, bool_or(state = 'public') AS is_public,"
    " bool_or(state IN ('exempted', 'excused')) AS is_settled"
    " FROM replica_results WHERE task_id = ANY (CAST(:ids AS uuid[])) AND state <> 'reopened'"
    " GROUP BY visit_id, department),"
    " parts AS (SELECT s.task_id, count(*) AS due, count(r.visit_id) AS recorded,"
    " count(*) FILTER (WHERE r.is_public) AS published,"
    " count(*) FILTER (WHERE r.is_settled AND NOT r.is_public) AS settled"
    " FROM standing s CROSS JOIN unnest(s.participants) AS p (department)"
    " LEFT JOIN reported r ON r.visit_id = s.visit_id AND r.department = p.department"
    " WHERE s.substituted_at IS NULL GROUP BY s.task_id)"
    " SELECT t.id, t.district, t.lifecycle, coalesce(d.committed, 0) > 0 AS is_committed,"
    " coalesce(d.drawn, 0) > 0 AS is_drawn, coalesce(d.expected, 0) + coalesce(v.substitutes, 0) AS visits_expected,"
    " coalesce(v.heard, 0) AS visits_heard, coalesce(v.substituted, 0) AS visits_substituted,"
    " coalesce(p.due, 0) AS parts_due, coalesce(p.recorded, 0) AS parts_recorded,"
    " coalesce(p.published, 0) AS parts_published, coalesce(p.settled, 0) AS parts_settled"
    " FROM tasks t LEFT JOIN draws d ON d.task_id = t.id LEFT JOIN visits v ON v.task_id = t.id"
    " LEFT JOIN parts p ON p.task_id = t.id WHERE t.id = ANY (CAST(:ids AS uuid[]))"
)
_COLUMNS = (
    "is_committed, is_drawn, visits_expected, visits_heard, visits_substituted, parts_due, parts_recorded,"
    " parts_published, parts_settled"
)
_SAVE = text(
    f"INSERT INTO task_progress (district, task_id, stage, derived_at, {_COLUMNS})"  # noqa: S608 - constants only
    f" SELECT p.district, p.task_id, p.stage, :at, {_COLUMNS} FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    " AS p (district text, task_id uuid, stage text, is_committed boolean, is_drawn boolean, visits_expected integer,"
    " visits_heard integer, visits_substituted integer, parts_due integer, parts_recorded integer,"
    " parts_published integer, parts_settled integer)"
    f" ON CONFLICT (district, task_id) DO UPDATE SET (stage, derived_at, {_COLUMNS}) ="
    " ROW (excluded.stage, excluded.derived_at, excluded.is_committed, excluded.is_drawn, excluded.visits_expected,"
    " excluded.visits_heard, excluded.visits_substituted, excluded.parts_due, excluded.parts_recorded,"
    " excluded.parts_published, excluded.parts_settled)"
)
_READ = text(
    f"SELECT p.task_id, t.lifecycle, p.stage, {_COLUMNS} FROM task_progress p"  # noqa: S608
    " JOIN tasks t ON t.district = p.district AND t.id = p.task_id WHERE p.task_id = ANY (CAST(:ids AS uuid[]))"
)
_COUNTED = tuple(_COLUMNS.replace(",", "").split())


class ProgressStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def derive(self, task_ids: Collection[UUID], at: datetime) -> None:
        """Counts the tasks anew, in three statements however many they are. Tasks that are not ours are left alone."""
        ids = {"ids": sorted(task_ids)}
        await self._connection.execute(_LOCK, ids)
        rows = [_row(row) for row in await self._connection.execute(_COUNT, ids)]
        if rows:
            await self._connection.execute(_SAVE, {"rows": to_rows(rows), "at": at})

    async def of(self, task_ids: Sequence[UUID]) -> Mapping[UUID, Progress]:
        found = await self._connection.execute(_READ, {"ids": list(task_ids)})
        return {row.task_id: Progress(TaskStage(row.stage), _facts(row)) for row in found}


def _row(row: Row[Any]) -> dict[str, object]:
    facts = _facts(row)
    counted = asdict(facts)
    del counted["lifecycle"]
    return {"district": row.district, "task_id": row.id, "stage": stage_of(facts).value} | counted


def _facts(row: Row[Any]) -> TaskFacts:
    counted = {name: getattr(row, name) for name in _COUNTED}
    return TaskFacts(Lifecycle(row.lifecycle), **counted)
