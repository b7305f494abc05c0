"""Plans and tasks as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.views import PlanLine, TaskLine
from services.disclosure.domain.words import TASK_STATES
from shared.runtime.database import Driver

_PLAN: Final = """
SELECT p.*, coalesce(d.name, p.initiator) AS initiator_name, e.reason AS end_reason, e.cancelled_at, e.merged_into,
    ARRAY(SELECT coalesce(n.name, c.code) FROM unnest(p.participants) WITH ORDINALITY AS c (code, place)
          LEFT JOIN departments n ON n.district = p.district AND n.code = c.code ORDER BY c.place) AS participant_names,
    (SELECT count(*) FROM tasks t WHERE t.district = p.district AND t.plan_id = p.plan_id) AS tasks
FROM (SELECT DISTINCT ON (plan_id) * FROM plan_versions WHERE district = $1 ORDER BY plan_id, version DESC) p
LEFT JOIN departments d ON d.district = p.district AND d.code = p.initiator
LEFT JOIN plan_ends e ON e.district = p.district AND e.plan_id = p.plan_id
"""
_PLAN_BY_NO: Final = f"{_PLAN} WHERE p.plan_no = $2"
_PLAN_BY_ID: Final = f"{_PLAN} WHERE p.plan_id = $2"
_PLANS: Final = f"""{_PLAN}
WHERE ($2::integer IS NULL OR p.year = $2) AND ($3::text IS NULL OR strpos(lower(p.title), lower($3)) > 0)
  AND ($4::timestamptz IS NULL OR (p.published_at, p.plan_id) < ($4, $5::uuid))
ORDER BY p.published_at DESC, p.plan_id DESC LIMIT $6"""
_PLAN_VERSIONS: Final = (
    "SELECT version, published_at, reason, body, digest FROM plan_versions WHERE district = $1 AND plan_id = $2"
    " ORDER BY version DESC"
)
_TASK: Final = """
SELECT t.*, coalesce(d.name, t.initiator) AS initiator_name, c.kind AS changed,
    coalesce(x.window_start, t.window_start) AS starts, coalesce(x.window_end, t.window_end) AS ends,
    (SELECT count(*) FROM results r WHERE r.district = t.district AND r.task_id = t.task_id
     AND r.state IN ('published', 'corrected', 'withdrawn')) AS results
FROM tasks t
LEFT JOIN departments d ON d.district = t.district AND d.code = t.initiator
LEFT JOIN LATERAL (SELECT kind FROM task_changes c WHERE c.district = t.district AND c.task_id = t.task_id
    ORDER BY (kind = 'cancelled') DESC, version DESC LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT window_start, window_end FROM task_changes c WHERE c.district = t.district
    AND c.task_id = t.task_id AND kind = 'extended' ORDER BY version DESC LIMIT 1) x ON true
WHERE t.district = $1"""
_TASK_BY_NO: Final = f"{_TASK} AND t.task_no = $2"
_TASKS_OF_PLAN: Final = f"{_TASK} AND t.plan_id = $2 ORDER BY t.task_no LIMIT 1000"
_CHANGES: Final = "SELECT * FROM task_changes WHERE district = $1 AND task_id = $2 ORDER BY version"
_ITEM: Final = """
SELECT i.item ->> 'code' AS code, i.item ->> 'name' AS name, i.item ->> 'level' AS level,
    i.item ->> 'list_version' AS list_version, coalesce(d.name, i.item ->> 'department') AS department_name, p.plan_no
FROM (SELECT DISTINCT ON (plan_id) * FROM plan_versions WHERE district = $1 ORDER BY plan_id, version DESC) p
CROSS JOIN LATERAL jsonb_array_elements(p.body::jsonb -> 'items') AS i (item)
LEFT JOIN departments d ON d.district = p.district AND d.code = i.item ->> 'department'
WHERE i.item ->> 'code' = $2 OR i.item ->> 'item_id' = $2
ORDER BY p.published_at DESC LIMIT 1"""


class PlanPageStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def by_no(self, plan_no: str) -> Any:
        return await self._driver.fetchrow(_PLAN_BY_NO, self._district, plan_no)

    async def by_id(self, plan_id: UUID) -> Any:
        return await self._driver.fetchrow(_PLAN_BY_ID, self._district, plan_id)

    async def page(
        self, year: int | None, text: str | None, after: tuple[datetime, UUID] | None, most: int
    ) -> list[PlanLine]:
        """Newest publication first."""
        at, plan_id = after or (None, None)
        rows = await self._driver.fetch(_PLANS, self._district, year, text, at, plan_id, most)
        return [plan_line(row) for row in rows]

    async def versions(self, plan_id: UUID) -> Sequence[Any]:
        found: Sequence[Any] = await self._driver.fetch(_PLAN_VERSIONS, self._district, plan_id)
        return found

    async def task(self, task_no: str) -> Any:
        return await self._driver.fetchrow(_TASK_BY_NO, self._district, task_no)

    async def tasks_of(self, plan_id: UUID) -> list[TaskLine]:
        return [task_line(row) for row in await self._driver.fetch(_TASKS_OF_PLAN, self._district, plan_id)]

    async def changes(self, task_id: UUID) -> Sequence[Any]:
        found: Sequence[Any] = await self._driver.fetch(_CHANGES, self._district, task_id)
        return found

    async def item(self, code: str) -> Any:
        """The newest public wording of an item, by code or number."""
        return await self._driver.fetchrow(_ITEM, self._district, code)


def plan_line(row: Any) -> PlanLine:
    return PlanLine(
        plan_id=row["plan_id"],
        plan_no=row["plan_no"],
        year=row["year"],
        title=row["title"],
        version=row["version"],
        initiator_name=row["initiator_name"],
        participant_names=tuple(row["participant_names"]),
        window_start=row["window_start"],
        window_end=row["window_end"],
        published_at=row["published_at"],
        is_cancelled=row["cancelled_at"] is not None,
        tasks=row["tasks"],
    )


def task_line(row: Any) -> TaskLine:
    state = row["changed"] or "issued"
    return TaskLine(
        task_id=row["task_id"],
        task_no=row["task_no"],
        title=row["title"],
        plan_no=row["plan_no"],
        initiator_name=row["initiator_name"],
        window_start=row["starts"],
        window_end=row["ends"],
        issued_at=row["issued_at"],
        state=state,
        state_name=TASK_STATES[state],
        results=row["results"],
    )
