"""Where it is kept which files are evidence of which record; the files themselves lie outside the database."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.evidence import Evidence, EvidenceFile, EvidenceKind

_NAMES: Final = (
    "record_id, digest, kind, name, media_type, size, is_personal, item_id, taken_at, taken_until, place, device,"
    " added_by, added_at"
)
_VALUES: Final = ", ".join(f":{name.strip()}" for name in _NAMES.split(","))
_ADD: Final = text(
    f"INSERT INTO record_evidence (district, {_NAMES}) VALUES (current_setting('ssj.district'), {_VALUES})"  # noqa: S608
    " ON CONFLICT DO NOTHING"
)


class EvidenceRows:
    """Append-only: what is attached stays."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, evidence: Evidence) -> bool:
        """False if the file is evidence of this record already."""
        file = evidence.file
        values = {
            "record_id": evidence.record_id,
            "digest": file.digest,
            "size": file.size,
            "media_type": file.media_type,
            "kind": evidence.kind.value,
        }
        plain = ("name", "is_personal", "item_id", "taken_at", "taken_until", "place", "device", "added_by", "added_at")
        added = await self._connection.execute(_ADD, values | {name: getattr(evidence, name) for name in plain})
        return added.rowcount == 1

    async def find(self, record_id: UUID, digest: str) -> Evidence | None:
        query = f"SELECT {_NAMES} FROM record_evidence WHERE record_id = :record_id AND digest = :digest"  # noqa: S608
        found = await self._connection.execute(text(query), {"record_id": record_id, "digest": digest})
        row = found.one_or_none()
        return None if row is None else _evidence_of(row)

    async def of(self, record_id: UUID, kind: str | None = None, item_id: UUID | None = None) -> list[Evidence]:
        """By time of capture; a record has at most some dozens."""
        query = (
            f"SELECT {_NAMES} FROM record_evidence WHERE record_id = :record_id"  # noqa: S608
            " AND (CAST(:kind AS text) IS NULL OR kind = :kind)"
            " AND (CAST(:item_id AS uuid) IS NULL OR item_id = :item_id) ORDER BY taken_at, digest"
        )
        rows = await self._connection.execute(text(query), {"record_id": record_id, "kind": kind, "item_id": item_id})
        return [_evidence_of(row) for row in rows]


def _evidence_of(row: Row[Any]) -> Evidence:
    return Evidence(
        record_id=row.record_id,
        file=EvidenceFile(row.digest, row.size, row.media_type),
        kind=EvidenceKind(row.kind),
        name=row.name,
        is_personal=row.is_personal,
        taken_at=row.taken_at,
        taken_until=row.taken_until,
        item_id=row.item_id,
        place=row.place,
        device=row.device,
        added_by=row.added_by,
        added_at=row.added_at,
    )
