"""Which offline entry became which record (B13)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.offline import OfflineEntry, OfflineStamp

_ADD: Final = text(
    "INSERT INTO offline_entries (district, record_id, client_record_id, content_digest, captured_at, received_at,"
    " reason, sent_by) VALUES (current_setting('ssj.district'), :record_id, :client_record_id, :content_digest,"
    " :captured_at, :received_at, :reason, :sent_by)"
)
_FIND: Final = (
    "SELECT record_id, client_record_id, captured_at, reason, content_digest, received_at, sent_by FROM offline_entries"
)


class OfflineEntryStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, entry: OfflineEntry) -> None:
        await self._connection.execute(
            _ADD,
            {
                "record_id": entry.record_id,
                "client_record_id": entry.stamp.client_record_id,
                "content_digest": entry.content_digest,
                "captured_at": entry.stamp.captured_at,
                "received_at": entry.received_at,
                "reason": entry.stamp.reason,
                "sent_by": entry.sent_by,
            },
        )

    async def of_client(self, client_record_id: UUID) -> OfflineEntry | None:
        """The entry that the device sent before under this id."""
        return await self._one("client_record_id", client_record_id)

    async def of_record(self, record_id: UUID) -> OfflineEntry | None:
        return await self._one("record_id", record_id)

    async def _one(self, column: str, value: UUID) -> OfflineEntry | None:
        found = await self._connection.execute(text(f"{_FIND} WHERE {column} = :value"), {"value": value})
        row = found.one_or_none()
        if row is None:
            return None
        stamp = OfflineStamp(row.client_record_id, row.captured_at, row.reason)
        return OfflineEntry(row.record_id, stamp, row.content_digest, row.received_at, row.sent_by)
