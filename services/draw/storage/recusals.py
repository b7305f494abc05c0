"""Recusals (回避) as declared. The ground is sealed and never leaves the department and the office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.freezing import RecusedPair
from services.draw.domain.recusal import DeclaredRecusal
from shared.runtime.sealed import seal_keys

_COLUMNS: Final = "id, owner_department, inspector_id, entity_id, ground, declared_by, declared_at"
_ADD: Final = text(
    f"INSERT INTO recusals (district, {_COLUMNS}) VALUES (current_setting('ssj.district'), :id,"  # noqa: S608
    " :owner_department, :inspector_id, :entity_id, :ground, :declared_by, :declared_at) ON CONFLICT DO NOTHING"
)
_PAGE: Final = text(
    f"SELECT {_COLUMNS} FROM recusals WHERE (CAST(:after AS uuid) IS NULL OR id > :after)"  # noqa: S608
    " ORDER BY id LIMIT :size"
)
_PAIRS: Final = text("SELECT entity_id, inspector_id FROM recusals")


class RecusalStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, recusal: DeclaredRecusal) -> bool:
        """False if the pair was declared before."""
        values = {name: getattr(recusal, name) for name in DeclaredRecusal.__slots__}
        done = await self._connection.execute(_ADD, values | {"ground": seal_keys().seal(recusal.ground)})
        return done.rowcount == 1

    async def page(self, size: int, after: UUID | None) -> list[DeclaredRecusal]:
        rows = await self._connection.execute(_PAGE, {"size": size, "after": after})
        return [DeclaredRecusal(**dict(row._mapping) | {"ground": seal_keys().open(bytes(row.ground))}) for row in rows]

    async def pairs(self) -> Sequence[RecusedPair]:
        """All pairs that the reader may know of."""
        return [RecusedPair(*row) for row in await self._connection.execute(_PAIRS)]
