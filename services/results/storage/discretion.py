"""Findings against the same object that are public today, whichever department published them (B25)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.discretion import EarlierFinding

# The newest version speaks; a withdrawn result says nothing.
_EARLIER: Final = text(
    "WITH newest AS (SELECT DISTINCT ON (record_id) record_id, kind, CAST(body AS jsonb) AS body FROM result_versions"
    "  WHERE entity_id = :entity_id AND record_id <> :record_id ORDER BY record_id, version DESC)"
    " SELECT DISTINCT record_id, found ->> 'outcome_code', CAST(body ->> 'concluded_on' AS date) AS concluded_on"
    " FROM newest CROSS JOIN jsonb_array_elements(body -> 'findings') AS found"
    " WHERE kind <> 'withdrawn' ORDER BY concluded_on, record_id"
)


class DiscretionStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def earlier(self, entity_id: UUID, record_id: UUID) -> list[EarlierFinding]:
        """Of other results than `record_id`, the oldest first."""
        rows = await self._connection.execute(_EARLIER, {"entity_id": entity_id, "record_id": record_id})
        return [EarlierFinding(*row) for row in rows]
