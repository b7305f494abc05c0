"""Files that were sent as evidence, whether anybody attached them or not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.evidence import EvidenceFile

_NOTE: Final = text(
    "INSERT INTO evidence_uploads (district, digest, size, sent_by, sent_at)"
    " VALUES (current_setting('ssj.district'), :digest, :size, :by, :at)"
    " ON CONFLICT (district, digest) DO UPDATE SET sent_by = excluded.sent_by, sent_at = excluded.sent_at,"
    " removed_at = NULL"
)
# Files of releases that noted none have no row, and stay.
_HOLD: Final = text(
    "WITH held AS (UPDATE evidence_uploads SET sent_at = :at WHERE digest = :digest AND removed_at IS NULL RETURNING 1)"
    " SELECT EXISTS (SELECT FROM held) OR NOT EXISTS (SELECT FROM evidence_uploads WHERE digest = :digest)"
)
_IDLE: Final = text(
    "SELECT digest FROM evidence_uploads u WHERE sent_at < :before AND removed_at IS NULL"
    " AND NOT EXISTS (SELECT FROM record_evidence e WHERE e.district = u.district AND e.digest = u.digest)"
    " ORDER BY sent_at LIMIT :size FOR UPDATE OF u SKIP LOCKED"
)
_WANTED: Final = text(
    "SELECT digest FROM record_evidence WHERE digest = ANY (CAST(:digests AS text[]))"
    " UNION SELECT digest FROM evidence_uploads WHERE digest = ANY (CAST(:digests AS text[])) AND removed_at IS NULL"
)
_REMOVED: Final = text("UPDATE evidence_uploads SET removed_at = :at WHERE digest = ANY (CAST(:digests AS text[]))")


class UploadRows:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def note(self, file: EvidenceFile, by: str, at: datetime) -> None:
        await self._connection.execute(_NOTE, {"digest": file.digest, "size": file.size, "by": by, "at": at})

    async def hold(self, digest: str, at: datetime) -> bool:
        """Keeps the file from going while it is attached, in this transaction; False if it went already."""
        held: bool = (await self._connection.execute(_HOLD, {"digest": digest, "at": at})).scalar_one()
        return held

    async def idle(self, before: datetime, size: int) -> Sequence[str]:
        """Locked: files last sent before that time which are evidence of no record."""
        rows = await self._connection.execute(_IDLE, {"before": before, "size": size})
        return list(rows.scalars())

    async def wanted(self, digests: Collection[str]) -> set[str]:
        """Those that this district has attached, or may attach yet."""
        return set((await self._connection.execute(_WANTED, {"digests": list(digests)})).scalars())

    async def removed(self, digests: Collection[str], at: datetime) -> None:
        await self._connection.execute(_REMOVED, {"digests": list(digests), "at": at})
