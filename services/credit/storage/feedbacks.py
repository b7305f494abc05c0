"""Feedback of executing departments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.credit.domain.feedbacks import Feedback, FeedbackFilter, FeedbackLine, Outcome
from services.credit.domain.listings import Flag
from services.credit.storage.ledger_rows import flag_of
from shared.runtime.database import Driver

_FLAG: Final = "SELECT * FROM flags WHERE district = $1 AND entity_id = $2 AND id = $3 ORDER BY version DESC LIMIT 1"
_ADD: Final = (
    "INSERT INTO measure_feedbacks (district, id, owner_department, flag_id, entity_id, area, measure_code, outcome,"
    " taken_on, text, reported_by, reported_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
)
_LIST: Final = (
    "SELECT f.*, e.name AS entity_name, e.uscc FROM measure_feedbacks AS f"
    " LEFT JOIN replica_entities AS e ON e.district = f.district AND e.entity_id = f.entity_id"
    " WHERE f.district = $1 AND ($2::text IS NULL OR f.area = $2) AND ($3::text IS NULL OR f.measure_code = $3)"
    " AND ($4::text IS NULL OR f.outcome = $4) AND ($5::text IS NULL OR f.owner_department = $5)"
    " AND ($6::uuid IS NULL OR f.entity_id = $6) AND ($7::uuid IS NULL OR f.flag_id = $7)"
    " AND ($8::date IS NULL OR f.taken_on >= $8) AND ($9::date IS NULL OR f.taken_on <= $9)"
    " AND ($10::text IS NULL OR e.uscc = $10 OR strpos(e.name, $10) > 0)"
    " AND ($11::timestamptz IS NULL OR (f.reported_at, f.id) < ($11, $12::uuid))"
    " ORDER BY f.reported_at DESC, f.id DESC LIMIT $13"
)


class FeedbackStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def flag(self, entity_id: UUID, flag_id: UUID) -> Flag | None:
        """The newest version of a flag."""
        row = await self._driver.fetchrow(_FLAG, self._district, entity_id, flag_id)
        return None if row is None else flag_of(row)

    async def add(self, new: Feedback) -> None:
        values = [getattr(new, name) for name in Feedback.__slots__]
        await self._driver.execute(_ADD, self._district, *values)

    async def newest(
        self, wanted: FeedbackFilter, size: int, after: tuple[datetime, UUID] | None = None
    ) -> Sequence[FeedbackLine]:
        """The newest first."""
        at, last = after or (None, None)
        values = [getattr(wanted, name) for name in FeedbackFilter.__slots__]
        rows = await self._driver.fetch(_LIST, self._district, *values, at, last, size)
        return [FeedbackLine(_feedback(row), row["entity_name"], row["uscc"]) for row in rows]


def _feedback(row: Mapping[str, Any]) -> Feedback:
    values = {name: row[name] for name in Feedback.__slots__}
    return Feedback(**values | {"outcome": Outcome(row["outcome"])})
