"""Change sets (变更批次): one transaction's changes under one id; consumers pull their rows by it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.change_sets import ChangeSet

_COLUMNS = "id, district, kind, origin, owner_department, row_count, actor, recorded_at, first_id, last_id"
_ADD = text(
    f"INSERT INTO change_sets ({_COLUMNS}) VALUES (:id, :district, :kind, :origin, :owner_department,"  # noqa: S608
    " :row_count, :actor, :recorded_at, :first_id, :last_id)"
)
_FIND = text(f"SELECT {_COLUMNS} FROM change_sets WHERE id = :id")  # noqa: S608
_LAST = text("SELECT id FROM change_sets ORDER BY recorded_at DESC, id DESC LIMIT 1")
_SHOWN = (
    "SELECT id AS entity_id, version, uscc, external_no, name, kind, status, region_code AS region, industry_code,"
    " industry_edition, registered_on"
)
_OF_SET = "change_set_id = :change_set_id AND id > :after"
_BOUND = "(SELECT {} FROM change_sets WHERE id = :change_set_id)"
# Three ways to the rows of a change set, each by an index in the order of ids: current versions that were not written
# by COPY, new ones that were (they lie between two ids), and versions that are past.
_ENTITY_ROWS = text(
    f"{_SHOWN} FROM entities WHERE {_OF_SET} AND (version > 1 OR NOT is_copied)"
    f" UNION ALL {_SHOWN} FROM entities WHERE {_OF_SET} AND version = 1 AND is_copied"
    f" AND id BETWEEN {_BOUND.format('first_id')} AND {_BOUND.format('last_id')}"
    f" UNION ALL {_SHOWN} FROM entities_past WHERE {_OF_SET}"
    " ORDER BY entity_id LIMIT :limit"
)
_INSPECTOR_ROWS = text(
    "SELECT id AS inspector_id, version, owner_department AS department, certificate_no, valid_until, status"
    " FROM inspectors_history WHERE change_set_id = :change_set_id AND id > :after ORDER BY id LIMIT :limit"
)


class ChangeSetStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, change_set: ChangeSet) -> None:
        await self._connection.execute(_ADD, {name: getattr(change_set, name) for name in ChangeSet.__slots__})

    async def find(self, change_set_id: UUID) -> ChangeSet | None:
        row = (await self._connection.execute(_FIND, {"id": change_set_id})).one_or_none()
        return None if row is None else ChangeSet(*row)

    async def last(self) -> UUID | None:
        """The change set that this transaction sees as the last."""
        found: UUID | None = (await self._connection.execute(_LAST)).scalar_one_or_none()
        return found

    async def entity_rows(self, change_set_id: UUID, after: UUID, limit: int) -> list[dict[str, Any]]:
        """The versions that a change set made, by entity id: what credit rates by."""
        return await self._rows(_ENTITY_ROWS, change_set_id, after, limit)

    async def inspector_rows(self, change_set_id: UUID, after: UUID, limit: int) -> list[dict[str, Any]]:
        return await self._rows(_INSPECTOR_ROWS, change_set_id, after, limit)

    async def _rows(self, query: Any, change_set_id: UUID, after: UUID, limit: int) -> list[dict[str, Any]]:
        values = {"change_set_id": change_set_id, "after": after, "limit": limit}
        return [dict(row._mapping) for row in await self._connection.execute(query, values)]
