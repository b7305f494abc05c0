"""What differs between two memberships of a library (名录库变动): by conditions, by moment, or both (L2, L7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.libraries import DifferenceFigures, MembershipChange, Side
from services.registry.storage.condition_sql import ConditionSql
from services.registry.storage.entities import entity_of

_FIRST: Final = UUID(int=0)


class DifferenceStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def figures(self, before: Side, after: Side) -> DifferenceFigures:
        moved, values = _moved(before, after)
        held, holds = await self._count(before), await self._count(after)
        query = text(
            "SELECT count(*) FILTER (WHERE entered) AS entered,"  # noqa: S608 - bound values
            f" count(*) FILTER (WHERE NOT entered) AS gone FROM {moved}"
        )
        row = (await self._connection.execute(query, values | {"last": _FIRST})).one()
        return DifferenceFigures(held, holds, row.entered, row.gone)

    async def _count(self, side: Side) -> int:
        sql = ConditionSql(side.conditions, side.moment)
        query = text(f"SELECT count(*) FROM {sql.source} WHERE {sql.where}")  # noqa: S608 - bound values
        found: int = (await self._connection.execute(query, sql.values)).scalar_one()
        return found

    async def page(
        self, before: Side, after: Side, entered: bool | None, size: int, last: UUID | None
    ) -> Sequence[MembershipChange]:
        """At most `size` objects by id, those after `last`, as they are now; `entered` True or False narrows."""
        moved, values = _moved(before, after)
        query = text(
            f"WITH chosen AS MATERIALIZED (SELECT id, entered FROM {moved}"  # noqa: S608
            " WHERE CAST(:entered AS boolean) IS NULL OR entered = :entered ORDER BY id LIMIT :size)"
            " SELECT e.*, c.entered FROM chosen c JOIN entities e ON e.id = c.id ORDER BY c.id"
        )
        values |= {"entered": entered, "size": size, "last": last or _FIRST}
        return [MembershipChange(entity_of(row), row.entered) for row in await self._connection.execute(query, values)]


def _moved(before: Side, after: Side) -> tuple[str, dict[str, Any]]:
    """Ids behind `:last` that belong on one side only, and whether on the later. Only `before` may be of the past."""
    was, now = (ConditionSql(side.conditions, side.moment, name) for side, name in ((before, "b"), (after, "a")))
    values = was.values | now.values
    if before.moment == after.moment:
        return (
            f"(SELECT id, NOT {was.where} AS entered FROM entities"  # noqa: S608 - bound values
            f" WHERE id > :last AND {was.where} <> {now.where}) AS moved",
            values,
        )
    return (
        "(SELECT coalesce(was.id, now.id) AS id, was.id IS NULL AS entered"  # noqa: S608
        f" FROM (SELECT id FROM {was.source} WHERE id > :last AND {was.where}) AS was"
        f" FULL JOIN (SELECT id FROM {now.source} WHERE id > :last AND {now.where}) AS now ON now.id = was.id"
        " WHERE was.id IS NULL OR now.id IS NULL) AS moved",
        values,
    )
