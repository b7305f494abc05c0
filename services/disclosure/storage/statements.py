"""Public statements of enterprises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.disclosure.domain.statements import Statement
from shared.runtime.database import Driver

_COLUMNS: Final = "statement_id, result_id, result_version, entity_id, text, published_at"
_KEEP: Final = (
    f"INSERT INTO statements (district, {_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)"  # noqa: S608 - constants
    " ON CONFLICT (district, statement_id) DO NOTHING"
)
_OF_RESULT: Final = (
    f"SELECT {_COLUMNS} FROM statements WHERE district = $1 AND result_id = $2"  # noqa: S608 - constants only
    " ORDER BY published_at, statement_id LIMIT 200"
)
_OF_ENTITY: Final = (
    f"SELECT {_COLUMNS} FROM statements s WHERE district = $1 AND entity_id = $2"  # noqa: S608 - constants only
    " AND EXISTS (SELECT 1 FROM results r WHERE r.district = s.district AND r.result_id = s.result_id"
    "  AND r.state IN ('published', 'corrected', 'withdrawn')) ORDER BY published_at DESC, statement_id LIMIT 200"
)


class StatementStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def keep(self, statements: Sequence[Statement]) -> None:
        """Told twice is kept once."""
        rows = [[self._district, *(getattr(one, name) for name in Statement.__slots__)] for one in statements]
        await self._driver.executemany(_KEEP, rows)

    async def of_result(self, result_id: UUID) -> list[Statement]:
        """The first said first."""
        return [Statement(*row) for row in await self._driver.fetch(_OF_RESULT, self._district, result_id)]

    async def of_entity(self, entity_id: UUID) -> list[Statement]:
        """Beside results that are still shown, the newest first."""
        return [Statement(*row) for row in await self._driver.fetch(_OF_ENTITY, self._district, entity_id)]
