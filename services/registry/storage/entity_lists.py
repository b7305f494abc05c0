"""Lists of objects: filters, search, and what belongs to a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.conditions import Condition, Has
from services.registry.domain.entities import Entity, RegistrationStatus
from services.registry.domain.libraries import LibraryCounts
from services.registry.domain.moments import Moment
from services.registry.storage.condition_sql import EVERYTHING, ConditionSql
from services.registry.storage.entities import COLUMNS, entity_of
from shared.values.text import search_key
from shared.values.uscc import is_valid, normalise

FIRST: Final = UUID(int=0)
_USCC_PART: Final = 6
"""From so many characters on a text is tried as the beginning of a USCC."""
_FILTERS: Final = {
    "kind": "kind = :kind",
    "status": "status = :status",
    "credit_class": "credit_class = :credit_class",
    "department": "CAST(:department AS text) = ANY (departments)",
    "town": "starts_with(region_code, :town)",
}


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """What a list is narrowed by; None does not narrow. `tag`: of the object itself, or of a department on that day.
    `q`: a part of the name, the whole number of the object, a USCC or its beginning."""

    kind: str | None = None
    status: str | None = None
    town: str | None = None
    credit_class: str | None = None
    department: str | None = None
    tag: str | None = None
    q: str | None = None


class EntityLists:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(self, narrowed: EntityFilter, moment: Moment, size: int, after: UUID | None) -> Sequence[Entity]:
        """At most `size` entities by id, those after `after`, as they were at the moment."""
        sql = ConditionSql(Has("tags", (narrowed.tag,), True) if narrowed.tag else EVERYTHING, moment)
        values = {name: getattr(narrowed, name) for name in _FILTERS if getattr(narrowed, name) is not None}
        wheres = [_FILTERS[name] for name in values]
        if narrowed.q:
            searched, found = _search(narrowed.q)
            wheres.append(searched)
            values |= found
        sql.where = " AND ".join([sql.where, *wheres])
        sql.values |= values
        return await self._page(sql, size, after)

    async def of_library(self, condition: Condition, moment: Moment, size: int, after: UUID | None) -> Sequence[Entity]:
        """Preview rows of a library, excluded objects among them."""
        return await self._page(ConditionSql(condition, moment), size, after)

    async def _page(self, sql: ConditionSql, size: int, after: UUID | None) -> Sequence[Entity]:
        query = text(
            f"SELECT {COLUMNS} FROM {sql.source} WHERE id > :after AND {sql.where} ORDER BY id LIMIT :size"  # noqa: S608
        )
        found = await self._connection.execute(query, sql.values | {"size": size, "after": after or FIRST})
        return [entity_of(row) for row in found]

    async def count(self, condition: Condition, moment: Moment) -> LibraryCounts:
        sql = ConditionSql(condition, moment)
        query = text(
            "SELECT credit_class, kind, status = :active AS drawable, count(*) AS n"  # noqa: S608 - bound values
            f" FROM {sql.source} WHERE {sql.where} GROUP BY 1, 2, 3"
        )
        rows = await self._connection.execute(query, sql.values | {"active": RegistrationStatus.ACTIVE.value})
        by_class: dict[str, int] = dict.fromkeys("ABCDU", 0)
        by_kind: dict[str, int] = {}
        excluded = 0
        for row in rows:
            if not row.drawable:
                excluded += row.n
                continue
            by_class[row.credit_class] = by_class.get(row.credit_class, 0) + row.n
            by_kind[row.kind] = by_kind.get(row.kind, 0) + row.n
        return LibraryCounts(by_class, by_kind, excluded)


def _search(q: str) -> tuple[str, dict[str, str]]:
    """The condition and its values; a text without any letter of a name finds nothing by name."""
    code, key = normalise(q), search_key(q)
    if is_valid(code):
        return "uscc = :code", {"code": code}
    by_name = "(strpos(coalesce(name_key, name), :key) > 0 OR external_no = :q OR starts_with(uscc, :code))"
    return by_name, {"key": key or q, "q": q.strip(), "code": code if len(code) >= _USCC_PART else q}
