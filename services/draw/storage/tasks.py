"""Copies of planning's tasks. Written only while events are applied."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.drawing_plan import Task, TaskDepartment, TaskItem, VisitThreshold

_KEEP: Final = text(
    "INSERT INTO replica_tasks AS kept (id, district, owner_department, participants, task_no, body,"
    " aggregate_version, heard_at)"
    " SELECT t.id, current_setting('ssj.district'), t.owner_department, t.participants, t.task_no, t.body,"
    "  t.aggregate_version, :at"
    " FROM jsonb_to_recordset(CAST(:tasks AS jsonb)) AS t (id uuid, owner_department text, participants text[],"
    "  task_no text, body jsonb, aggregate_version integer)"
    " ON CONFLICT (district, id) DO UPDATE SET owner_department = excluded.owner_department,"
    "  participants = excluded.participants, task_no = excluded.task_no, body = excluded.body,"
    "  aggregate_version = excluded.aggregate_version"
    " WHERE excluded.aggregate_version > kept.aggregate_version"
)
_CANCEL: Final = text(
    "UPDATE replica_tasks SET state = 'cancelled', reason = t.reason"
    " FROM jsonb_to_recordset(CAST(:tasks AS jsonb)) AS t (id uuid, reason text)"
    " WHERE replica_tasks.id = t.id"
)
_EXTEND: Final = text(
    "UPDATE replica_tasks SET aggregate_version = t.aggregate_version, body = body || jsonb_build_object("
    "  'window_start', t.window_start, 'window_end', t.window_end)"
    " FROM jsonb_to_recordset(CAST(:tasks AS jsonb)) AS t (id uuid, window_start date, window_end date,"
    "  aggregate_version integer)"
    " WHERE replica_tasks.id = t.id AND t.aggregate_version > replica_tasks.aggregate_version RETURNING t.id"
)
_MANY: Final = text("SELECT body, state FROM replica_tasks WHERE id = ANY (CAST(:ids AS uuid[]))")
_FIND: Final = text("SELECT body, state FROM replica_tasks WHERE id = :id")
_PAGE: Final = text(
    "SELECT t.body, t.state, d.id AS draw_id FROM replica_tasks t LEFT JOIN draws d"
    " ON d.district = t.district AND d.task_id = t.id AND d.stage NOT IN ('WITHDRAWN', 'VOID')"
    " WHERE (CAST(:after AS uuid) IS NULL OR t.id > :after) ORDER BY t.id LIMIT :size"
)


@dataclass(frozen=True, slots=True)
class LongerWindow:
    """A task's window from the version on in which it was extended."""

    id: UUID
    window_start: date
    window_end: date
    aggregate_version: int


class TaskStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, tasks: Sequence[tuple[Task, int]], at: datetime) -> None:
        """Keeps tasks with the versions of their aggregates, the newest of each."""
        rows = [
            {
                "id": task.id,
                "owner_department": task.initiator,
                "participants": task.participants,
                "task_no": task.task_no,
                "body": task_json(task),
                "aggregate_version": version,
            }
            for task, version in tasks
        ]
        await self._connection.execute(_KEEP, {"tasks": orjson.dumps(rows).decode(), "at": at})

    async def cancel(self, gone: Sequence[tuple[UUID, str]]) -> None:
        rows = [{"id": task_id, "reason": reason} for task_id, reason in gone]
        await self._connection.execute(_CANCEL, {"tasks": orjson.dumps(rows).decode()})

    async def extend(self, longer: Sequence[LongerWindow]) -> list[UUID]:
        """Ids of the tasks whose window it changed."""
        rows = orjson.dumps([asdict(one) for one in longer]).decode()
        return list((await self._connection.execute(_EXTEND, {"tasks": rows})).scalars())

    async def many(self, ids: Collection[UUID]) -> dict[UUID, Task]:
        rows = await self._connection.execute(_MANY, {"ids": list(ids)})
        tasks = (task_of(row.body, row.state) for row in rows)
        return {task.id: task for task in tasks}

    async def find(self, task_id: UUID) -> Task | None:
        row = (await self._connection.execute(_FIND, {"id": task_id})).one_or_none()
        return None if row is None else task_of(row.body, row.state)

    async def page(self, size: int, after: UUID | None) -> list[tuple[Task, UUID | None]]:
        """At most `size` tasks in the order in which they were made, each with its live draw."""
        rows = await self._connection.execute(_PAGE, {"size": size, "after": after})
        return [(task_of(row.body, row.state), row.draw_id) for row in rows]


def task_json(task: Task) -> dict[str, Any]:
    body = asdict(task)
    del body["is_cancelled"]
    return body


def task_of(body: dict[str, Any], state: str) -> Task:
    parts = tuple(
        TaskDepartment(
            department=part["department"],
            item_ids=tuple(map(UUID, part["item_ids"])),
            officers=part["officers"],
            officer_tags=tuple(part["officer_tags"]),
            experts=part["experts"],
        )
        for part in body["departments"]
    )
    kept = {
        "departments": parts,
        "is_cancelled": state == "cancelled",
        "items": tuple(TaskItem(**item | {"item_id": UUID(item["item_id"])}) for item in body.get("items", ())),
        "visit_warnings": tuple(VisitThreshold(**one) for one in body.get("visit_warnings", ())),
        "quiet_days": tuple(map(date.fromisoformat, body.get("quiet_days", ()))),
    }
    ids = {name: UUID(body[name]) for name in ("id", "plan_id", "library_id")}
    days = {name: date.fromisoformat(body[name]) for name in ("window_start", "window_end")}
    return Task(**body | kept | ids | days)
