"""Figures of a year, counted from what is shown; exempted results are counted by department only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from shared.runtime.database import Driver

_FIGURES: Final = """
SELECT {key} AS code, count(*) AS results, count(*) FILTER (WHERE r.has_problem) AS problems,
    count(*) FILTER (WHERE NOT r.is_late) AS on_time, count(*) FILTER (WHERE r.is_late) AS late
FROM results r WHERE r.district = $1 AND r.state IN ('published', 'corrected')
  AND r.concluded_on >= make_date($2, 1, 1) AND r.concluded_on < make_date($2 + 1, 1, 1)
GROUP BY 1 ORDER BY 1"""
_ALL: Final = _FIGURES.format(key="''::text")
_BY_DEPARTMENT: Final = _FIGURES.format(key="r.department")
_BY_MONTH: Final = _FIGURES.format(key="to_char(r.concluded_on, 'YYYY-MM')")
_BY_INDUSTRY: Final = _FIGURES.format(key="r.industry").replace("GROUP BY", "AND r.industry IS NOT NULL GROUP BY")
_EXEMPTED: Final = (
    "SELECT department AS code, count(*) AS exempted FROM result_exemptions WHERE district = $1"
    " AND exempted_on >= make_date($2, 1, 1) AND exempted_on < make_date($2 + 1, 1, 1) GROUP BY 1"
)
_OUTCOMES: Final = (
    "SELECT code, count(*) AS results FROM results r, unnest(r.outcome_codes) AS code WHERE r.district = $1"
    " AND r.state IN ('published', 'corrected') AND r.concluded_on >= make_date($2, 1, 1)"
    " AND r.concluded_on < make_date($2 + 1, 1, 1) GROUP BY 1 ORDER BY 2 DESC, 1"
)
_BESIDES: Final = """
SELECT
    (SELECT count(DISTINCT entity_id) FROM results WHERE district = $1 AND state IN ('published', 'corrected')
     AND concluded_on >= make_date($2, 1, 1) AND concluded_on < make_date($2 + 1, 1, 1)) AS entities,
    (SELECT count(*) FROM results WHERE district = $1 AND state = 'withdrawn'
     AND concluded_on >= make_date($2, 1, 1) AND concluded_on < make_date($2 + 1, 1, 1)) AS withdrawn,
    (SELECT count(*) FROM results WHERE district = $1 AND state = 'corrected'
     AND concluded_on >= make_date($2, 1, 1) AND concluded_on < make_date($2 + 1, 1, 1)) AS corrected,
    count(*) AS tasks, count(*) FILTER (WHERE EXISTS (SELECT FROM results r WHERE r.district = t.district
     AND r.task_id = t.task_id AND r.state IN ('published', 'corrected', 'withdrawn'))) AS drawn_tasks
FROM tasks t WHERE t.district = $1 AND t.window_start < make_date($2 + 1, 1, 1)
  AND t.window_start >= make_date($2, 1, 1)
  AND NOT EXISTS (SELECT FROM task_changes c WHERE c.district = t.district AND c.task_id = t.task_id
                  AND c.kind = 'cancelled')"""
_YEARS: Final = (
    "SELECT DISTINCT extract(year FROM concluded_on)::integer AS year FROM results WHERE district = $1"
    " AND state IN ('published', 'corrected', 'withdrawn') ORDER BY 1 DESC"
)


class StatisticsStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def _fetch(self, statement: str, year: int) -> Sequence[Any]:
        found: Sequence[Any] = await self._driver.fetch(statement, self._district, year)
        return found

    async def all(self, year: int) -> Sequence[Any]:
        return await self._fetch(_ALL, year)

    async def by_department(self, year: int) -> Sequence[Any]:
        return await self._fetch(_BY_DEPARTMENT, year)

    async def by_month(self, year: int) -> Sequence[Any]:
        return await self._fetch(_BY_MONTH, year)

    async def by_industry(self, year: int) -> Sequence[Any]:
        return await self._fetch(_BY_INDUSTRY, year)

    async def exempted(self, year: int) -> dict[str, int]:
        return {row["code"]: row["exempted"] for row in await self._fetch(_EXEMPTED, year)}

    async def outcomes(self, year: int) -> Sequence[Any]:
        return await self._fetch(_OUTCOMES, year)

    async def besides(self, year: int) -> Any:
        return (await self._fetch(_BESIDES, year))[0]

    async def years(self) -> list[int]:
        return [row["year"] for row in await self._driver.fetch(_YEARS, self._district)]
