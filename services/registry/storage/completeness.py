"""The counts behind the completeness of the libraries (L8): one grouped scan each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.change_sets import IMPORT
from services.registry.domain.completeness import InspectorFigures, ObjectFigures
from services.registry.domain.entities import RegistrationStatus
from services.registry.domain.inspectors import InspectorStatus
from services.registry.storage.leaves import ON_LEAVE

SOON: Final = timedelta(days=30)
_TOWN: Final = "length(region_code) > 6"
_INDUSTRY: Final = "industry_code IS NOT NULL"
_CLASS: Final = "credit_class <> 'U'"
_OBJECTS = text(
    "SELECT d AS department, count(*) AS total,"  # noqa: S608 - constants only
    f" count(*) FILTER (WHERE {_TOWN}) AS with_town, count(*) FILTER (WHERE {_INDUSTRY}) AS with_industry,"
    f" count(*) FILTER (WHERE {_CLASS}) AS with_class,"
    f" count(*) FILTER (WHERE {_TOWN} AND {_INDUSTRY} AND {_CLASS}) AS complete"
    " FROM entities, unnest(departments) AS d WHERE status = :active GROUP BY d"
)
_MAY: Final = f"status = :active AND valid_until >= :on AND NOT {ON_LEAVE}"
_INSPECTORS = text(
    "SELECT owner_department AS department, count(*) AS total,"  # noqa: S608
    f" count(*) FILTER (WHERE {_MAY}) AS valid,"
    " count(*) FILTER (WHERE valid_until BETWEEN :on AND :soon) AS expiring"
    " FROM inspectors WHERE status <> :left GROUP BY 1"
)
_FIELDS = text(
    "SELECT owner_department AS department, f AS field, count(*) AS n FROM inspectors, unnest(fields) AS f"  # noqa: S608
    f" WHERE {_MAY} GROUP BY 1, 2 ORDER BY 1, 2"
)
_IMPORTS = text(
    "SELECT owner_department AS department, max(recorded_at) AS at FROM change_sets"
    " WHERE origin = :origin AND owner_department IS NOT NULL GROUP BY 1"
)


class CompletenessStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def objects(self) -> Mapping[str, ObjectFigures]:
        """By department."""
        rows = await self._connection.execute(_OBJECTS, {"active": RegistrationStatus.ACTIVE.value})
        return {
            row.department: ObjectFigures(row.total, row.with_town, row.with_industry, row.with_class, row.complete)
            for row in rows
        }

    async def inspectors(self, on: date) -> Mapping[str, InspectorFigures]:
        """By department, those that the caller may see."""
        may = {"on": on, "active": InspectorStatus.ACTIVE.value}
        fields: dict[str, dict[str, int]] = {}
        for row in await self._connection.execute(_FIELDS, may):
            fields.setdefault(row.department, {})[row.field] = row.n
        values = may | {"soon": on + SOON, "left": InspectorStatus.LEFT.value}
        return {
            row.department: InspectorFigures(row.total, row.valid, row.expiring, fields.get(row.department, {}))
            for row in await self._connection.execute(_INSPECTORS, values)
        }

    async def imports(self) -> Mapping[str, datetime]:
        """When each department's last import was."""
        rows = await self._connection.execute(_IMPORTS, {"origin": IMPORT})
        return {row.department: row.at for row in rows}
