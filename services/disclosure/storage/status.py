"""How far the public side is: what it heard last, the newest checkpoints, how much there is, and the feed of news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from shared.runtime.database import Driver

_HEARD: Final = (
    "SELECT c.producer, c.producer_seq, i.applied_at FROM inbox_cursors c LEFT JOIN inboxes i"
    " ON i.producer = c.producer AND i.producer_seq = c.producer_seq ORDER BY c.producer"
)
_CHECKPOINTS: Final = (
    "SELECT DISTINCT ON (service) * FROM checkpoints WHERE district = $1 ORDER BY service, number DESC"
)
_COUNTS: Final = """
SELECT (SELECT count(*) FROM entities WHERE district = $1) AS entities,
    (SELECT count(*) FROM results WHERE district = $1 AND state IN ('published', 'corrected', 'withdrawn')) AS results,
    (SELECT count(DISTINCT plan_id) FROM plan_versions WHERE district = $1) AS plans,
    (SELECT max(day) FROM open_files WHERE district = $1) AS open_data_on,
    (SELECT count(*) FROM dead_letters WHERE redriven_at IS NULL) AS parked"""
_NEWS: Final = """
SELECT * FROM (
    SELECT 'result' AS kind, v.result_id AS id, v.version, v.state, v.reason, v.told_at AS at, r.entity_name AS name,
        coalesce(d.name, r.department) AS department_name, NULL::text AS number, r.outcome, r.outcome_codes
    FROM result_versions v JOIN results r ON r.district = v.district AND r.result_id = v.result_id
    LEFT JOIN departments d ON d.district = r.district AND d.code = r.department
    WHERE v.district = $1 AND r.state IN ('published', 'corrected', 'withdrawn')
    UNION ALL
    SELECT 'plan', p.plan_id, p.version, CASE WHEN p.reason IS NULL THEN 'published' ELSE 'adjusted' END, p.reason,
        p.published_at, p.title, coalesce(d.name, p.initiator), p.plan_no, NULL, '{}'
    FROM plan_versions p LEFT JOIN departments d ON d.district = p.district AND d.code = p.initiator
    WHERE p.district = $1
) AS news
WHERE $2::text IS NULL OR kind = $2 ORDER BY at DESC, id, version DESC LIMIT $3"""


class StatusStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def heard(self) -> Sequence[Any]:
        """Producer, number of the last event applied, when."""
        found: Sequence[Any] = await self._driver.fetch(_HEARD)
        return found

    async def checkpoints(self) -> dict[str, Any]:
        """The newest of every service."""
        return {row["service"]: row for row in await self._driver.fetch(_CHECKPOINTS, self._district)}

    async def counts(self) -> Any:
        return await self._driver.fetchrow(_COUNTS, self._district)

    async def news(self, kind: str | None, most: int) -> Sequence[Any]:
        """Publications, corrections, withdrawals and plans, newest first. `kind`: `result`, `plan` or both."""
        found: Sequence[Any] = await self._driver.fetch(_NEWS, self._district, kind, most)
        return found

    async def as_of(self) -> datetime | None:
        """When the newest fact was applied."""
        times = [row["applied_at"] for row in await self.heard() if row["applied_at"] is not None]
        return max(times, default=None)
