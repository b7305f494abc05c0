"""Counts that plans are tried on: objects by the libraries that hold them, officers by what they are tagged with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.conditions import Condition
from services.registry.domain.entities import RegistrationStatus
from services.registry.domain.inspectors import InspectorStatus
from services.registry.domain.memberships import Membership, OfficerGroup
from services.registry.domain.moments import Moment
from services.registry.storage.condition_sql import ConditionSql
from services.registry.storage.leaves import ON_LEAVE

_OFFICERS: Final = text(
    "SELECT owner_department AS department, tags, capacity, count(*) AS n FROM (SELECT owner_department, capacity,"  # noqa: S608 - constants
    " ARRAY(SELECT DISTINCT tag FROM unnest(fields || expertise) AS tag ORDER BY tag) AS tags FROM inspectors"
    " WHERE owner_department = ANY (CAST(:departments AS text[])) AND status = :active AND valid_until >= :on"
    f" AND NOT {ON_LEAVE}) AS o"
    " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)


class PlanningFigures:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def memberships(self, conditions: Sequence[Condition], on: date) -> Sequence[Membership]:
        """Objects that can be drawn, by class and by which of the libraries hold them: one scan however many libraries.
        Objects in none of them are left out."""
        members = [ConditionSql(condition, Moment(on), f"m{place}c") for place, condition in enumerate(conditions)]
        columns = ", ".join(member.where for member in members)
        query = text(
            f"SELECT credit_class, held, count(*) AS n FROM (SELECT credit_class, ARRAY[{columns}] AS held"  # noqa: S608
            " FROM entities WHERE status = :active) AS e WHERE true = ANY (held) GROUP BY 1, 2 ORDER BY 2, 1"
        )
        values: dict[str, Any] = {"active": RegistrationStatus.ACTIVE.value}
        for member in members:
            values |= member.values
        rows = await self._connection.execute(query, values)
        return [
            Membership(tuple(place for place, held in enumerate(row.held) if held), row.credit_class, row.n)
            for row in rows
        ]

    async def officers(self, departments: Sequence[str], on: date) -> Sequence[OfficerGroup]:
        """Officers who may inspect on a day (active, certificate valid through it), by department, tags and
        capacity."""
        values = {"departments": list(departments), "on": on, "active": InspectorStatus.ACTIVE.value}
        rows = await self._connection.execute(_OFFICERS, values)
        return [OfficerGroup(row.department, tuple(row.tags), row.n, row.capacity) for row in rows]
