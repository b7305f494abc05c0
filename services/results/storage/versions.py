"""Public versions of results (公示版本): appended by `RecordStore.save`, read by everybody in the district."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.publication import PublicVersion, VersionKind

COLUMNS: Final = "record_id, version, kind, reason, body, digest, told_by, told_at"
_ALL: Final = f"SELECT {COLUMNS} FROM result_versions WHERE record_id = :id ORDER BY version DESC"  # noqa: S608


class VersionStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, record_id: UUID) -> list[PublicVersion]:
        """All versions, the newest first; empty before publication."""
        return [version_of(row) for row in await self._connection.execute(text(_ALL), {"id": record_id})]

    async def latest(self, record_id: UUID) -> PublicVersion | None:
        row = (await self._connection.execute(text(_ALL + " LIMIT 1"), {"id": record_id})).one_or_none()
        return None if row is None else version_of(row)


def version_of(row: Row[Any]) -> PublicVersion:
    got = dict(row._mapping)
    return PublicVersion(**got | {"kind": VersionKind(got["kind"])})
