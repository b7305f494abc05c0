"""Lists of objects: filters, search, and what belongs to a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.conditions import Condition
from services.registry.domain.entities import Entity, RegistrationStatus
from services.registry.domain.libraries import LibraryCounts
from services.registry.storage.condition_sql import ConditionSql
from services.registry.storage.entities import COLUMNS, entity_of
from shared.values.text import search_key
from shared.values.uscc import is_valid, normalise

FIRST: Final = UUID(int=0)
_FILTERS: Final = {
    "kind": "kind = :kind",
    "status": "status = :status",
    "credit_class": "credit_class = :credit_class",
    "department": "CAST(:department AS text) = ANY (departments)",
    "tag": "CAST(:tag AS text) = ANY (tags)",
    "town": "starts_with(region_code, :town)",
}


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """What a list is narrowed by; None does not narrow. `q`: a whole USCC, or a part of the name."""

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

    async def page(self, narrowed: EntityFilter, size: int, after: UUID | None) -> Sequence[Entity]:
        """At most `size` entities by id, those after `after`."""
        values = {name: getattr(narrowed, name) for name in _FILTERS if getattr(narrowed, name) is not None}
        wheres = ["id > :after", *(_FILTERS[name] for name in values)]
        if narrowed.q:
            code = normalise(narrowed.q)
            wheres.append("uscc = :q" if is_valid(code) else "strpos(name_key, :q) > 0")
            values["q"] = code if is_valid(code) else search_key(narrowed.q)
        return await self._page(" AND ".join(wheres), values, size, after)

    async def of_library(self, condition: Condition, size: int, after: UUID | None) -> Sequence[Entity]:
        """Preview rows of a library, excluded objects among them."""
        sql = ConditionSql(condition)
        return await self._page(f"id > :after AND {sql.where}", sql.values, size, after)

    async def _page(self, where: str, values: dict[str, Any], size: int, after: UUID | None) -> Sequence[Entity]:
        query = text(f"SELECT {COLUMNS} FROM entities WHERE {where} ORDER BY id LIMIT :size")  # noqa: S608
        found = await self._connection.execute(query, values | {"size": size, "after": after or FIRST})
        return [entity_of(row) for row in found]

    async def count(self, condition: Condition) -> LibraryCounts:
        sql = ConditionSql(condition)
        query = text(
            "SELECT credit_class, kind, status = :active AS drawable, count(*) AS n"  # noqa: S608 - bound values
            f" FROM entities WHERE {sql.where} GROUP BY 1, 2, 3"
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
