"""Where the signatures under the yearly reviews are kept; nothing there ever changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.inspectors import InspectorStatus
from services.registry.domain.reviews import Review

_NAMES: Final = tuple(Review.__slots__)
_COLUMNS: Final = ", ".join(_NAMES)
_OF_YEAR = text(
    f"SELECT {_COLUMNS} FROM library_reviews WHERE year = :year ORDER BY signed_at, id LIMIT 100000"  # noqa: S608
)
_ADD = text(
    f"INSERT INTO library_reviews ({_COLUMNS}) VALUES ({', '.join(f':{name}' for name in _NAMES)})"  # noqa: S608
)
_INSPECTORS = text("SELECT count(*) FROM inspectors WHERE owner_department = :department AND status <> :left")
_EXPERTS = text("SELECT count(*) FROM experts WHERE status <> :left")


class ReviewStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_year(self, year: int) -> Sequence[Review]:
        """Every signature of a year, the latest last."""
        return [Review(*row) for row in await self._connection.execute(_OF_YEAR, {"year": year})]

    async def add(self, review: Review) -> None:
        await self._connection.execute(_ADD, {name: getattr(review, name) for name in _NAMES})

    async def inspectors(self, department: str) -> int:
        """How many inspectors of a department have not left."""
        values = {"department": department, "left": InspectorStatus.LEFT.value}
        found: int = (await self._connection.execute(_INSPECTORS, values)).scalar_one()
        return found

    async def experts(self) -> int:
        found: int = (await self._connection.execute(_EXPERTS, {"left": InspectorStatus.LEFT.value})).scalar_one()
        return found
