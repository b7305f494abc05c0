"""Where nobody looks (监管真空, L6): objects that no department answers for, and what an item finds to inspect and by
whom. Who answers is `duties.answering`, in sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.conditions import InIndustry
from services.registry.domain.duties import Duty
from services.registry.domain.entities import Entity, RegistrationStatus
from services.registry.domain.inspectors import InspectorStatus
from services.registry.domain.marks import MarkKind
from services.registry.domain.moments import Moment
from services.registry.storage.condition_sql import ConditionSql
from services.registry.storage.entities import COLUMNS, entity_of
from services.registry.storage.leaves import ON_LEAVE

_FIRST: Final = UUID(int=0)
_LICENSED: Final = f"kind = '{MarkKind.LICENCE}' AND valid_from <= :on AND (valid_until IS NULL OR valid_until >= :on)"
_QUALIFIED = text(
    "SELECT owner_department AS department, fields FROM inspectors"  # noqa: S608 - constants only
    f" WHERE owner_department = ANY (CAST(:departments AS text[])) AND status = :active AND valid_until >= :on"
    f" AND NOT {ON_LEAVE}"
)


@dataclass(frozen=True, slots=True)
class VacuumFilter:
    """What the list is narrowed by; None does not narrow. `town`: a code, with what lies below it."""

    kind: str | None = None
    town: str | None = None


class VacuumStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def objects(
        self, duties: Sequence[Duty], on: date, narrowed: VacuumFilter, size: int, after: UUID | None
    ) -> Sequence[Entity]:
        """Objects in being that nobody answers for, by id: none declared, no licence, no duty for the industry."""
        where, values = _nobody(duties, on, narrowed)
        query = text(f"SELECT {COLUMNS} FROM entities WHERE id > :after AND {where} ORDER BY id LIMIT :size")  # noqa: S608
        found = await self._connection.execute(query, values | {"size": size, "after": after or _FIRST})
        return [entity_of(row) for row in found]

    async def count(self, duties: Sequence[Duty], on: date, narrowed: VacuumFilter) -> Mapping[str, int]:
        """How many there are, by region code."""
        where, values = _nobody(duties, on, narrowed)
        query = text(f"SELECT region_code, count(*) AS n FROM entities WHERE {where} GROUP BY 1 ORDER BY 1")  # noqa: S608
        return {row.region_code: row.n for row in await self._connection.execute(query, values)}

    async def answered(
        self, departments: Sequence[str], duties: Sequence[Duty], on: date
    ) -> Mapping[tuple[str, str], int]:
        """(department, kind) → objects in being that it answers for; one scan however many departments."""
        parts = [_Answered(department, duties, on, place) for place, department in enumerate(departments)]
        columns = ", ".join(f"count(*) FILTER (WHERE {part.where}) AS d{place}" for place, part in enumerate(parts))
        query = text(f"SELECT kind, {columns} FROM entities WHERE status = :active GROUP BY kind")  # noqa: S608
        values: dict[str, Any] = {"active": RegistrationStatus.ACTIVE.value, "on": on}
        for part in parts:
            values |= part.values
        return {
            (department, row.kind): getattr(row, f"d{place}")
            for row in await self._connection.execute(query, values)
            for place, department in enumerate(departments)
        }

    async def qualified(self, departments: Sequence[str], on: date) -> Sequence[tuple[str, frozenset[str]]]:
        """Department and fields of every officer who may inspect on the day."""
        values = {"departments": list(departments), "on": on, "active": InspectorStatus.ACTIVE.value}
        rows = await self._connection.execute(_QUALIFIED, values)
        return [(row.department, frozenset(row.fields)) for row in rows]


def _nobody(duties: Sequence[Duty], on: date, narrowed: VacuumFilter) -> tuple[str, dict[str, Any]]:
    mapped = ConditionSql(InIndustry(tuple(d.content.industry for d in duties if d.content.industry)), Moment(on))
    wheres = [
        "status = :active AND cardinality(departments) = 0",
        f"NOT {mapped.where}",
        f"id NOT IN (SELECT entity_id FROM entity_marks WHERE {_LICENSED})",  # noqa: S608 - constants only
    ]
    values = mapped.values | {"active": RegistrationStatus.ACTIVE.value, "on": on}
    if narrowed.kind is not None:
        wheres.append("kind = :kind")
        values["kind"] = narrowed.kind
    if narrowed.town is not None:
        wheres.append("starts_with(region_code, :town)")
        values["town"] = narrowed.town
    return " AND ".join(wheres), values


class _Answered:
    """`duties.answering` for one department as SQL over a row of `entities`."""

    def __init__(self, department: str, duties: Sequence[Duty], on: date, place: int) -> None:
        industries = tuple(
            d.content.industry for d in duties if d.content.industry and d.content.department == department
        )
        mapped = sorted({d.content.licence for d in duties if d.content.licence})
        own = sorted({d.content.licence for d in duties if d.content.licence and d.content.department == department})
        by_industry = ConditionSql(InIndustry(industries), Moment(on), f"v{place}c")
        d, names, taken = f"v{place}d", f"v{place}n", f"v{place}m"
        licences = (
            f"SELECT entity_id FROM entity_marks WHERE {_LICENSED} AND (name = ANY (CAST(:{names} AS text[]))"  # noqa: S608
            f" OR (department = :{d} AND NOT name = ANY (CAST(:{taken} AS text[]))))"
        )
        self.where = f"(:{d} = ANY (departments) OR {by_industry.where} OR id IN ({licences}))"
        self.values: dict[str, Any] = by_industry.values | {d: department, names: own, taken: mapped}
