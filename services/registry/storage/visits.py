"""Visits that registry heard of by their results, and objects that belong to another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.entities import Entity
from services.registry.domain.visits import Visit
from services.registry.storage.entities import COLUMNS, entity_of

_FIRST: Final = UUID(int=0)
_PAGE = text(
    "SELECT result_id, visit_id, department, concluded_on FROM replica_results"
    " WHERE entity_id = :entity_id AND NOT is_withdrawn AND result_id > :after ORDER BY result_id LIMIT :size"
)
_BELONGING = text(
    f"SELECT {COLUMNS} FROM entities WHERE producer_external_no = :external_no AND id > :after"  # noqa: S608
    " ORDER BY id LIMIT :size"
)


class VisitStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, entity_id: UUID, size: int, after: UUID | None) -> Sequence[Visit]:
        """Visits with a published result that stands, by result."""
        values = {"entity_id": entity_id, "size": size, "after": after or _FIRST}
        return [Visit(*row) for row in await self._connection.execute(_PAGE, values)]

    async def belonging(self, external_no: str, size: int, after: UUID | None) -> Sequence[Entity]:
        """Products, projects, sites and behaviours whose producer has this number, by id."""
        values = {"external_no": external_no, "size": size, "after": after or _FIRST}
        return [entity_of(row) for row in await self._connection.execute(_BELONGING, values)]
