"""Results as rows of lists, and everything that the page of one result or one object is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.views import EntityHit, ResultLine, ResultState, SearchQuery
from services.disclosure.domain.words import outcome_words
from shared.runtime.database import Driver

SHOWN: Final = "r.state IN ('published', 'corrected', 'withdrawn')"
LINE: Final = (
    "SELECT r.*, p.plan_no, p.title AS plan_title, coalesce(d.name, r.department) AS department_name FROM results r"
    " LEFT JOIN departments d ON d.district = r.district AND d.code = r.department"
    " LEFT JOIN LATERAL (SELECT v.plan_no, v.title FROM plan_versions v WHERE v.district = r.district"
    " AND v.plan_id = r.plan_id ORDER BY v.version DESC LIMIT 1) p ON true"
)
_ONE: Final = f"{LINE} WHERE r.district = $1 AND r.result_id = $2"
_OF_ENTITY: Final = (
    f"{LINE} WHERE r.district = $1 AND r.entity_id = $2 AND {SHOWN} ORDER BY r.published_at DESC, r.result_id DESC"
    " LIMIT 1000"
)
_OF_TASK: Final = (
    f"{LINE} WHERE r.district = $1 AND r.task_id = $2 AND {SHOWN} ORDER BY r.published_at DESC, r.result_id DESC"
    " LIMIT 1000"
)
_THESE: Final = f"{LINE} WHERE r.district = $1 AND r.result_id = ANY ($2::uuid[]) AND {SHOWN}"
_FILTERED: Final = f"""{LINE}
WHERE r.district = $1 AND {SHOWN}
  AND ($2::text IS NULL OR p.plan_no = $2) AND ($3::text IS NULL OR r.task_no = $3)
  AND ($4::text IS NULL OR r.department = $4)
  AND ($5::date IS NULL OR r.concluded_on >= $5) AND ($6::date IS NULL OR r.concluded_on <= $6)
  AND ($7::text IS NULL OR CASE $7 WHEN 'problem' THEN r.has_problem
       WHEN 'clean' THEN r.state <> 'withdrawn' AND NOT r.has_problem ELSE $7 = ANY (r.outcome_codes) END)
  AND ($8::timestamptz IS NULL OR (r.published_at, r.result_id) < ($8, $9::uuid))
