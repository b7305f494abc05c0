"""Where the dated region codes are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.change_sets import ChangeSet
from services.registry.domain.regions import StoredTerm
from services.registry.storage.versions import save
from shared.values.region import RegionTerm

_ALL = text(
    "SELECT id, district, code, since, until, name, successor, version FROM regions ORDER BY code, since LIMIT 100000"
)
# A term without beginning reaches back before all records; the key needs a day.
_ALWAYS = date(1, 1, 1)


class RegionStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> Sequence[StoredTerm]:
        found = await self._connection.execute(_ALL)
        return [
            StoredTerm(
                id=row.id,
                district=row.district,
                term=RegionTerm(
                    row.code, row.name, None if row.since == _ALWAYS else row.since, row.until, row.successor
                ),
                version=row.version,
            )
            for row in found
        ]

    async def save(self, stored: StoredTerm, change_set: ChangeSet) -> None:
        term = stored.term
        row = {
            "district": stored.district,
            "id": stored.id,
            "version": stored.version,
            "change_set_id": change_set.id,
            "changed_at": change_set.recorded_at,
            "code": term.code,
            "since": term.since or _ALWAYS,
            "until": term.until,
            "name": term.name,
            "successor": term.successor,
        }
        await save(self._connection, "regions", row)
