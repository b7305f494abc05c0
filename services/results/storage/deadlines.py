"""Deadlines over all records of a district: what ends soon or has ended, what was warned of, and their new days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.deadlines import Alert, AlertKind, Horizon
from services.results.domain.states import UNPUBLISHED
from shared.values.workdays import Deadline

_UNPUBLISHED: Final = ", ".join(f"'{state.value}'" for state in UNPUBLISHED)
# The states stand in the text, so that the planner knows how few rows are open beside all that is published.
_OPEN: Final = f"r.state IN ({_UNPUBLISHED})"
_CONTENT: Final = (
    " FROM inspection_records r {join} recordings c"
    " ON c.district = r.district AND c.record_id = r.id AND c.revision = r.revision"
)
_VISITED: Final = "CAST(c.started_at AT TIME ZONE 'Asia/Shanghai' AS date)"
_UNCONCLUDED: Final = "r.state IN ('draft', 'returned') AND r.concluded_on IS NULL"
# Nobody recorded anything: the visit took place when its firm opened the code the officers showed (B3), and at the
# latest on the last day of its window.
_UNRECORDED: Final = (
    " FROM inspection_records r LEFT JOIN visit_codes v ON v.district = r.district AND v.visit_id = r.visit_id"
)
_PRESUMED: Final = "least(CAST(v.first_opened_at AT TIME ZONE 'Asia/Shanghai' AS date), r.window_end)"
_DAYS: Final = (
    "jsonb_to_recordset(CAST(:days AS jsonb)) AS d (start date, span integer, due_on date, provisional boolean)"
)
_ALERTS: Final = (
    "WITH alerts AS ("  # noqa: S608 - constants only
    " SELECT 'publication' AS kind, r.id AS subject_id, r.owner_department AS department, r.entity_id, c.entity_name,"
    "  c.entity_uscc, r.task_no, r.state, r.due_on, r.due_is_provisional AS is_provisional"
    f" {_CONTENT.format(join='LEFT JOIN')} WHERE {_OPEN} AND r.due_on <= :until"
    " UNION ALL SELECT 'conclusion', r.id, r.owner_department, r.entity_id, c.entity_name, c.entity_uscc, r.task_no,"
    f"  r.state, d.due_on, d.provisional {_CONTENT.format(join='JOIN')} JOIN {_DAYS} ON d.start = {_VISITED}"
    f" WHERE {_UNCONCLUDED} AND {_OPEN} AND d.due_on <= :until"
    " UNION ALL SELECT 'conclusion', r.id, r.owner_department, r.entity_id, NULL, NULL, r.task_no, r.state, d.due_on,"
    f"  d.provisional {_UNRECORDED} JOIN {_DAYS} ON d.start = {_PRESUMED}"
    " WHERE r.state = 'assigned' AND d.due_on <= :until"
    " UNION ALL SELECT 'follow_up', f.id, f.owner_department, f.entity_id, f.entity_name, f.uscc, '', f.state,"
    "  f.due_on, f.due_is_provisional FROM follow_ups f WHERE f.state = 'open' AND f.due_on <= :until)"
)
_SHOWN: Final = "kind, subject_id, department, entity_id, entity_name, task_no, state, due_on, is_provisional"
_OPEN_VISITS: Final = text(
    f"SELECT {_VISITED} {_CONTENT.format(join='JOIN')} WHERE {_UNCONCLUDED} AND {_OPEN}"
    f" UNION SELECT {_PRESUMED} {_UNRECORDED} WHERE r.state = 'assigned'"
)
# A stage is told once for a day; if the day moves, it is told for the new one.
_UNTOLD: Final = text(
    f"{_ALERTS}, staged AS (SELECT a.*, (SELECT min(h.days) FROM jsonb_to_recordset(CAST(:horizons AS jsonb))"  # noqa: S608
    "  AS h (days integer, until date) WHERE a.due_on <= h.until) AS stage FROM alerts a)"
    f" SELECT {_SHOWN}, stage FROM staged a WHERE NOT EXISTS (SELECT FROM deadline_warnings w"
    "  WHERE w.kind = a.kind AND w.subject_id = a.subject_id AND w.stage = a.stage AND w.due_on = a.due_on)"
    " ORDER BY due_on, subject_id LIMIT :size"
)
_TELL: Final = text(
    "INSERT INTO deadline_warnings (district, owner_department, kind, subject_id, stage, due_on, told_at)"
    " SELECT current_setting('ssj.district'), department, kind, subject_id, stage, due_on, :at"
    " FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS t (department text, kind text, subject_id uuid, stage integer,"
    "  due_on date) ON CONFLICT DO NOTHING RETURNING kind, subject_id,"
    " (SELECT count(*) + 1 FROM deadline_warnings w WHERE w.kind = deadline_warnings.kind"
    "  AND w.subject_id = deadline_warnings.subject_id) AS number"
)
_OPEN_STARTS: Final = text(
    f"SELECT DISTINCT r.concluded_on FROM inspection_records r WHERE {_OPEN} AND r.concluded_on IS NOT NULL"  # noqa: S608
)
_OPEN_SPANS: Final = text("SELECT DISTINCT opened_on, days FROM follow_ups WHERE state = 'open'")
_MOVE_RECORDS: Final = text(
    "WITH moved AS (UPDATE inspection_records r SET due_on = d.due_on, due_is_provisional = d.provisional,"  # noqa: S608
    f"  version = r.version + 1 FROM {_DAYS} WHERE r.concluded_on = d.start AND {_OPEN}"
    "  AND (r.due_on, r.due_is_provisional) IS DISTINCT FROM (d.due_on, d.provisional)"
    "  RETURNING r.id, r.version, r.state, r.task_id, r.owner_department, r.due_on, r.due_is_provisional),"
    " history AS (INSERT INTO inspection_records_history (district, record_id, version, act, state, detail, actor,"
    "  acted_at) SELECT current_setting('ssj.district'), id, version, 'reschedule', state, :detail, :actor, :at"
    "  FROM moved)"
    " SELECT id, version, task_id, owner_department, due_on, due_is_provisional FROM moved ORDER BY id"
)
_MOVE_FOLLOW_UPS: Final = text(
    "WITH moved AS (UPDATE follow_ups f SET due_on = d.due_on, due_is_provisional = d.provisional,"  # noqa: S608
    f"  version = f.version + 1 FROM {_DAYS} WHERE f.opened_on = d.start AND f.days = d.span AND f.state = 'open'"
    "  AND (f.due_on, f.due_is_provisional) IS DISTINCT FROM (d.due_on, d.provisional)"
    "  RETURNING f.id, f.version, f.owner_department, f.due_on, f.due_is_provisional),"
    " history AS (INSERT INTO follow_ups_history (district, follow_up_id, version, act, detail, actor, acted_at)"
    "  SELECT current_setting('ssj.district'), id, version, 'reschedule', :detail, :actor, :at FROM moved)"
    " SELECT id, version, CAST(NULL AS uuid), owner_department, due_on, due_is_provisional FROM moved ORDER BY id"
)
_WATCH: Final = text("INSERT INTO watched_districts VALUES (current_setting('ssj.district')) ON CONFLICT DO NOTHING")
_WATCHED: Final = text("SELECT name FROM watched_districts ORDER BY name")

Span = tuple[date, int]
"""A first day (day 0) and a number of working days."""


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """None does not filter. `until` is the last deadline shown, `words` part of a name or a beginning of a code."""

    until: date
    kind: str | None = None
    department: str | None = None
    words: str | None = None
    due_before: date | None = None
    due_from: date | None = None


@dataclass(frozen=True, slots=True)
class FoundDeadline:
    """A deadline as the query finds it; `stage` only where warnings are sought."""

    kind: str
    subject_id: UUID
    department: str
    entity_id: UUID
    entity_name: str | None
    task_no: str
    state: str
    due_on: date
    is_provisional: bool
    stage: int | None = None

    def alert(self, days_left: int) -> Alert:
        facts = {name: getattr(self, name) for name in _SHOWN.split(", ") if name != "kind"}
        return Alert(kind=AlertKind(self.kind), days_left=days_left, **facts)


@dataclass(frozen=True, slots=True)
class Moved:
    """A record or a follow-up with its new deadline. `task_id` is a record's."""

    id: UUID
    version: int
    task_id: UUID | None
    department: str
    due_on: date
    due_is_provisional: bool


class DeadlineStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open_visit_days(self) -> list[date]:
        """The days of visits that have no result yet, of those nobody recorded the day by which they took place."""
        return list((await self._connection.execute(_OPEN_VISITS)).scalars())

    async def page(
        self, wanted: AlertFilter, days: Mapping[Span, Deadline], size: int, after: tuple[date, UUID] | None
    ) -> list[FoundDeadline]:
        """At most `size`, the most urgent first."""
        where, values = _conditions(wanted)
        if after is not None:
            where.append("(due_on, subject_id) > (:after_due, :after_id)")
            values |= {"after_due": after[0], "after_id": after[1]}
        query = (
            f"{_ALERTS} SELECT {_SHOWN} FROM alerts WHERE {' AND '.join(where)}"  # noqa: S608
            " ORDER BY due_on, subject_id LIMIT :size"
        )
        rows = await self._connection.execute(text(query), values | {"days": _rows(days), "size": size})
        return [_found(row) for row in rows]

    async def untold(
        self, horizons: Sequence[Horizon], days: Mapping[Span, Deadline], size: int
    ) -> list[FoundDeadline]:
        """Deadlines with the stage they have reached, where that was not told yet."""
        stages = orjson.dumps([{"days": one.days, "until": one.until} for one in horizons]).decode()
        until = max(one.until for one in horizons)
        values = {"until": until, "horizons": stages, "days": _rows(days), "size": size}
        return [_found(row) for row in await self._connection.execute(_UNTOLD, values)]

    async def tell(self, found: Sequence[FoundDeadline], at: datetime) -> dict[tuple[str, UUID], int]:
        """Notes the warnings. Those that nobody noted meanwhile, each with its number for its subject."""
        told = orjson.dumps(
            [
                {
                    "department": one.department,
                    "kind": one.kind,
                    "subject_id": one.subject_id,
                    "stage": one.stage,
                    "due_on": one.due_on,
                }
                for one in found
            ],
            default=str,
        ).decode()
        rows = await self._connection.execute(_TELL, {"told": told, "at": at})
        return {(row.kind, row.subject_id): row.number for row in rows}

    async def open_spans(self, days: int) -> tuple[set[Span], set[Span]]:
        """From where unpublished results (`days` each) and open follow-ups count."""
        starts = (await self._connection.execute(_OPEN_STARTS)).scalars()
        spans = await self._connection.execute(_OPEN_SPANS)
        return {(start, days) for start in starts}, {(row.opened_on, row.days) for row in spans}

    async def move_records(self, days: Mapping[Span, Deadline], detail: str, actor: str, at: datetime) -> list[Moved]:
        """Gives unpublished results their new deadlines; returns those that changed."""
        values = {"days": _rows(days), "detail": detail, "actor": actor, "at": at}
        return [Moved(*row) for row in await self._connection.execute(_MOVE_RECORDS, values)]

    async def move_follow_ups(
        self, days: Mapping[Span, Deadline], detail: str, actor: str, at: datetime
    ) -> list[Moved]:
        values = {"days": _rows(days), "detail": detail, "actor": actor, "at": at}
        return [Moved(*row) for row in await self._connection.execute(_MOVE_FOLLOW_UPS, values)]

    async def watch(self) -> None:
        """From now on the worker looks after this district's deadlines."""
        await self._connection.execute(_WATCH)

    async def watched(self) -> list[str]:
        return list((await self._connection.execute(_WATCHED)).scalars())


def _conditions(wanted: AlertFilter) -> tuple[list[str], dict[str, Any]]:
    clauses = {
        "kind": "kind = :kind",
        "department": "department = :department",
        "words": "(strpos(entity_name, :words) > 0 OR starts_with(entity_uscc, :words)"
        " OR starts_with(task_no, :words))",
        "due_before": "due_on < :due_before",
        "due_from": "due_on >= :due_from",
    }
    given = {name: getattr(wanted, name) for name in clauses if getattr(wanted, name) is not None}
    return ["true", *(clauses[name] for name in given)], given | {"until": wanted.until}


def _rows(days: Mapping[Span, Deadline]) -> str:
    rows = [
        {"start": start, "span": span, "due_on": due.on, "provisional": due.provisional}
        for (start, span), due in days.items()
    ]
    return orjson.dumps(rows).decode()


def _found(row: Row[Any]) -> FoundDeadline:
    return FoundDeadline(**row._mapping)
