"""Seats (检查组席位) across visits: who holds one that is still to be served, who has accepted his."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.fitness import HeldSeat

_HELD: Final = text(
    "SELECT v.id AS visit_id, v.draw_id, v.object_token, v.participants, v.window_end, a.department, a.idx,"
    " a.inspector_id FROM visits v JOIN assignments a ON a.district = v.district AND a.visit_id = v.id"
    " WHERE v.state = 'assigned' AND v.window_end >= :today AND a.inspector_id IS NOT NULL AND NOT a.is_expert"
    "  AND (CAST(:task_ids AS uuid[]) IS NULL OR v.task_id = ANY (CAST(:task_ids AS uuid[])))"
    "  AND NOT EXISTS (SELECT FROM replica_results r WHERE r.district = v.district AND r.visit_id = v.id"
    "   AND r.department = a.department AND r.state <> 'withdrawn' AND r.outcome IN ('done', 'remote'))"
    " ORDER BY v.id, a.department, a.idx"
)
_ACCEPT: Final = text(
    "INSERT INTO seat_answers (district, owner_department, participants, visit_id, inspector_id, answered_by,"
    " answered_at) SELECT district, :department, participants, id, :inspector_id, :by, :at FROM visits WHERE id = :id"
    " ON CONFLICT DO NOTHING"
)
_ACCEPTED: Final = text("SELECT visit_id, inspector_id FROM seat_answers WHERE visit_id = ANY (CAST(:ids AS uuid[]))")


class SeatStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def held(self, today: date, task_ids: Collection[UUID] | None = None) -> list[HeldSeat]:
        """Officers' seats of visits whose window has not ended and which their department has not made; of these tasks,
        None: of all."""
        ids = None if task_ids is None else list(task_ids)
        rows = await self._connection.execute(_HELD, {"today": today, "task_ids": ids})
        return [
            HeldSeat(
                visit_id=row.visit_id,
                draw_id=row.draw_id,
                object_token=bytes(row.object_token),
                participants=tuple(row.participants),
                window_end=row.window_end,
                department=row.department,
                idx=row.idx,
                inspector_id=row.inspector_id,
            )
            for row in rows
        ]

    async def accept(self, visit_id: UUID, department: str, inspector_id: UUID, by: str, at: datetime) -> None:
        """Once; again changes nothing."""
        values = {"id": visit_id, "department": department, "inspector_id": inspector_id, "by": by, "at": at}
        await self._connection.execute(_ACCEPT, values)

    async def accepted(self, visit_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
        """Visit → officers who have accepted."""
        found: dict[UUID, set[UUID]] = {}
        for row in await self._connection.execute(_ACCEPTED, {"ids": list(visit_ids)}):
            found.setdefault(row.visit_id, set()).add(row.inspector_id)
        return found
