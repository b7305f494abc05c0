"""Search by name, routed by length: two signs by the index of pairs, three and more by trigrams, prefixes first by the
ordered index (`performance.md` 6). The table stands outside row-level security (migration disclosure_0001).

A page begins with names that begin with the text, by name; those that hold it inside follow in the order in which
the table keeps them: so a page is ready as soon as it is full, however many there are. The cursor says which of the two
lists goes on, and behind which place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.names import HIGHEST, NameQuery, Way
from services.disclosure.domain.views import SearchQuery
from shared.runtime.database import Driver

PREFIX: Final = "prefix"
REST: Final = "rest"
_PREFIXED: Final = """
SELECT p.* FROM (
    SELECT set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true),
        set_config('max_parallel_workers_per_gather', '0', true), set_config('synchronize_seqscans', 'off', true),
        set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)
) AS later LEFT JOIN LATERAL (
    SELECT s.entity_id, s.{column} AS place FROM search_names s WHERE {where}
    ORDER BY s.{column}, s.entity_id LIMIT {most}
) AS p ON true"""
"""What it sets holds for the statement after it: bitmap scans come in the order of the heap, which the cursor of the
second list stands on."""
_FILTER: Final = """
 AND EXISTS (SELECT FROM results r LEFT JOIN LATERAL (SELECT v.plan_no FROM plan_versions v
   WHERE v.district = r.district AND v.plan_id = r.plan_id ORDER BY v.version DESC LIMIT 1) p ON true
   WHERE r.district = s.district AND r.entity_id = s.entity_id AND r.state IN ('published', 'corrected', 'withdrawn')
   AND ({p}::text IS NULL OR p.plan_no = {p}) AND ({t}::text IS NULL OR r.task_no = {t})
   AND ({d}::text IS NULL OR r.department = {d}) AND ({f}::date IS NULL OR r.concluded_on >= {f})
   AND ({u}::date IS NULL OR r.concluded_on <= {u})
   AND ({c}::text IS NULL OR CASE {c} WHEN 'problem' THEN r.has_problem
        WHEN 'clean' THEN r.state <> 'withdrawn' AND NOT r.has_problem ELSE {c} = ANY (r.outcome_codes) END))"""


@dataclass(frozen=True, slots=True)
class Found:
    """An object that was found, and its place: of the first list (name, number), of the second where it is kept."""

    entity_id: UUID
    part: str
    place: str


class SearchStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def page(
        self, query: NameQuery, filters: SearchQuery, after: tuple[str, str, UUID] | None, most: int
    ) -> list[Found]:
        """At most `most` objects behind `after` (list, place, number)."""
        begun = after is not None and after[0] == REST
        found = await self._prefixed(query, filters, after, 0 if begun else most)
        if len(found) < most:
            begins = after[1] if after is not None and begun else None
            found += await self._holding(query, filters, begins, most - len(found))
        return found

    async def _prefixed(
        self, query: NameQuery, filters: SearchQuery, after: tuple[str, str, UUID] | None, most: int
    ) -> list[Found]:
        bound = _Bound([self._district, query.folded, HIGHEST])
        column = _column(query)
        where = f"s.district = $1 AND {_begins(query)}{_filter(filters, bound)}"
        if after is not None:
            where += f" AND (s.{column}, s.entity_id) > ({bound(after[1])}::text, {bound(after[2])}::uuid)"
        statement = _PREFIXED.format(column=column, where=where, most=most)
        rows = await self._driver.fetch(statement, *bound.values)
        return [Found(row["entity_id"], PREFIX, row["place"]) for row in rows if row["entity_id"] is not None]

    async def _holding(self, query: NameQuery, filters: SearchQuery, after: str | None, most: int) -> list[Found]:
        bound = _Bound([self._district, query.folded, HIGHEST])
        where = f"s.district = $1 AND {_holds(query, bound)} AND NOT ({_begins(query)}){_filter(filters, bound)}"
        if after is not None:
            where += f" AND s.ctid > {bound(after)}::text::tid"
        rows = await self._driver.fetch(
            f"SELECT s.entity_id, s.ctid::text AS place FROM search_names s WHERE {where} LIMIT {most}",  # noqa: S608
            *bound.values,
        )
        return [Found(row["entity_id"], REST, row["place"]) for row in rows]


class _Bound:
    """Values of a statement; calling it binds one more and gives its placeholder."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def __call__(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


def _column(query: NameQuery) -> str:
    return "initials" if query.way is Way.INITIALS else "folded"


def _begins(query: NameQuery) -> str:
    column = _column(query)
    return f"(s.{column} >= $2 AND s.{column} < $2 || $3)"


def _holds(query: NameQuery, bound: _Bound) -> str:
    """Names that hold the text anywhere. Two letters are no trigram: inside names their pair, in initials as prefix."""
    if len(query.folded) == 2:
        return f"s.pairs @> ARRAY[{bound(query.folded)}::text]"
    like = bound(f"%{_escaped(query.folded)}%")
    if query.way is Way.INITIALS:
        return f"(s.initials LIKE {like}::text OR s.folded LIKE {like}::text)"
    return f"s.folded LIKE {like}::text"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _filter(filters: SearchQuery, bound: _Bound) -> str:
    asked = (filters.plan_no, filters.task_no, filters.department, filters.from_on, filters.to_on, filters.result_type)
    if not any(value is not None for value in asked):
        return ""
    places = dict(zip("ptdfuc", (bound(value) for value in asked), strict=True))
    return _FILTER.format(**places)
