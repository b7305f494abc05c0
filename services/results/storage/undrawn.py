"""Leads heard of from planning, and checks that departments assign without a draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.undrawn import CheckItem, Lead
from services.results.domain.visits import Visit

_REMEMBER: Final = text(
    "INSERT INTO replica_leads (district, owner_department, id, lead_no, kind, entity_id, received_on, due_on)"
    " SELECT current_setting('ssj.district'), department, id, lead_no, kind, entity_id, received_on, due_on"
    " FROM jsonb_to_recordset(CAST(:leads AS jsonb)) AS l (department text, id uuid, lead_no text, kind text,"
    "  entity_id uuid, received_on date, due_on date) ON CONFLICT (district, id) DO NOTHING"
)
_MOVE: Final = text(
    "UPDATE replica_leads l SET due_on = m.due_on"
    " FROM jsonb_to_recordset(CAST(:moved AS jsonb)) AS m (id uuid, due_on date) WHERE l.id = m.id"
)
_CLOSE: Final = text("UPDATE replica_leads SET is_closed = true WHERE id = ANY (CAST(:ids AS uuid[]))")
_LEAD: Final = (
    "SELECT id, lead_no, kind, owner_department, entity_id, received_on, due_on, is_closed FROM replica_leads"
)
_ADD_VISIT: Final = text(
    "INSERT INTO replica_visits (id, district, owner_department, participants, draw_id, task_id, task_no, plan_id,"
    " entity_id, window_start, window_end, state, reason, aggregate_version, origin, lead_id, reinspects_id, basis)"
    " VALUES (:id, current_setting('ssj.district'), :initiator, :participants, :draw_id, :task_id, :task_no, :plan_id,"
    " :entity_id, :window_start, :window_end, 'assigned', '', 1, :origin, :lead_id, :reinspects_id, :basis)"
)
_ADD_RECORD: Final = text(
    "INSERT INTO inspection_records (id, district, owner_department, participants, visit_id, task_id, task_no, plan_id,"
    " entity_id, inspector_ids, item_ids, window_start, window_end, state, version, revision, origin)"
    " SELECT :record_id, v.district, v.owner_department, v.participants, v.id, v.task_id, v.task_no, v.plan_id,"
    " v.entity_id, CAST(:inspector_ids AS uuid[]), CAST(:item_ids AS uuid[]), v.window_start, v.window_end, 'assigned',"
    " 1, 0, v.origin FROM replica_visits v WHERE v.id = :visit_id"
)
_ADD_ITEMS: Final = text(
    "INSERT INTO check_items (district, owner_department, visit_id, ordinal, item_id, item_name)"
    " SELECT current_setting('ssj.district'), :department, :visit_id, ordinal, item_id, item_name"
    " FROM jsonb_to_recordset(CAST(:items AS jsonb)) AS i (ordinal integer, item_id uuid, item_name text)"
)
_ITEMS: Final = text("SELECT item_id, item_name FROM check_items WHERE visit_id = :visit_id ORDER BY ordinal")


class UndrawnStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def remember_leads(self, leads: Sequence[Lead]) -> None:
        await self._connection.execute(_REMEMBER, {"leads": orjson.dumps([asdict(one) for one in leads]).decode()})

    async def move_leads(self, due_on: Mapping[UUID, date]) -> None:
        """Lead → its new last day."""
        moved = [{"id": lead_id, "due_on": day} for lead_id, day in due_on.items()]
        await self._connection.execute(_MOVE, {"moved": orjson.dumps(moved).decode()})

    async def close_leads(self, ids: Sequence[UUID]) -> None:
        await self._connection.execute(_CLOSE, {"ids": list(ids)})

    async def lead(self, lead_id: UUID) -> Lead | None:
        row = (await self._connection.execute(text(f"{_LEAD} WHERE id = :id"), {"id": lead_id})).one_or_none()
        return None if row is None else Lead(*row)

    async def leads(self, size: int, after: UUID | None, *, is_closed: bool | None = None) -> list[Lead]:
        """At most `size` of the department's leads, in the order in which they were registered."""
        query = (
            f"{_LEAD} WHERE (CAST(:after AS uuid) IS NULL OR id > :after)"
            " AND (CAST(:is_closed AS boolean) IS NULL OR is_closed = :is_closed) ORDER BY id LIMIT :size"
        )
        rows = await self._connection.execute(text(query), {"after": after, "is_closed": is_closed, "size": size})
        return [Lead(*row) for row in rows]

    async def add_check(
        self, visit: Visit, record_id: UUID, inspector_ids: Sequence[UUID], items: Sequence[CheckItem]
    ) -> None:
        """The visit, the record owed for it, and the items as the department worded them."""
        await self._connection.execute(_ADD_VISIT, asdict(visit) | {"participants": list(visit.participants)})
        await self._connection.execute(
            _ADD_RECORD,
            {
                "record_id": record_id,
                "visit_id": visit.id,
                "inspector_ids": list(inspector_ids),
                "item_ids": [item.item_id for item in items],
            },
        )
        rows = [asdict(item) | {"ordinal": ordinal} for ordinal, item in enumerate(items, start=1)]
        values = {"department": visit.initiator, "visit_id": visit.id, "items": orjson.dumps(rows).decode()}
        await self._connection.execute(_ADD_ITEMS, values)

    async def items_of(self, visit_id: UUID) -> list[CheckItem]:
        """Empty for a drawn visit: its items stand on planning's sheet."""
        return [CheckItem(row[0], row[1]) for row in await self._connection.execute(_ITEMS, {"visit_id": visit_id})]
