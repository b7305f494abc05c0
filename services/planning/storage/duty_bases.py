"""Where power and duty lists are kept (I1): an entry changes by a newer version, the old ones stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.duty_bases import DutyBasis, DutyKind
from services.planning.domain.filters import DutyFilter
from services.planning.storage.columns import to_rows
from shared.values.text import search_key

_COLUMNS = "department, code, version, kind, name, law, article, starts_on, ends_on, paper"
LATEST = (
    f"SELECT DISTINCT ON (department, code) search_key, {_COLUMNS} FROM duty_bases"  # noqa: S608 - constants only
    " ORDER BY department, code, version DESC"
)
_OF_DEPARTMENT = text(f"SELECT {_COLUMNS} FROM ({LATEST}) AS b WHERE department = :department")  # noqa: S608 - constants only
_PAGE = text(
    f"SELECT {_COLUMNS} FROM ({LATEST}) AS b"  # noqa: S608
    " WHERE (CAST(:department AS text) IS NULL OR department = :department)"
    " AND (CAST(:q AS text) IS NULL OR position(:q IN search_key) > 0 OR position(:q IN lower(code)) > 0)"
    " AND (CAST(:standing_on AS date) IS NULL"
    " OR (starts_on <= :standing_on AND coalesce(ends_on >= :standing_on, true)))"
    " AND (CAST(:after_code AS text) IS NULL OR (department, code) > (:after_department, :after_code))"
    " ORDER BY department, code LIMIT :size"
)
_ADD = text(
    "INSERT INTO duty_bases (district, department, code, version, kind, name, search_key, law, article, starts_on,"
    " ends_on, paper, entered_by, entered_at)"
    " SELECT :district, b.department, b.code, b.version, b.kind, b.name, b.search_key, b.law, b.article, b.starts_on,"
    " b.ends_on, b.paper, :by, :at FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS b (department text, code text,"
    " version integer, kind text, name text, search_key text, law text, article text, starts_on date, ends_on date,"
    " paper text)"
)


class DutyBasisStore:
    def __init__(self, connection: AsyncConnection, district: str) -> None:
        self._connection, self._district = connection, district

    async def of_department(self, department: str) -> Mapping[str, DutyBasis]:
        """The latest version of each entry, by code; empty where no list is loaded."""
        found = await self._connection.execute(_OF_DEPARTMENT, {"department": department})
        return {row.code: basis_of(row) for row in found}

    async def page(self, wanted: DutyFilter, size: int, after: tuple[str, str] | None) -> Sequence[DutyBasis]:
        """At most `size` entries by department and code, those after (department, code)."""
        department, code = after or (None, None)
        values = {
            "department": wanted.department,
            "q": search_key(wanted.q) if wanted.q else None,
            "standing_on": wanted.standing_on,
            "after_department": department,
            "after_code": code,
            "size": size,
        }
        return [basis_of(row) for row in await self._connection.execute(_PAGE, values)]

    async def add(self, entries: Sequence[DutyBasis], by: str, at: datetime) -> None:
        rows = [
            {name: getattr(one, name) for name in DutyBasis.__slots__} | {"search_key": search_key(one.name)}
            for one in entries
        ]
        values = {"district": self._district, "by": by, "at": at, "rows": to_rows(rows)}
        await self._connection.execute(_ADD, values)


def basis_of(row: Row[Any]) -> DutyBasis:
    return DutyBasis(
        row.department,
        row.code,
        row.version,
        DutyKind(row.kind),
        row.name,
        row.law,
        row.article,
        row.starts_on,
        row.ends_on,
        row.paper,
    )
