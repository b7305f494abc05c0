"""Where leaves of inspectors are kept, behind the department that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.leaves import Leave
from services.registry.storage.versions import save

ON_LEAVE: Final = (
    "EXISTS (SELECT FROM inspector_leaves v WHERE v.inspector_id = inspectors.id AND NOT v.is_cancelled"
    " AND v.starts_on <= :on AND v.ends_on >= :on)"
)
"""SQL over a row of `inspectors` and `:on`."""
_NAMES: Final = tuple(field.name for field in fields(Leave))
_COLUMNS: Final = ", ".join(_NAMES)
_FIND = text(f"SELECT {_COLUMNS} FROM inspector_leaves WHERE id = :id FOR UPDATE")  # noqa: S608 - constants only
_OF = text(
    f"SELECT {_COLUMNS} FROM inspector_leaves WHERE inspector_id = :inspector_id ORDER BY starts_on DESC, id"  # noqa: S608
    " LIMIT 1000"
)
# As known now: a leave that was told later than the day still tells where the officer was on it.
_ABSENT = text(
    "SELECT DISTINCT inspector_id FROM inspector_leaves WHERE inspector_id = ANY (CAST(:ids AS uuid[]))"
    " AND NOT is_cancelled AND starts_on <= :on AND ends_on >= :on"
)


class LeaveStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, leave_id: UUID) -> Leave | None:
        """Held against other writers."""
        row = (await self._connection.execute(_FIND, {"id": leave_id})).one_or_none()
        return None if row is None else Leave(*row)

    async def of(self, inspector_id: UUID) -> Sequence[Leave]:
        """All leaves of an officer, the latest first."""
        return [Leave(*row) for row in await self._connection.execute(_OF, {"inspector_id": inspector_id})]

    async def absent(self, ids: Sequence[UUID], on: date) -> frozenset[UUID]:
        """Which of the officers are on leave on a day."""
        rows = await self._connection.execute(_ABSENT, {"ids": list(ids), "on": on})
        return frozenset(row.inspector_id for row in rows)

    async def save(self, leave: Leave) -> None:
        """Writes the version and keeps it."""
        await save(self._connection, "inspector_leaves", {name: getattr(leave, name) for name in _NAMES})
