"""Exemptions from publication (免予公示), and how each department published what fell due."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.exemptions import Exemption, ExemptionCount, PublicationCount
from services.results.domain.states import UNPUBLISHED

_COLUMNS: Final = (
    "record_id, owner_department AS department, ground, basis, reason, approved_by, approved_at, exempted_on"
)
_ADD: Final = text(
    "INSERT INTO result_exemptions (district, owner_department, record_id, ground, basis, reason, approved_by,"
    " approved_at, exempted_on) VALUES (current_setting('ssj.district'), :department, :record_id, :ground, :basis,"
    " :reason, :approved_by, :approved_at, :exempted_on)"
)
_COUNTS: Final = text(
    "SELECT owner_department, ground, count(*) FROM result_exemptions"
    " WHERE exempted_on BETWEEN :first AND :last GROUP BY owner_department, ground ORDER BY owner_department, ground"
)
_ON: Final = "CAST(r.published_at AT TIME ZONE 'Asia/Shanghai' AS date)"
_UNPUBLISHED: Final = ", ".join(f"'{state.value}'" for state in UNPUBLISHED)
_PUBLICATION: Final = text(
    "SELECT r.owner_department, count(*),"  # noqa: S608 - constants only
    f" count(*) FILTER (WHERE {_ON} <= r.due_on), count(*) FILTER (WHERE {_ON} > r.due_on),"
    f" count(*) FILTER (WHERE r.state IN ({_UNPUBLISHED}) AND r.due_on < :today),"
    f" count(*) FILTER (WHERE r.state IN ({_UNPUBLISHED}) AND r.due_on >= :today),"
    " count(*) FILTER (WHERE r.state = 'exempted')"
    " FROM inspection_records r WHERE coalesce(r.due_on, date '9999-12-31') BETWEEN :first AND :last AND r.revision > 0"
    " GROUP BY r.owner_department ORDER BY r.owner_department"
)


@dataclass(frozen=True, slots=True)
class ExemptionFilter:
    ground: str | None = None
    department: str | None = None
    exempted_from: date | None = None
    exempted_until: date | None = None


class ExemptionStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, exemption: Exemption) -> None:
        await self._connection.execute(_ADD, asdict(exemption))

    async def page(self, wanted: ExemptionFilter, size: int, after: tuple[date, UUID] | None) -> list[Exemption]:
        """At most `size` by day and id."""
        where, values = _conditions(wanted)
        if after is not None:
            where.append("(exempted_on, record_id) > (:after_on, :after_id)")
            values |= {"after_on": after[0], "after_id": after[1]}
        query = (
            f"SELECT {_COLUMNS} FROM result_exemptions WHERE {' AND '.join(where)}"  # noqa: S608
            " ORDER BY exempted_on, record_id LIMIT :size"
        )
        rows = await self._connection.execute(text(query), values | {"size": size})
        return [Exemption(**row._mapping) for row in rows]

    async def counts(self, first: date, last: date) -> list[ExemptionCount]:
        """By department and ground, of those exempted from `first` to `last`, both included."""
        rows = await self._connection.execute(_COUNTS, {"first": first, "last": last})
        return [ExemptionCount(*row) for row in rows]

    async def publication(self, first: date, last: date, today: date) -> list[PublicationCount]:
        """By department, of results that were or are due from `first` to `last`, both included."""
        rows = await self._connection.execute(_PUBLICATION, {"first": first, "last": last, "today": today})
        return [PublicationCount(*row) for row in rows]


def _conditions(wanted: ExemptionFilter) -> tuple[list[str], dict[str, Any]]:
    clauses = {
        "ground": "ground = :ground",
        "department": "owner_department = :department",
        "exempted_from": "exempted_on >= :exempted_from",
        "exempted_until": "exempted_on <= :exempted_until",
    }
    values = {name: value for name, value in asdict(wanted).items() if value is not None}
    return ["true", *(clauses[name] for name in values)], values
