"""What departments owed on objects and when they did it (G2), over records, steps and follow-ups."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.duties import DutyFacts
from services.results.domain.states import State

_STEP: Final = (
    "(SELECT min(h.acted_at) FROM inspection_records_history h"
    " WHERE h.district = r.district AND h.record_id = r.id AND h.act = '{act}')"
)
_FOLLOW_UPS: Final = (
    " LEFT JOIN LATERAL (SELECT count(*) AS follow_ups,"
    "  count(*) FILTER (WHERE f.state = 'open' AND f.due_on < :today) AS follow_ups_overdue,"
    "  count(*) FILTER (WHERE f.closed_on > f.due_on) AS follow_ups_late"
    "  FROM follow_ups f WHERE f.district = r.district AND f.result_id = r.id) u ON true"
)
_FACTS: Final = (
    " SELECT r.id AS record_id, r.visit_id, r.task_no, r.entity_id, c.entity_name, r.owner_department AS department,"  # noqa: S608
    " r.inspector_ids, r.state, r.window_start, r.window_end,"
    f" {_STEP.format(act='assign')} AS assigned_at, {_STEP.format(act='record')} AS recorded_at,"
    " CAST(c.started_at AT TIME ZONE 'Asia/Shanghai' AS date) AS visited_on, r.concluded_on, r.due_on,"
    " CAST(r.published_at AT TIME ZONE 'Asia/Shanghai' AS date) AS published_on, u.follow_ups, u.follow_ups_overdue,"
    " u.follow_ups_late, EXISTS (SELECT FROM recording_outcomes o JOIN vocabulary_codes v"
    "  ON v.name = 'outcome' AND v.version = c.vocabulary_version AND v.code = o.outcome_code AND v.needs_follow_up"
    "  WHERE o.district = r.district AND o.record_id = r.id AND o.revision = r.revision) AS needs_follow_up"
    " FROM chosen r LEFT JOIN recordings c"
    f" ON c.district = r.district AND c.record_id = r.id AND c.revision = r.revision{_FOLLOW_UPS}"
)


@dataclass(frozen=True, slots=True)
class DutyFilter:
    """None does not filter. `window_from`..`window_until`: the visit's window ends in between, both included."""

    inspector_id: UUID | None = None
    entity_id: UUID | None = None
    department: str | None = None
    task_id: UUID | None = None
    window_from: date | None = None
    window_until: date | None = None


class DutyStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(self, wanted: DutyFilter, today: date, size: int, after: UUID | None) -> list[DutyFacts]:
        """At most `size` in the order of their assignment. The page is chosen first, its facts are gathered then."""
        where, values = _conditions(wanted)
        if after is not None:
            where.append("r.id > :after")
            values["after"] = after
        query = (
            f"WITH chosen AS (SELECT r.* FROM inspection_records r WHERE {' AND '.join(where)}"  # noqa: S608
            f" ORDER BY r.id LIMIT :size){_FACTS} ORDER BY r.id"
        )
        rows = await self._connection.execute(text(query), values | {"today": today, "size": size})
        return [_facts_of(row) for row in rows]


def _conditions(wanted: DutyFilter) -> tuple[list[str], dict[str, Any]]:
    clauses = {
        "inspector_id": "r.inspector_ids @> ARRAY[CAST(:inspector_id AS uuid)]",
        "entity_id": "r.entity_id = :entity_id",
        "department": "r.owner_department = :department",
        "task_id": "r.task_id = :task_id",
        "window_from": "r.window_end >= :window_from",
        "window_until": "r.window_end <= :window_until",
    }
    values = {name: value for name, value in asdict(wanted).items() if value is not None}
    return ["true", *(clauses[name] for name in values)], values


def _facts_of(row: Row[Any]) -> DutyFacts:
    got = dict(row._mapping)
    return DutyFacts(**got | {"inspector_ids": tuple(got["inspector_ids"]), "state": State(got["state"])})
