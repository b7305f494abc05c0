"""Where leads are kept, with their history; what they say never leaves the department and the joint office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.filters import LeadFilter
from services.planning.domain.leads import (
    Lead,
    LeadCheck,
    LeadContent,
    LeadKind,
    LeadLinks,
    LeadOutcome,
    LeadState,
    MissingLicence,
)
from services.planning.storage.item_lists import Step
from shared.runtime.problems import VersionChanged

_FIELDS = (
    "id, district, lead_no, kind, owner_department, received_on, summary, source_no, entity_id, place, missing, state,"
    " row_version, registered_at, due_on, checked_on, finding, outcome, disposal, result_ids, plan_id, closed_at"
)
_GET = f"SELECT {_FIELDS} FROM leads WHERE id = :id"  # noqa: S608 - constants only
_PAGE = text(
    f"SELECT {_FIELDS} FROM leads WHERE (CAST(:department AS text) IS NULL OR owner_department = :department)"  # noqa: S608
    " AND (CAST(:kind AS text) IS NULL OR kind = :kind) AND (CAST(:state AS text) IS NULL OR state = :state)"
    " AND (CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :size"
)
_WAITING = text(
    f"SELECT {_FIELDS} FROM leads WHERE state = 'registered' AND due_on IS NOT NULL ORDER BY id FOR UPDATE"  # noqa: S608
)
_ADD = text(
    f"INSERT INTO leads ({_FIELDS}) VALUES (:id, :district, :lead_no, :kind, :department, :received_on, :summary,"  # noqa: S608
    " :source_no, :entity_id, :place, CAST(:missing AS text[]), :state, :row_version, :registered_at, :due_on,"
    " :checked_on, :finding, :outcome, :disposal, CAST(:result_ids AS uuid[]), :plan_id, :closed_at)"
)
_KEEP = text(
    "INSERT INTO leads_history (district, lead_id, row_version, act, state, remark, actor, acted_at)"
    " VALUES (:district, :id, :row_version, :act, :state, coalesce(:disposal, :finding), :actor, :at)"
)
_SAVE = text(
    "UPDATE leads SET state = :state, row_version = :row_version, checked_on = :checked_on, finding = :finding,"
    " outcome = :outcome, disposal = :disposal, result_ids = CAST(:result_ids AS uuid[]), plan_id = :plan_id,"
    " closed_at = :closed_at, due_on = :due_on WHERE id = :id AND row_version = :row_version - 1"
)


class LeadStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, lead_id: UUID, *, for_update: bool = False) -> Lead | None:
        lock = " FOR UPDATE" if for_update else ""
        row = (await self._connection.execute(text(_GET + lock), {"id": lead_id})).one_or_none()
        return None if row is None else _lead(row)

    async def page(self, wanted: LeadFilter, size: int, before: UUID | None) -> Sequence[Lead]:
        """At most `size` leads, newest first, those older than `before`."""
        values = {"department": wanted.department, "kind": wanted.kind, "state": wanted.state}
        found = await self._connection.execute(_PAGE, values | {"size": size, "before": before})
        return [_lead(row) for row in found]

    async def waiting(self) -> Sequence[Lead]:
        """Locked: those with a term that nobody has checked yet."""
        return [_lead(row) for row in await self._connection.execute(_WAITING)]

    async def add(self, lead: Lead, step: Step) -> None:
        await self._connection.execute(_ADD, _values(lead))
        await self._keep(lead, step)

    async def save(self, lead: Lead, step: Step) -> None:
        """Raises VersionChanged if another saved meanwhile."""
        saved = await self._connection.execute(_SAVE, _values(lead))
        if saved.rowcount != 1:
            raise VersionChanged
        await self._keep(lead, step)

    async def _keep(self, lead: Lead, step: Step) -> None:
        await self._connection.execute(_KEEP, _values(lead) | {"act": step.act, "actor": step.actor, "at": step.at})


def _values(lead: Lead) -> dict[str, object]:
    content = lead.content
    return {
        "id": lead.id,
        "district": lead.district,
        "lead_no": lead.lead_no,
        "kind": content.kind.value,
        "department": content.department,
        "received_on": content.received_on,
        "summary": content.summary,
        "source_no": content.source_no,
        "entity_id": content.entity_id,
        "place": content.place,
        "missing": [one.value for one in content.missing],
        "state": lead.state.value,
        "row_version": lead.row_version,
        "registered_at": lead.registered_at,
        "due_on": lead.due_on,
        "checked_on": lead.check.checked_on if lead.check else None,
        "finding": lead.check.finding if lead.check else None,
        "outcome": lead.outcome.value if lead.outcome else None,
        "disposal": lead.disposal,
        "result_ids": list(lead.links.result_ids),
        "plan_id": lead.links.plan_id,
        "closed_at": lead.closed_at,
    }


def _lead(row: Row[Any]) -> Lead:
    content = LeadContent(
        LeadKind(row.kind),
        row.owner_department,
        row.received_on,
        row.summary,
        row.source_no,
        row.entity_id,
        row.place,
        tuple(MissingLicence(one) for one in row.missing),
    )
    return Lead(
        id=row.id,
        district=row.district,
        lead_no=row.lead_no,
        content=content,
        state=LeadState(row.state),
        row_version=row.row_version,
        registered_at=row.registered_at,
        due_on=row.due_on,
        check=LeadCheck(row.checked_on, row.finding) if row.checked_on else None,
        outcome=LeadOutcome(row.outcome) if row.outcome else None,
        disposal=row.disposal,
        links=LeadLinks(tuple(row.result_ids), row.plan_id),
        closed_at=row.closed_at,
    )
