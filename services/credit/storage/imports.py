"""Reports of fact imports, kept as they were given."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.credit.domain.fact_rows import RowProblem
from services.credit.domain.imports import ImportReport

_ADD = text(
    "INSERT INTO fact_imports (district, id, report, imported_by, imported_at)"
    " VALUES (:district, :id, :report, :imported_by, :imported_at)"
)
_FIND = text("SELECT report FROM fact_imports WHERE district = :district AND id = :id")


class ImportStore:
    def __init__(self, connection: AsyncConnection, district: str) -> None:
        self._connection, self._district = connection, district

    async def add(self, report: ImportReport, imported_by: str) -> None:
        values = {
            "district": self._district,
            "id": report.id,
            "report": orjson.dumps(report).decode(),
            "imported_by": imported_by,
            "imported_at": report.imported_at,
        }
        await self._connection.execute(_ADD, values)

    async def find(self, import_id: UUID) -> ImportReport | None:
        found = await self._connection.execute(_FIND, {"district": self._district, "id": import_id})
        report: str | None = found.scalar_one_or_none()
        return None if report is None else _report(report)


def _report(text_of: str) -> ImportReport:
    body = orjson.loads(text_of)
    changed = {
        "id": UUID(body["id"]),
        "imported_at": datetime.fromisoformat(body["imported_at"]),
        "problems": [RowProblem(**one) for one in body["problems"]],
    }
    return ImportReport(**body | changed)
