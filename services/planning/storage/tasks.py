"""Where tasks are kept, with their departments and history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.filters import TaskFilter
from services.planning.domain.openings import NamesOpen, Opening
from services.planning.domain.plan_content import LibraryVersion
from services.planning.domain.tasks import Lifecycle, Task, TaskDepartment
from services.planning.domain.windows import Window
from services.planning.storage.columns import from_array, maybe_from_array, to_array, to_rows
from services.planning.storage.item_lists import Step
from shared.runtime.problems import VersionChanged

_COLUMNS = (
    "t.id, t.district, t.task_no, t.title, t.plan_id, t.plan_no, t.plan_version, t.plan_revision, t.owner_department,"
    " t.library_id, t.library_version, t.ratios, t.visit_caps, t.window_start, t.window_end, t.method, t.lifecycle,"
    " t.row_version, t.created_at, t.issued_at, t.cancelled_at, t.cancel_reason,"
    " t.names_open, t.names_open_basis, t.batches"
)
_GET = f"SELECT {_COLUMNS} FROM tasks t WHERE t.id = :id"  # noqa: S608 - constants only
_PAGE = text(
    f"SELECT {_COLUMNS} FROM tasks t"  # noqa: S608
    " JOIN task_progress p ON p.district = t.district AND p.task_id = t.id"
    " WHERE (CAST(:plan_id AS uuid) IS NULL OR t.plan_id = :plan_id)"
    " AND (CAST(:department AS text) IS NULL OR t.owner_department = :department OR :department = ANY (t.participants))"
    " AND (CAST(:stage AS text) IS NULL OR p.stage = :stage)"
    " AND (CAST(:before AS uuid) IS NULL OR t.id < :before) ORDER BY t.id DESC LIMIT :size"
)
_PARTS = text(
    "SELECT task_id, department, item_ids, officers, officer_tags, experts FROM task_departments"
    " WHERE task_id = ANY (CAST(:ids AS uuid[])) ORDER BY task_id, place"
)
_HISTORY = (
    "history AS (INSERT INTO tasks_history (district, task_id, row_version, act, lifecycle, remark, actor, acted_at)"
    " VALUES (:district, :id, :row_version, :act, :lifecycle, :cancel_reason, :actor, :at))"
)
_KEEP = text(f"WITH {_HISTORY} SELECT 1")
_ADD = text(
    "INSERT INTO tasks (id, district, task_no, title, plan_id, plan_no, plan_version, plan_revision, owner_department,"
    " participants, library_id, library_version, ratios, visit_caps, window_start, window_end, method, lifecycle,"
    " row_version, created_at, issued_at, cancelled_at, cancel_reason, names_open, names_open_basis, batches)"
    " VALUES (:id, :district, :task_no, :title, :plan_id, :plan_no, :plan_version, :plan_revision, :initiator,"
    " CAST(:participants AS text[]), :library_id, :library_version, CAST(:ratios AS integer[]),"
    " CAST(:visit_caps AS integer[]), :window_start, :window_end, :method, :lifecycle, :row_version, :created_at,"
    " :issued_at, :cancelled_at, :cancel_reason, :names_open, :names_open_basis, :batches)"
)
_ADD_PARTS = text(
    "INSERT INTO task_departments (district, task_id, place, department, item_ids, officers, officer_tags, experts)"
    " SELECT :district, :id, d.place, d.department, d.item_ids, d.officers, d.officer_tags, d.experts"
    " FROM jsonb_to_recordset(CAST(:parts AS jsonb)) AS d (place integer, department text, item_ids uuid[],"
    " officers integer, officer_tags text[], experts integer)"
)
_SAVE = text(
    f"WITH {_HISTORY} UPDATE tasks SET plan_version = :plan_version, plan_revision = :plan_revision,"  # noqa: S608
    " visit_caps = CAST(:visit_caps AS integer[]), library_id = :library_id, library_version = :library_version,"
    " window_start = :window_start, window_end = :window_end, method = :method, lifecycle = :lifecycle,"
    " names_open = :names_open, names_open_basis = :names_open_basis,"
    " row_version = :row_version, issued_at = :issued_at, cancelled_at = :cancelled_at,"
    " cancel_reason = :cancel_reason WHERE id = :id AND row_version = :row_version - 1"
)
_OPEN = text(
    "SELECT count(*) FROM tasks t JOIN task_progress p ON p.district = t.district AND p.task_id = t.id"
    " WHERE t.plan_id = :plan_id AND p.stage NOT IN ('draft', 'completed', 'cancelled')"
)


class TaskStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, task_id: UUID, *, for_update: bool = False) -> Task | None:
        lock = " FOR UPDATE" if for_update else ""
        rows = (await self._connection.execute(text(_GET + lock), {"id": task_id})).all()
        found = await self._with_parts(rows)
        return found[0] if found else None

    async def page(self, wanted: TaskFilter, size: int, before: UUID | None) -> Sequence[Task]:
        """At most `size` tasks, newest first, those older than `before`."""
        values = {"plan_id": wanted.plan_id, "department": wanted.department, "stage": wanted.stage}
        rows = await self._connection.execute(_PAGE, values | {"size": size, "before": before})
        return await self._with_parts(rows.all())

    async def count_open(self, plan_id: UUID) -> int:
        """Tasks of the plan that were issued and are neither completed nor cancelled."""
        return int((await self._connection.execute(_OPEN, {"plan_id": plan_id})).scalar_one())

    async def _with_parts(self, rows: Sequence[Row[Any]]) -> list[Task]:
        parts: dict[UUID, list[TaskDepartment]] = {}
        for row in await self._connection.execute(_PARTS, {"ids": [row.id for row in rows]}):
            part = TaskDepartment(
                row.department, tuple(row.item_ids), row.officers, tuple(row.officer_tags), row.experts
            )
            parts.setdefault(row.task_id, []).append(part)
        return [_task(row, parts) for row in rows]

    async def add(self, task: Task, actor: str, at: datetime) -> None:
        values = _values(task)
        await self._connection.execute(_ADD, values)
        parts = [asdict(part) | {"place": place} for place, part in enumerate(task.departments, start=1)]
        key = {"district": task.district, "id": task.id}
        await self._connection.execute(_ADD_PARTS, key | {"parts": to_rows(parts)})
        await self._connection.execute(_KEEP, values | {"act": "planned", "actor": actor, "at": at})

    async def save(self, task: Task, step: Step) -> None:
        """Raises VersionChanged if another saved meanwhile."""
        values = _values(task) | {"act": step.act, "actor": step.actor, "at": step.at}
        saved = await self._connection.execute(_SAVE, values)
        if saved.rowcount != 1:
            raise VersionChanged


def _values(task: Task) -> dict[str, object]:
    return {
        "id": task.id,
        "district": task.district,
        "task_no": task.task_no,
        "title": task.title,
        "plan_id": task.plan_id,
        "plan_no": task.plan_no,
        "plan_version": task.plan_version,
        "plan_revision": task.plan_revision,
        "initiator": task.initiator,
        "participants": list(task.participants),
        "library_id": task.library.id,
        "library_version": task.library.version,
        "ratios": to_array(task.ratios),
        "visit_caps": to_array(task.visit_caps),
        "window_start": task.window.start,
        "window_end": task.window.end,
        "method": task.method,
        "lifecycle": task.lifecycle.value,
        "row_version": task.row_version,
        "created_at": task.created_at,
        "issued_at": task.issued_at,
        "cancelled_at": task.cancelled_at,
        "cancel_reason": task.cancel_reason,
        "names_open": task.opening.when.value,
        "names_open_basis": task.opening.basis,
        "batches": task.batches,
    }


def _task(row: Row[Any], parts: Mapping[UUID, Sequence[TaskDepartment]]) -> Task:
    return Task(
        id=row.id,
        district=row.district,
        task_no=row.task_no,
        title=row.title,
        plan_id=row.plan_id,
        plan_no=row.plan_no,
        plan_version=row.plan_version,
        plan_revision=row.plan_revision,
        initiator=row.owner_department,
        departments=tuple(parts.get(row.id, ())),
        library=LibraryVersion(row.library_id, row.library_version),
        ratios=from_array(row.ratios),
        visit_caps=maybe_from_array(row.visit_caps),
        window=Window(row.window_start, row.window_end),
        method=row.method,
        lifecycle=Lifecycle(row.lifecycle),
        row_version=row.row_version,
        created_at=row.created_at,
        issued_at=row.issued_at,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        opening=Opening(NamesOpen(row.names_open), row.names_open_basis),
        batches=row.batches,
    )
