"""Tokens of enterprises, and what they sent under them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.credit.domain.repair_tokens import RepairToken
from shared.runtime.database import Driver

_COLUMNS: Final = "digest, entity_id, visit_id, issued_at, expires_at, files, bytes"
_ADD: Final = f"INSERT INTO repair_tokens (district, {_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)"  # noqa: S608
_RECENT: Final = "SELECT count(*) FROM repair_tokens WHERE district = $1 AND entity_id = $2 AND issued_at > $3"
_FIND: Final = (
    f"SELECT {_COLUMNS} FROM repair_tokens"  # noqa: S608 - constants only
    " WHERE district = $1 AND digest = $2 AND expires_at > $3 FOR UPDATE"
)
_COUNT: Final = "UPDATE repair_tokens SET files = files + $3, bytes = bytes + $4 WHERE district = $1 AND digest = $2"
_KEEP: Final = (
    "INSERT INTO repair_files (district, entity_id, digest, size, sent_at) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (district, entity_id, digest) DO UPDATE SET sent_at = excluded.sent_at"
)
_SENT: Final = "SELECT digest FROM repair_files WHERE district = $1 AND entity_id = $2 AND digest = ANY ($3)"
# What an application names, of this firm or any other, is kept for as long as the application is.
_UNUSED: Final = (
    "SELECT DISTINCT f.digest FROM repair_files AS f WHERE f.district = $1 AND f.sent_at < $2"
    " AND NOT EXISTS (SELECT FROM repair_files AS n WHERE n.district = $1 AND n.digest = f.digest AND n.sent_at >= $2)"
    " AND NOT EXISTS (SELECT FROM repairs AS r WHERE r.district = $1"
    "  AND CAST(r.body AS jsonb) -> 'evidence' @> jsonb_build_array(jsonb_build_object('digest', f.digest)))"
    " ORDER BY f.digest LIMIT $3"
)
_FORGET: Final = "DELETE FROM repair_files WHERE district = $1 AND digest = ANY ($2)"
_SWEEP: Final = "DELETE FROM repair_tokens WHERE district = $1 AND expires_at < $2"


class RepairTokenStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def add(self, one: RepairToken) -> None:
        values = (one.digest, one.entity_id, one.visit_id, one.issued_at, one.expires_at)
        await self._driver.execute(_ADD, self._district, *values)

    async def recent(self, entity_id: UUID, since: datetime) -> int:
        count: int = await self._driver.fetchval(_RECENT, self._district, entity_id, since)
        return count

    async def find(self, digest: str, at: datetime) -> RepairToken | None:
        """Locked, where it is good at that time."""
        row = await self._driver.fetchrow(_FIND, self._district, digest, at)
        return None if row is None else RepairToken(**row)

    async def count(self, digest: str, files: int, size: int) -> None:
        await self._driver.execute(_COUNT, self._district, digest, files, size)

    async def keep(self, entity_id: UUID, digest: str, size: int, at: datetime) -> None:
        await self._driver.execute(_KEEP, self._district, entity_id, digest, size, at)

    async def sent(self, entity_id: UUID, digests: Collection[str]) -> set[str]:
        """Those of `digests` that the enterprise sent itself."""
        rows = await self._driver.fetch(_SENT, self._district, entity_id, list(digests))
        return {row["digest"] for row in rows}

    async def unused(self, before: datetime, size: int) -> Sequence[str]:
        """Files last sent before that time which no application names."""
        return [row["digest"] for row in await self._driver.fetch(_UNUSED, self._district, before, size)]

    async def forget(self, digests: Sequence[str]) -> None:
        await self._driver.execute(_FORGET, self._district, list(digests))

    async def sweep(self, before: datetime) -> None:
        """Forgets tokens that ended before that time."""
        await self._driver.execute(_SWEEP, self._district, before)
