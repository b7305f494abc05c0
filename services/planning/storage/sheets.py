"""The inspection sheet (检查表): a department's items of a task, in the words of the list version the plan used."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.items import ItemLevel, LegalBasis
from services.planning.domain.sheets import SheetItem

_SHEET = text(
    "SELECT d.department, i.item_id, i.code, i.name, i.level, i.bases, i.content, i.methods, l.version AS list_version"
    " FROM tasks t"
    " JOIN task_departments d ON d.district = t.district AND d.task_id = t.id"
    " JOIN plan_items pi ON pi.district = t.district AND pi.plan_id = t.plan_id AND pi.revision = t.plan_revision"
    " AND pi.item_id = ANY (d.item_ids)"
    " JOIN item_lists l ON l.district = t.district AND l.id = pi.list_id"
    " JOIN listed_items i ON i.district = t.district AND i.list_id = l.id AND i.revision = l.revision"
    " AND i.item_id = pi.item_id"
    " WHERE t.id = :task_id AND (CAST(:department AS text) IS NULL OR d.department = :department)"
    " ORDER BY d.place, array_position(d.item_ids, i.item_id)"
)


class SheetStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_task(self, task_id: UUID, department: str | None) -> Sequence[SheetItem]:
        """The items of one department, or of all, in the order the task names them."""
        rows = await self._connection.execute(_SHEET, {"task_id": task_id, "department": department})
        return [
            SheetItem(
                row.department,
                row.item_id,
                row.code,
                row.name,
                ItemLevel(row.level),
                tuple(LegalBasis(basis["law"], basis["article"]) for basis in row.bases),
                tuple(row.content),
                tuple(row.methods),
                row.list_version,
            )
            for row in rows
        ]