ORDER BY r.published_at DESC, r.result_id DESC LIMIT $10"""
_COUNT: Final = f"""SELECT count(*) FROM (SELECT FROM results r
LEFT JOIN LATERAL (SELECT v.plan_no FROM plan_versions v WHERE v.district = r.district
  AND v.plan_id = r.plan_id ORDER BY v.version DESC LIMIT 1) p ON true
WHERE r.district = $1 AND {SHOWN}
  AND ($2::text IS NULL OR p.plan_no = $2) AND ($3::text IS NULL OR r.task_no = $3)
  AND ($4::text IS NULL OR r.department = $4)
  AND ($5::date IS NULL OR r.concluded_on >= $5) AND ($6::date IS NULL OR r.concluded_on <= $6)
  AND ($7::text IS NULL OR CASE $7 WHEN 'problem' THEN r.has_problem
       WHEN 'clean' THEN r.state <> 'withdrawn' AND NOT r.has_problem ELSE $7 = ANY (r.outcome_codes) END)
LIMIT $8) AS found"""  # noqa: S608 - our own words
_HITS: Final = (
    "SELECT e.entity_id AS found_id, e.name AS found_name, e.uscc AS found_uscc, e.results AS found_results, l.*"  # noqa: S608 - our own words
    f" FROM entities e LEFT JOIN LATERAL ({LINE} WHERE r.district = e.district AND r.result_id = e.latest_id"
    f" AND {SHOWN}) l ON true WHERE e.district = $1 AND e.entity_id = ANY ($2::uuid[])"
)
_VERSIONS: Final = (
    "SELECT version, state, body, reason, digest, told_at FROM result_versions"
    " WHERE district = $1 AND result_id = $2 ORDER BY version DESC"
)
_BODIES: Final = (
    "SELECT DISTINCT ON (v.result_id) v.result_id, v.body FROM result_versions v WHERE v.district = $1"
    " AND v.result_id = ANY ($2::uuid[]) AND v.body IS NOT NULL ORDER BY v.result_id, v.version DESC"
)
_EXEMPTION: Final = "SELECT * FROM result_exemptions WHERE district = $1 AND result_id = $2"
_FOLLOW_UPS: Final = (
    "SELECT f.*, coalesce(d.name, f.department) AS department_name FROM follow_ups f LEFT JOIN departments d"
    " ON d.district = f.district AND d.code = f.department WHERE f.district = $1 AND f.result_id = $2"
    " AND f.opened_on IS NOT NULL ORDER BY f.opened_on, f.follow_up_id"
)
_LISTINGS: Final = (
    "SELECT * FROM listings WHERE district = $1 AND entity_id = $2 AND removed_on IS NULL"
    " ORDER BY entered_on DESC, listing_id"
)
_REPAIRS: Final = (
    "SELECT r.*, coalesce(d.name, r.department) AS department_name FROM repairs r LEFT JOIN departments d"
    " ON d.district = r.district AND d.code = r.department WHERE r.district = $1"
    " AND (r.entity_id = $2 OR r.result_id = $3) ORDER BY r.effective_on DESC, r.repair_id"
)
_ENTITY: Final = "SELECT * FROM entities WHERE district = $1 AND entity_id = $2"
_BY_USCC: Final = "SELECT entity_id FROM entities WHERE district = $1 AND uscc = $2 ORDER BY entity_id LIMIT 1"
_NAMES: Final = (
    "SELECT DISTINCT body::jsonb ->> 'entity_name' AS name FROM result_versions WHERE district = $1"
    " AND entity_id = $2 AND body IS NOT NULL"
)
_DEPARTMENTS: Final = "SELECT code, name FROM departments WHERE district = $1 ORDER BY code"
_BODY: Final = "SELECT * FROM departments WHERE district = $1 AND (upper(code) = upper($2) OR uscc = $2)"


class LineStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def one(self, result_id: UUID) -> Any:
        """The row of `results` with names, tombstones too; None if there never was one."""
        return await self._driver.fetchrow(_ONE, self._district, result_id)

    async def of_entity(self, entity_id: UUID) -> list[ResultLine]:
        return [line_of(row) for row in await self._driver.fetch(_OF_ENTITY, self._district, entity_id)]

    async def of_task(self, task_id: UUID) -> list[ResultLine]:
        return [line_of(row) for row in await self._driver.fetch(_OF_TASK, self._district, task_id)]

    async def these(self, result_ids: Sequence[UUID]) -> dict[UUID, ResultLine]:
        rows = await self._driver.fetch(_THESE, self._district, list(result_ids))
        return {row["result_id"]: line_of(row) for row in rows}

    async def hits(self, entity_ids: Sequence[UUID]) -> dict[UUID, EntityHit]:
        """These objects with their newest results."""
        rows = await self._driver.fetch(_HITS, self._district, list(entity_ids))
        return {row["found_id"]: _hit(row) for row in rows}

    async def filtered(self, query: SearchQuery, after: tuple[datetime, UUID] | None, most: int) -> list[ResultLine]:
        at, result_id = after or (None, None)
        rows = await self._driver.fetch(_FILTERED, self._district, *_filters(query), at, result_id, most)
        return [line_of(row) for row in rows]

    async def count(self, query: SearchQuery, most: int) -> int:
        found: int = await self._driver.fetchval(_COUNT, self._district, *_filters(query), most)
        return found

    async def versions(self, result_id: UUID) -> Sequence[Any]:
        """Newest first; bodies are None where they were taken down."""
        found: Sequence[Any] = await self._driver.fetch(_VERSIONS, self._district, result_id)
        return found

    async def bodies(self, result_ids: Sequence[UUID]) -> dict[UUID, str]:
        """The newest body of each of these results."""
        rows = await self._driver.fetch(_BODIES, self._district, list(result_ids))
        return {row["result_id"]: row["body"] for row in rows}

    async def exemption(self, result_id: UUID) -> Any:
        return await self._driver.fetchrow(_EXEMPTION, self._district, result_id)

    async def follow_ups(self, result_id: UUID) -> Sequence[Any]:
        found: Sequence[Any] = await self._driver.fetch(_FOLLOW_UPS, self._district, result_id)
        return found

    async def listings(self, entity_id: UUID) -> Sequence[Any]:
        found: Sequence[Any] = await self._driver.fetch(_LISTINGS, self._district, entity_id)
        return found

    async def repairs(self, entity_id: UUID | None, result_id: UUID | None) -> Sequence[Any]:
        found: Sequence[Any] = await self._driver.fetch(_REPAIRS, self._district, entity_id, result_id)
        return found

    async def entity(self, entity_id: UUID) -> Any:
        return await self._driver.fetchrow(_ENTITY, self._district, entity_id)

    async def entity_of_uscc(self, uscc: str) -> UUID | None:
        found: UUID | None = await self._driver.fetchval(_BY_USCC, self._district, uscc)
        return found

    async def names_of(self, entity_id: UUID) -> list[str]:
        return [row["name"] for row in await self._driver.fetch(_NAMES, self._district, entity_id)]

    async def departments(self) -> list[tuple[str, str]]:
        return [(row["code"], row["name"]) for row in await self._driver.fetch(_DEPARTMENTS, self._district)]

    async def body(self, code: str) -> Any:
        """The department of a code or USCC."""
        return await self._driver.fetchrow(_BODY, self._district, code)


def _filters(query: SearchQuery) -> tuple[str | None, str | None, str | None, date | None, date | None, str | None]:
    return query.plan_no, query.task_no, query.department, query.from_on, query.to_on, query.result_type


def _hit(row: Any) -> EntityHit:
    return EntityHit(
        entity_id=row["found_id"],
        name=row["found_name"],
        uscc=row["found_uscc"],
        results=row["found_results"],
        latest=None if row["result_id"] is None else line_of(row),
    )


def line_of(row: Any) -> ResultLine:
    """A shown row of `LINE`."""
    codes = tuple(row["outcome_codes"])
    return ResultLine(
        result_id=row["result_id"],
        version=row["version"],
        state=ResultState(row["state"]),
        entity_id=row["entity_id"],
        entity_name=row["entity_name"],
        department=row["department"],
        department_name=row["department_name"],
        task_no=row["task_no"],
        plan_no=row["plan_no"],
        plan_title=row["plan_title"],
        outcome_codes=codes,
        outcomes=outcome_words(row["outcome"], codes),
        has_problem=row["has_problem"],
        findings=row["findings"],
        concluded_on=row["concluded_on"],
        due_on=row["due_on"],
        published_at=row["published_at"],
        is_late=row["is_late"],
        changed_at=row["changed_at"],
    )
