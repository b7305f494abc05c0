"""Which items in force rest on no basis that stands (I1): derived when asked, of departments with a list loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.duty_bases import DutyBasis, DutyKind, Flagged
from services.planning.domain.filters import ItemFilter
from services.planning.storage.duty_bases import LATEST
from services.planning.storage.items import FORCE, listed_of

_FLAGGED = text(
    "SELECT i.*, b.version AS basis_version, b.kind, b.name AS basis_name, b.law, b.article, b.starts_on, b.ends_on,"  # noqa: S608 - constants only
    f" b.paper FROM ({FORCE}) AS i"
    f" LEFT JOIN ({LATEST}) AS b ON b.department = i.owner_department AND b.code = i.duty_code"
    " WHERE EXISTS (SELECT FROM duty_bases d WHERE d.department = i.owner_department)"
    " AND (b.code IS NULL OR b.starts_on > :on OR b.ends_on < :on)"
    " AND (CAST(:department AS text) IS NULL OR i.owner_department = :department)"
    " AND (CAST(:after_code AS text) IS NULL OR (i.owner_department, i.code) > (:after_department, :after_code))"
    " ORDER BY i.owner_department, i.code LIMIT :size"
)


class FlagStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(self, wanted: ItemFilter, on: date, size: int, after: tuple[str, str] | None) -> Sequence[Flagged]:
        """At most `size` items whose basis does not stand on the day, by department and code; `wanted` by year and
        department."""
        department, code = after or (None, None)
        values = {"year": wanted.year, "department": wanted.department, "on": on, "size": size}
        rows = await self._connection.execute(_FLAGGED, values | {"after_department": department, "after_code": code})
        return [
            Flagged(
                listed_of(row),
                None
                if row.basis_version is None
                else DutyBasis(
                    row.owner_department,
                    row.duty_code,
                    row.basis_version,
                    DutyKind(row.kind),
                    row.basis_name,
                    row.law,
                    row.article,
                    row.starts_on,
                    row.ends_on,
                    row.paper,
                ),
            )
            for row in rows
        ]
