"""The read side: an entity's record, its archive, its history, its flags, and the lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.credit.domain.dump import CanonicalDump, class_lines, dump_of
from services.credit.domain.entries import ClassChange, Entry
from services.credit.domain.history import HistoryLine, ListingFilter, ListingLine
from services.credit.domain.listings import Flag
from services.credit.domain.record import CreditRecord
from services.credit.storage.ledger_rows import class_of, entry_of, flag_of, listing_of
from services.credit.storage.snapshots import record_of

_RECORD = "SELECT * FROM credit_records WHERE district = :district AND entity_id = :entity_id"
_STANDING = (
    "SELECT e.* FROM credit_entries AS e WHERE e.district = :district AND e.entity_id = :entity_id"
    " AND e.kind <> 'reversal' AND NOT EXISTS (SELECT FROM credit_entries AS r WHERE r.district = :district"
    " AND r.entity_id = :entity_id AND r.reverses = e.id) ORDER BY e.occurred_on DESC, e.recorded_at DESC, e.id"
)
_NEWEST_FLAGS = (
    "SELECT DISTINCT ON (id) * FROM flags WHERE district = :district AND entity_id = :entity_id"
    " ORDER BY id, version DESC"
)
_NEWEST_LISTINGS = (
    "SELECT l.*, e.name AS entity_name, e.uscc FROM listings AS l"
    " LEFT JOIN replica_entities AS e ON e.district = l.district AND e.entity_id = l.entity_id"
    " WHERE l.district = :district AND NOT EXISTS (SELECT FROM listings AS n WHERE n.district = :district"
    " AND n.id = l.id AND n.version > l.version)"
    " AND (CAST(:list_code AS text) IS NULL OR l.list_code = :list_code)"
    " AND (CAST(:state AS text) IS NULL OR l.state = :state)"
    " AND (CAST(:entity_id AS uuid) IS NULL OR l.entity_id = :entity_id)"
    " AND (CAST(:decided_from AS date) IS NULL OR l.decided_on >= :decided_from)"
    " AND (CAST(:decided_to AS date) IS NULL OR l.decided_on <= :decided_to)"
    " AND (CAST(:after_on AS date) IS NULL OR (l.decided_on, l.id) < (:after_on, CAST(:after_id AS uuid)))"
    " ORDER BY l.decided_on DESC, l.id DESC LIMIT :size"
)
_HISTORY = (
    "SELECT * FROM ("
    " SELECT recorded_at AS at, known_from, kind, id::text AS id, title AS text, reason, points, code"
    "  FROM credit_entries WHERE district = :district AND entity_id = :entity_id"
    " UNION ALL"
    " SELECT changed_at, known_from, 'class_change', record_version::text, before || '→' || after, NULL, score, after"
    "  FROM credit_classes_history WHERE district = :district AND entity_id = :entity_id"
    " UNION ALL"
    " SELECT recorded_at, known_from, 'listing_' || state, id::text || '/' || version, ground || '（' || document_no"
    "  || '）', reason, NULL, list_code FROM listings WHERE district = :district AND entity_id = :entity_id"
    " UNION ALL"
    " SELECT recorded_at, known_from, 'flag_' || state, id::text || '/' || version, ground, reason, NULL, measure_code"
    "  FROM flags WHERE district = :district AND entity_id = :entity_id) AS h"
    " WHERE CAST(:after_at AS timestamptz) IS NULL"
    "  OR (h.at, h.kind, h.id) > (CAST(:after_at AS timestamptz), CAST(:after_kind AS text), CAST(:after_id AS text))"
    " ORDER BY h.at, h.kind, h.id LIMIT :size"
)


class ArchiveStore:
    def __init__(self, connection: AsyncConnection, district: str) -> None:
        self._connection, self._district = connection, district

    async def record(self, entity_id: UUID) -> CreditRecord | None:
        rows = await self._rows(_RECORD, entity_id=entity_id)
        return record_of(rows[0]) if rows else None

    async def standing_entries(self, entity_id: UUID) -> Sequence[Entry]:
        """Entries no reversal took back, newest first."""
        return [entry_of(row) for row in await self._rows(_STANDING, entity_id=entity_id)]

    async def flags(self, entity_id: UUID) -> Sequence[Flag]:
        """The newest version of every flag ever raised."""
        return [flag_of(row) for row in await self._rows(_NEWEST_FLAGS, entity_id=entity_id)]

    async def listings(
        self, wanted: ListingFilter, size: int, after: tuple[date, UUID] | None = None
    ) -> Sequence[ListingLine]:
        """Entries by day of decision, newest first."""
        values = {name: getattr(wanted, name) for name in ListingFilter.__slots__}
        after_on, after_id = after or (None, None)
        rows = await self._rows(_NEWEST_LISTINGS, **values, size=size, after_on=after_on, after_id=after_id)
        return [ListingLine(listing_of(row), row["entity_name"], row["uscc"]) for row in rows]

    async def history(
        self, entity_id: UUID, size: int, after: tuple[datetime, str, str] | None = None
    ) -> Sequence[HistoryLine]:
        """Entries and reversals, class changes, list entries and flags in the order of their facts' times."""
        at, kind, line_id = after or (None, None, None)
        rows = await self._rows(
            _HISTORY, entity_id=entity_id, size=size, after_at=at, after_kind=kind, after_id=line_id
        )
        return [HistoryLine(**row) for row in rows]

    async def dump(self) -> CanonicalDump:
        """Everything of the district in canonical form."""
        return dump_of(
            [record_of(row) for row in await self._rows(_all("credit_records"))],
            [entry_of(row) for row in await self._rows(_all("credit_entries"))],
            [listing_of(row) for row in await self._rows(_all("listings"))],
            [flag_of(row) for row in await self._rows(_all("flags"))],
        )

    async def class_lines(self) -> tuple[str, ...]:
        changes: list[ClassChange] = [class_of(row) for row in await self._rows(_all("credit_classes_history"))]
        return class_lines(changes)

    async def _rows(self, query: str, **values: Any) -> Sequence[Mapping[str, Any]]:
        found = await self._connection.execute(text(query), {"district": self._district, **values})
        return cast(Sequence[Mapping[str, Any]], found.mappings().all())


def _all(table: str) -> str:
    return f"SELECT * FROM {table} WHERE district = :district"  # noqa: S608 - constants only
