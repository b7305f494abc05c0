"""Which objects get visits close together: visits that stand and checks that were made, against thresholds (B1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.drawing_plan import EXCLUDED, VisitThreshold
from services.draw.domain.visit_warnings import AskedVisit, VisitWarning

# `asked` names the objects; a drawn visit counts from its assignment on, one that was not drawn once it was made.
_ROWS: Final = (
    "made AS (SELECT v.entity_id, v.id AS visit_id, coalesce(min(r.concluded_on), v.window_start) AS first,"
    "  coalesce(min(r.concluded_on), v.window_end) AS last FROM visits v LEFT JOIN replica_results r"
    "  ON r.district = v.district AND r.visit_id = v.id AND r.state <> 'withdrawn'"
    "  WHERE v.state = 'assigned' AND {own} AND v.entity_id IN (SELECT entity_id FROM asked) GROUP BY v.district, v.id"
    " UNION ALL SELECT r.entity_id, r.visit_id, min(r.concluded_on), min(r.concluded_on) FROM replica_results r"
    "  WHERE r.outcome = 'done' AND r.state <> 'withdrawn' AND r.entity_id IN (SELECT entity_id FROM asked)"
    "  AND NOT EXISTS (SELECT FROM visits v WHERE v.district = r.district AND v.id = r.visit_id)"
    "  GROUP BY r.entity_id, r.visit_id)"
)
_MADE: Final = _ROWS.format(own="true")
_MADE_BY_OTHER_DRAWS: Final = _ROWS.format(own="v.draw_id <> :draw_id")
_NEAR: Final = "made.first <= asked.last + (asked.days - 1) AND made.last >= asked.first - (asked.days - 1)"
_OF_VISITS: Final = text(
    "WITH asked AS (SELECT * FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS a (key uuid, entity_id uuid,"  # noqa: S608
    f" first date, last date, days integer, visits integer)), {_MADE}"
    " SELECT asked.key, asked.entity_id, asked.days, asked.visits, count(*) AS others FROM asked JOIN made"
    f" ON made.entity_id = asked.entity_id AND made.visit_id <> asked.key AND {_NEAR}"
    " GROUP BY asked.key, asked.entity_id, asked.days, asked.visits HAVING count(*) + 1 >= asked.visits"
    " ORDER BY asked.key, asked.days"
)
_POOL: Final = (
    "WITH asked AS (SELECT o.entity_id, split_part(o.record, chr(9), 2) AS name, t.days, t.visits,"  # noqa: S608
    " CAST(:first AS date) AS first, CAST(:last AS date) AS last FROM pool_objects o"
    " CROSS JOIN jsonb_to_recordset(CAST(:thresholds AS jsonb)) AS t (days integer, visits integer)"
    " WHERE o.draw_id = :draw_id AND o.stratum <> :excluded AND (EXISTS (SELECT FROM visits v"
    "  WHERE v.district = o.district AND v.entity_id = o.entity_id AND v.state = 'assigned')"
    "  OR EXISTS (SELECT FROM replica_results r WHERE r.district = o.district AND r.entity_id = o.entity_id))"
    f"), {_MADE_BY_OTHER_DRAWS}, met AS (SELECT asked.entity_id, asked.name, asked.days, asked.visits,"
    f" count(*) AS others FROM asked JOIN made ON made.entity_id = asked.entity_id AND {_NEAR}"
    " GROUP BY asked.entity_id, asked.name, asked.days, asked.visits HAVING count(*) + 1 >= asked.visits)"
)
_OF_POOL: Final = text(
    f"{_POOL} SELECT entity_id, name, days, visits, others FROM met"  # noqa: S608
    " WHERE (CAST(:after_id AS uuid) IS NULL OR (entity_id, days) > (CAST(:after_id AS uuid), :after_days))"
    " ORDER BY entity_id, days LIMIT :size"
)
_COUNT: Final = text(f"{_POOL} SELECT count(DISTINCT entity_id) FROM met")  # noqa: S608


@dataclass(frozen=True, slots=True)
class AskedPool:
    """The objects of a pool that may be drawn, visited between two days."""

    draw_id: UUID
    first: date
    last: date
    thresholds: Sequence[VisitThreshold]

    def values(self) -> dict[str, object]:
        thresholds = orjson.dumps([asdict(one) for one in self.thresholds]).decode()
        window = {"first": self.first, "last": self.last}
        return window | {"draw_id": self.draw_id, "thresholds": thresholds, "excluded": EXCLUDED}


class VisitWarningStore:
    """Reads the whole district: ask inside `across_departments`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_visits(self, asked: Sequence[AskedVisit]) -> dict[UUID, list[VisitWarning]]:
        """Key → the thresholds that its visit meets, shortest span first."""
        found: dict[UUID, list[VisitWarning]] = {}
        if asked:
            rows = orjson.dumps([asdict(one) for one in asked], default=str).decode()
            for row in await self._connection.execute(_OF_VISITS, {"asked": rows}):
                found.setdefault(row.key, []).append(VisitWarning(row.entity_id, row.days, row.visits, row.others))
        return found

    async def of_pool(
        self, asked: AskedPool, size: int, after: tuple[UUID, int] | None
    ) -> list[tuple[str, VisitWarning]]:
        """At most `size` names with their warnings, by object and span."""
        after_id, after_days = after or (None, 0)
        values = asked.values() | {"size": size, "after_id": after_id, "after_days": after_days}
        rows = await self._connection.execute(_OF_POOL, values)
        return [(row.name, VisitWarning(row.entity_id, row.days, row.visits, row.others)) for row in rows]

    async def objects_in_pool(self, asked: AskedPool) -> int:
        """How many objects meet a threshold."""
        return int((await self._connection.execute(_COUNT, asked.values())).scalar_one()) if asked.thresholds else 0
