"""A year of stored draws, counted in sets: who was in the pools, who was drawn first, who sat with whom (B9).

Only version 0 of a result is chance by design; what substitutions made of it is counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.drawing_plan import EXCLUDED, ratios_of
from services.draw.domain.yearly_cuts import CLASS, INDUSTRY, REGION, CutRow
from services.draw.domain.yearly_people import PairRow, SeatRow
from services.draw.domain.yearly_report import GivenUpRow, ReasonRow
from services.draw.storage.tasks import task_of

_DRAWS: Final = text(
    "SELECT id FROM draws WHERE stage = 'PUBLISHED' AND frozen_at >= :first AND frozen_at < :until ORDER BY id"
)
_VOIDED: Final = text("SELECT count(*) FROM draws WHERE stage = 'VOID' AND frozen_at >= :first AND frozen_at < :until")
_IDS: Final = "ANY (CAST(:ids AS uuid[]))"
_DESIGN: Final = text(f"SELECT draw_id, task FROM pools WHERE draw_id = {_IDS}")  # noqa: S608 - constants only
# Materialised: each text is taken apart once, whatever joins it.
_LINES: Final = (
    "lines AS MATERIALIZED (SELECT r.draw_id, string_to_array(line, chr(9)) AS part FROM draw_results r"  # noqa: S608
    f" CROSS JOIN LATERAL string_to_table(r.text, chr(10)) AS line WHERE r.version = 0 AND r.draw_id = {_IDS})"
)
# A token is one object of one draw, so a set of tokens tells who was drawn. The bits of grouping() tell by which of
# the three columns a row is cut.
_CUTS: Final = text(
    f"WITH {_LINES}, drawn AS MATERIALIZED (SELECT decode(part[5], 'hex') AS token FROM lines"  # noqa: S608
    "  WHERE part[1] = 'D'),"
    " marked AS (SELECT o.draw_id, o.stratum, o.credit_class, o.region, o.industry,"
    f"  o.token IN (SELECT token FROM drawn) AS is_drawn FROM pool_objects o WHERE o.draw_id = {_IDS}"
    "  AND o.stratum <> :excluded)"
    " SELECT grouping(credit_class, region, industry) AS bits, draw_id, stratum,"
    "  coalesce(credit_class, region, industry) AS value, count(*) AS had, count(*) FILTER (WHERE is_drawn) AS drawn"
    " FROM marked GROUP BY draw_id, stratum, GROUPING SETS ((credit_class), (region), (industry))"
)
_CUT_OF_BITS: Final = {0b011: CLASS, 0b101: REGION, 0b110: INDUSTRY}
_SEATED: Final = (
    "taken AS MATERIALIZED (SELECT draw_id, part[2] AS object, decode(part[5], 'hex') AS token FROM lines"
    "  WHERE part[1] = 'M' AND part[5] <> '-'),"
    " seated AS MATERIALIZED (SELECT t.draw_id, t.object, i.department, i.inspector_id FROM taken t"
    "  JOIN pool_inspectors i ON i.draw_id = t.draw_id AND i.token = t.token)"
)
# A roster row: token, department, regions, tags, certificate valid to, cap, yearly load (draw-protocol section 4).
_SEATS: Final = text(
    f"WITH {_LINES}, {_SEATED}, held AS (SELECT draw_id, inspector_id, count(*) AS n FROM seated"  # noqa: S608
    "  GROUP BY draw_id, inspector_id)"
    " SELECT i.draw_id, i.department, i.inspector_id, coalesce(h.n, 0) AS seats,"
    "  concat_ws(chr(9), split_part(i.roster_row, chr(9), 3), split_part(i.roster_row, chr(9), 4),"
    "   split_part(i.roster_row, chr(9), 6)) AS standing"
    " FROM pool_inspectors i JOIN pools p ON p.draw_id = i.draw_id"
    " LEFT JOIN held h ON h.draw_id = i.draw_id AND h.inspector_id = i.inspector_id"
    f" WHERE i.draw_id = {_IDS} AND i.roster_row IS NOT NULL"
    "  AND split_part(i.roster_row, chr(9), 5) >= p.task ->> 'window_end'"
    "  AND NOT 'expert' = ANY (string_to_array(split_part(i.roster_row, chr(9), 4), ','))"
    " ORDER BY i.draw_id, i.inspector_id"
)
_PAIRS: Final = text(
    f"WITH {_LINES}, {_SEATED}, teams AS (SELECT draw_id, department,"  # noqa: S608
    "  array_agg(inspector_id ORDER BY inspector_id) AS team FROM seated GROUP BY draw_id, object, department)"
    " SELECT draw_id, department, one, other, count(*) AS times FROM teams"
    " CROSS JOIN LATERAL unnest(team) WITH ORDINALITY AS a (one, place)"
    " CROSS JOIN LATERAL unnest(team) WITH ORDINALITY AS b (other, after) WHERE after > place"
    " GROUP BY draw_id, department, one, other"
)
_REASONS: Final = text(
    f"SELECT reason_code, state, count(*) AS times FROM substitutions WHERE draw_id = {_IDS}"  # noqa: S608
    " GROUP BY reason_code, state ORDER BY reason_code, state"
)
_APPLIED: Final = (
    "applied AS MATERIALIZED (SELECT DISTINCT draw_id, visit_id, inspector_id FROM substitutions"  # noqa: S608
    f" WHERE state = 'applied' AND draw_id = {_IDS})"
)
_OBJECTS: Final = text(
    f"WITH {_APPLIED} SELECT v.draw_id, o.region AS value, count(*) AS had,"  # noqa: S608
    " count(*) FILTER (WHERE v.id IN (SELECT visit_id FROM applied WHERE inspector_id IS NULL)) AS substituted"
    " FROM visits v JOIN pool_objects o ON o.district = v.district AND o.draw_id = v.draw_id"
    f"  AND o.token = v.object_token WHERE v.draw_id = {_IDS} GROUP BY v.draw_id, o.region"
)
# Seats at the end and officers replaced: an officer replaced thrice in one seat is three.
_OFFICERS: Final = text(
    f"WITH {_APPLIED}, held AS (SELECT v.draw_id, s.department, count(*) AS n FROM assignments s"  # noqa: S608
    "  JOIN visits v ON v.district = s.district AND v.id = s.visit_id"
    f"  WHERE v.draw_id = {_IDS} AND NOT s.is_expert GROUP BY v.draw_id, s.department),"
    " gone AS (SELECT i.draw_id, i.department, count(*) AS n FROM applied a JOIN pool_inspectors i"
    "  ON i.draw_id = a.draw_id AND i.inspector_id = a.inspector_id GROUP BY i.draw_id, i.department)"
    " SELECT h.draw_id, h.department AS value, greatest(h.n, coalesce(g.n, 0)) AS had,"
    "  coalesce(g.n, 0) AS substituted FROM held h LEFT JOIN gone g ON g.draw_id = h.draw_id"
    "  AND g.department = h.department"
)


class FairnessStore:
    """Reads the whole district: ask inside `across_departments`. `ids` are those that `draws_of` gave."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def draws_of(self, first: datetime, until: datetime) -> list[UUID]:
        """Draws with a public result that were frozen from `first` on, before `until`."""
        rows = await self._connection.execute(_DRAWS, {"first": first, "until": until})
        return list(rows.scalars())

    async def voided(self, first: datetime, until: datetime) -> int:
        return int((await self._connection.execute(_VOIDED, {"first": first, "until": until})).scalar_one())

    async def _rows(self, query: Any, ids: Sequence[UUID], **values: object) -> Any:
        return (await self._connection.execute(query, {"ids": list(ids)} | values)).all()

    async def design(self, ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
        """Draw → stratum → ppm, of the tasks as they were frozen."""
        return {row.draw_id: ratios_of(task_of(row.task, "issued")) for row in await self._rows(_DESIGN, ids)}

    async def cuts(self, ids: Sequence[UUID]) -> list[CutRow]:
        return [
            CutRow(_CUT_OF_BITS[row.bits], row.draw_id, row.stratum, row.value, row.had, row.drawn)
            for row in await self._rows(_CUTS, ids, excluded=EXCLUDED)
        ]

    async def seats(self, ids: Sequence[UUID]) -> list[SeatRow]:
        """Officers on the rosters whose certificates reach the window's end, with their seats of version 0."""
        return [
            SeatRow(row.draw_id, row.department, row.standing, row.inspector_id, row.seats)
            for row in await self._rows(_SEATS, ids)
        ]

    async def pairs(self, ids: Sequence[UUID]) -> list[PairRow]:
        return [PairRow(*row) for row in await self._rows(_PAIRS, ids)]

    async def reasons(self, ids: Sequence[UUID]) -> list[ReasonRow]:
        return [ReasonRow(*row) for row in await self._rows(_REASONS, ids)]

    async def objects_given_up(self, ids: Sequence[UUID]) -> list[GivenUpRow]:
        """By region of the object."""
        return [GivenUpRow(*row) for row in await self._rows(_OBJECTS, ids)]

    async def officers_given_up(self, ids: Sequence[UUID]) -> list[GivenUpRow]:
        """By department of the officer."""
        return [GivenUpRow(*row) for row in await self._rows(_OFFICERS, ids)]
