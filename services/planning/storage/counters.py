"""Places in a series (编号顺序): the row stays locked to the end of the transaction, so none is left out or doubled."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NEXT = text(
    "INSERT INTO counters AS c (district, kind, scope, value) VALUES (:district, :kind, :scope, 1)"
    " ON CONFLICT (district, kind, scope) DO UPDATE SET value = c.value + 1 RETURNING value"
)


class CounterStore:
    def __init__(self, connection: AsyncConnection, district: str) -> None:
        self._connection, self._district = connection, district

    async def next(self, kind: str, scope: str) -> int:
        """The next place of the series, from 1. A refused act gives it back with its rollback."""
        found = await self._connection.execute(_NEXT, {"district": self._district, "kind": kind, "scope": scope})
        return int(found.scalar_one())
