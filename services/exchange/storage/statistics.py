"""Rates per department, dataset and month, counted over the rows (integration 4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from services.exchange.domain.outbound_views import Rates
from shared.runtime.database import Driver

_RATES: Final = """
WITH facts AS (
    SELECT owner_department, dataset, row_key, source_version, min(occurred_at) AS occurred_at,
        count(*) FILTER (WHERE batch_id IS NOT NULL AND settled_at IS NOT NULL) AS judged,
        count(*) FILTER (WHERE state = 'accepted') AS accepted,
        bool_or(state = 'accepted' AND settled_at <= occurred_at + $3 * interval '1 day') AS in_time,
        count(*) FILTER (WHERE is_duplicate) AS duplicates,
        count(*) FILTER (WHERE state IN ('blocked', 'rejected', 'unanswered')) AS on_work_list
    FROM outbound_rows WHERE district = $1
        AND date_trunc('month', occurred_at AT TIME ZONE 'Asia/Shanghai')::date = $2
    GROUP BY 1, 2, 3, 4)
SELECT owner_department, dataset, count(*) AS rows, sum(judged)::bigint AS judged, sum(accepted)::bigint AS accepted,
    count(*) FILTER (WHERE in_time) AS in_time, sum(duplicates)::bigint AS duplicates,
    sum(on_work_list)::bigint AS on_work_list
FROM facts GROUP BY 1, 2 ORDER BY 1, 2
"""


class StatisticsStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def rates(self, month: date, days_allowed: int) -> Sequence[Rates]:
        """Of facts that occurred in the month of `month` (its first day)."""
        rows = await self._driver.fetch(_RATES, self._district, month, days_allowed)
        return [
            Rates(
                department=row["owner_department"],
                dataset=row["dataset"],
                month=month,
                rows=row["rows"],
                judged=row["judged"],
                accepted=row["accepted"],
                in_time=row["in_time"],
                duplicates=row["duplicates"],
                on_work_list=row["on_work_list"],
            )
            for row in rows
        ]
