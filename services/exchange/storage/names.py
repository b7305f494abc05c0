"""Numbers and titles of plans, tasks and items, as planning told them: results name them by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from services.exchange.domain.names import Named
from shared.runtime.database import Driver

_PUT: Final = (
    "INSERT INTO replica_names (district, kind, id, number, title) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (district, kind, id) DO UPDATE SET number = EXCLUDED.number, title = EXCLUDED.title"
)
_FIND: Final = "SELECT kind, id, number, title FROM replica_names WHERE district = $1 AND id = ANY ($2::uuid[])"


class NameStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def put(self, names: Sequence[Named]) -> None:
        if names:
            rows = [(self._district, one.kind, one.id, one.number, one.title) for one in names]
            await self._driver.executemany(_PUT, rows)

    async def find(self, ids: Sequence[UUID]) -> Mapping[UUID, Named]:
        rows = await self._driver.fetch(_FIND, self._district, list(ids))
        return {row["id"]: Named(row["kind"], row["id"], row["number"], row["title"]) for row in rows}
