"""The no-disturb list (不打扰名单) of the district."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.exclusions import NoDisturbEntry

_COLUMNS: Final = (
    "id, owner_department, entity_id, ground, from_on, until_on, entered_by, entered_at, ended_by, ended_at, version"
)
_ADD: Final = text(
    f"INSERT INTO no_disturb_entries (district, {_COLUMNS})"  # noqa: S608 - constants only
    " SELECT current_setting('ssj.district'), :id, :owner_department, :entity_id, :ground, :from_on, :until_on,"
    "  :entered_by, :entered_at, CAST(:ended_by AS text), CAST(:ended_at AS timestamptz), :version"
    " WHERE NOT EXISTS (SELECT FROM no_disturb_entries WHERE entity_id = :entity_id AND ended_at IS NULL"
    "  AND until_on >= :from_on AND from_on <= :until_on)"
)
_END: Final = text(
    "UPDATE no_disturb_entries SET ended_by = :ended_by, ended_at = :ended_at, version = :version"
    " WHERE id = :id AND version = :version - 1"
)
_FIND: Final = text(f"SELECT {_COLUMNS} FROM no_disturb_entries WHERE id = :id")  # noqa: S608
_PAGE: Final = text(
    f"SELECT {_COLUMNS} FROM no_disturb_entries WHERE (CAST(:after AS uuid) IS NULL OR id > :after)"  # noqa: S608
    " ORDER BY id LIMIT :size"
)
_ACTIVE: Final = text(
    "SELECT entity_id FROM no_disturb_entries WHERE ended_at IS NULL AND from_on <= :on AND until_on >= :on"
)


class NoDisturbStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, entry: NoDisturbEntry) -> bool:
        """False if the object is on the list on one of these days already."""
        return (await self._connection.execute(_ADD, _values(entry))).rowcount == 1

    async def end(self, entry: NoDisturbEntry) -> bool:
        """False if somebody else changed it meanwhile."""
        return (await self._connection.execute(_END, _values(entry))).rowcount == 1

    async def find(self, entry_id: UUID) -> NoDisturbEntry | None:
        row = (await self._connection.execute(_FIND, {"id": entry_id})).one_or_none()
        return None if row is None else NoDisturbEntry(*row)

    async def page(self, size: int, after: UUID | None) -> list[NoDisturbEntry]:
        return [NoDisturbEntry(*row) for row in await self._connection.execute(_PAGE, {"size": size, "after": after})]

    async def active_on(self, on: date) -> frozenset[UUID]:
        """Entities on the list that day."""
        return frozenset((await self._connection.execute(_ACTIVE, {"on": on})).scalars())


def _values(entry: NoDisturbEntry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in NoDisturbEntry.__slots__}
