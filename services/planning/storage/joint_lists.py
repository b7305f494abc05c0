"""Where joint item lists are kept: every version stays; and when lists came, for their deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.joint_lists import JointDepartment, JointEntry, JointList, ListedEntry

_VERSIONS = text(
    "SELECT id, district, year, version, entries, published_by, published_at FROM joint_lists WHERE year = :year"
    " ORDER BY version DESC"
)
_ADD = text(
    "INSERT INTO joint_lists (id, district, year, version, entries, published_by, published_at)"
    " VALUES (:id, :district, :year, :version, CAST(:entries AS jsonb), :published_by, :published_at)"
)
_FIRST_PUBLISHED = text(
    "SELECT owner_department, min(published_at) FILTER (WHERE year = :year) AS published_at FROM item_lists"
    " WHERE tier = 'district' AND published_at IS NOT NULL AND year <= :year GROUP BY 1 ORDER BY 1"
)


class JointListStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def versions(self, year: int) -> Sequence[JointList]:
        """The year's versions, the one in force first."""
        return [_joint(row) for row in await self._connection.execute(_VERSIONS, {"year": year})]

    async def add(self, joint: JointList) -> None:
        values = {name: getattr(joint, name) for name in JointList.__slots__}
        entries = orjson.dumps(joint.entries, default=str).decode()
        await self._connection.execute(_ADD, values | {"entries": entries})

    async def first_published(self, year: int) -> Sequence[tuple[str, datetime | None]]:
        """Every department that ever published a list up to the year, and when its first of that year came."""
        rows = await self._connection.execute(_FIRST_PUBLISHED, {"year": year})
        return [(row.owner_department, row.published_at) for row in rows]


def _joint(row: Row[Any]) -> JointList:
    entries = tuple(_entry(one) for one in row.entries)
    return JointList(row.id, row.district, row.year, row.version, entries, row.published_by, row.published_at)


def _entry(kept: Any) -> ListedEntry:
    entry = kept["entry"]
    ids = tuple(UUID(one) for one in entry["item_ids"])
    parts = tuple(JointDepartment(one["department"], tuple(one["codes"])) for one in kept["parts"])
    return ListedEntry(JointEntry(entry["title"], entry["initiator"], ids), parts)
