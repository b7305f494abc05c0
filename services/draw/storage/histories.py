"""What happened before a freeze: visits of the year, results heard of, who went where last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.exclusions import REPEATS_IN_YEAR
from services.draw.domain.freezing import RecusedPair
from services.draw.domain.names_open import VisitProgress
from services.draw.domain.visit_plan import VisitState

_KEEP: Final = text(
    "INSERT INTO replica_results (id, district, visit_id, entity_id, department, outcome, concluded_on, state)"
    " SELECT r.id, current_setting('ssj.district'), r.visit_id, r.entity_id, r.department, r.outcome, r.concluded_on,"
    "  r.state FROM jsonb_to_recordset(CAST(:results AS jsonb)) AS r (id uuid, visit_id uuid, entity_id uuid,"
    "  department text, outcome text, concluded_on date, state text)"
    " ON CONFLICT (district, id) DO UPDATE SET outcome = excluded.outcome, concluded_on = excluded.concluded_on,"
    "  state = excluded.state"
)
_WITHDRAW: Final = text("UPDATE replica_results SET state = 'withdrawn' WHERE id = ANY (CAST(:ids AS uuid[]))")
# A visit that was drawn counts from its assignment on; one that was not (a lead, a re-inspection) once it was made.
_VISITS: Final = text(
    "SELECT entity_id, count(DISTINCT visit_id) AS n FROM ("
    " SELECT entity_id, id AS visit_id FROM visits WHERE state = 'assigned' AND window_start >= :first"
    "  AND window_start <= :last"
    " UNION ALL SELECT r.entity_id, r.visit_id FROM replica_results r WHERE r.outcome = 'done'"
    "  AND r.concluded_on >= :first AND r.concluded_on <= :last"
    "  AND NOT EXISTS (SELECT FROM visits v WHERE v.district = r.district AND v.id = r.visit_id)) AS made"
    " GROUP BY entity_id"
)
_RECOGNISED: Final = text(
    "SELECT entity_id FROM replica_results WHERE state = 'public' AND outcome = 'done' AND concluded_on >= :since"
    " AND department = ANY (CAST(:departments AS text[])) GROUP BY entity_id"
    " HAVING count(DISTINCT department) = cardinality(CAST(:departments AS text[]))"
)
_REPEATED: Final = text(
    "WITH last AS (SELECT DISTINCT ON (entity_id) district, id, entity_id FROM visits WHERE state = 'assigned'"
    "  ORDER BY entity_id, assigned_at DESC, id DESC)"
    " SELECT last.entity_id, a.inspector_id FROM last JOIN assignments a ON a.district = last.district"
    "  AND a.visit_id = last.id WHERE a.inspector_id IS NOT NULL AND NOT a.is_expert"
    " UNION SELECT v.entity_id, a.inspector_id FROM visits v JOIN assignments a ON a.district = v.district"
    "  AND a.visit_id = v.id WHERE v.state = 'assigned' AND v.window_start >= :first AND v.window_start <= :last"
    "  AND a.inspector_id IS NOT NULL AND NOT a.is_expert GROUP BY v.entity_id, a.inspector_id"
    "  HAVING count(*) >= :limit"
)
_MADE: Final = text(
    "SELECT DISTINCT department FROM replica_results WHERE visit_id = :visit_id AND state <> 'withdrawn'"
    " AND outcome IN ('done', 'remote')"
)
_PROGRESS: Final = text(
    "SELECT v.object_token, v.state, v.window_end,"
    " (SELECT array_agg(DISTINCT a.department) FROM assignments a WHERE a.district = v.district"
    "  AND a.visit_id = v.id) AS departments,"
    " array_remove(array_agg(DISTINCT r.department), NULL) AS concluded"
    " FROM visits v LEFT JOIN replica_results r ON r.district = v.district AND r.visit_id = v.id"
    " WHERE v.draw_id = :draw_id GROUP BY v.district, v.id"
)


@dataclass(frozen=True, slots=True)
class ResultFact:
    """What one event says of a department's part of a visit. `state`: `concluded` or `public`."""

    id: UUID
    visit_id: UUID
    entity_id: UUID
    department: str
    outcome: str
    concluded_on: date
    state: str


class HistoryStore:
    """Reads the whole district: ask inside `across_departments`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_results(self, facts: Collection[ResultFact]) -> None:
        if facts:
            rows = orjson.dumps([asdict(fact) for fact in facts], default=str).decode()
            await self._connection.execute(_KEEP, {"results": rows})

    async def withdraw_results(self, ids: Collection[UUID]) -> None:
        if ids:
            await self._connection.execute(_WITHDRAW, {"ids": list(ids)})

    async def visits_in(self, year: int) -> dict[UUID, int]:
        """Entity → visits of a calendar year."""
        rows = await self._connection.execute(_VISITS, _year(year))
        return {row.entity_id: row.n for row in rows}

    async def recognised_since(self, since: date, departments: Sequence[str]) -> frozenset[UUID]:
        """Entities of which every one of these departments has a public result of an inspection since then."""
        found = await self._connection.execute(_RECOGNISED, {"since": since, "departments": sorted(set(departments))})
        return frozenset(found.scalars())

    async def repeated_pairs(self, year: int) -> list[RecusedPair]:
        """Who was at an object the last time it was visited, or often enough in the year (B1, B28)."""
        rows = await self._connection.execute(_REPEATED, _year(year) | {"limit": REPEATS_IN_YEAR})
        return [RecusedPair(*row) for row in rows]

    async def who_made(self, visit_id: UUID) -> frozenset[str]:
        """Departments that have inspected at this visit."""
        return frozenset((await self._connection.execute(_MADE, {"visit_id": visit_id})).scalars())

    async def progress(self, draw_id: UUID) -> list[VisitProgress]:
        """How far every visit of a draw has come. A result taken back was made all the same."""
        return [
            VisitProgress(
                token=bytes(row.object_token),
                state=VisitState(row.state),
                window_end=row.window_end,
                departments=frozenset(row.departments or ()),
                concluded=frozenset(row.concluded),
            )
            for row in await self._connection.execute(_PROGRESS, {"draw_id": draw_id})
        ]


def _year(year: int) -> dict[str, object]:
    return {"first": date(year, 1, 1), "last": date(year, 12, 31)}
