"""Earlier checks of the same firm by the same officers, and their explanations (B1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Only what its officers stand by counts: submitted or later. A problem is always described by a finding by then.
_EARLIER: Final = text(
    "SELECT officer, count(*) FROM inspection_records r"
    " JOIN recordings c ON c.district = r.district AND c.record_id = r.id AND c.revision = r.revision"
    " CROSS JOIN unnest(r.present_ids) AS present (officer)"
    " WHERE r.entity_id = :entity_id AND r.id <> :record_id AND r.outcome IN ('done', 'remote')"
    " AND r.state IN ('submitted', 'legal_review', 'approved', 'published', 'exempted')"
    " AND officer = ANY (CAST(:officers AS uuid[]))"
    " AND CAST(c.started_at AT TIME ZONE 'Asia/Shanghai' AS date) BETWEEN :year_start AND :year_end"
    " AND NOT EXISTS (SELECT FROM recording_findings f"
    "  WHERE f.district = r.district AND f.record_id = r.id AND f.revision = r.revision)"
    " GROUP BY officer"
)
_EXPLAIN: Final = text(
    "INSERT INTO repeat_explanations (district, record_id, inspector_id, explanation, explained_by, explained_at)"
    " SELECT current_setting('ssj.district'), :record_id, officer, :explanation, :by, :at"
    " FROM unnest(CAST(:officers AS uuid[])) AS explained (officer) ON CONFLICT DO NOTHING"
)
_EXPLAINED: Final = text("SELECT inspector_id, explanation FROM repeat_explanations WHERE record_id = :id")


class RepeatStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def earlier(
        self, record_id: UUID, entity_id: UUID, officers: Sequence[UUID], visited_on: date
    ) -> dict[UUID, int]:
        """Officer → his other checks of the firm in the calendar year of `visited_on` that found nothing."""
        rows = await self._connection.execute(
            _EARLIER,
            {
                "record_id": record_id,
                "entity_id": entity_id,
                "officers": list(officers),
                "year_start": visited_on.replace(month=1, day=1),
                "year_end": visited_on.replace(month=12, day=31),
            },
        )
        return {row[0]: row[1] for row in rows}

    async def explain(self, record_id: UUID, officers: Sequence[UUID], explanation: str, by: str, at: datetime) -> None:
        values = {"record_id": record_id, "officers": list(officers), "explanation": explanation, "by": by, "at": at}
        await self._connection.execute(_EXPLAIN, values)

    async def explained(self, record_id: UUID) -> dict[UUID, str]:
        """Officer → explanation."""
        return {row[0]: row[1] for row in await self._connection.execute(_EXPLAINED, {"id": record_id})}
