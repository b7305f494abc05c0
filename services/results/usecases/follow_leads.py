"""Follow planning's leads (案件线索): what may be the cause of an undrawn check (S1)."""

from __future__ import annotations

from collections.abc import Sequence

from services.results.domain.undrawn import Lead
from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.events.planning import LeadClosedV1, LeadRegisteredV1, LeadRescheduledV1


async def remember_leads(registered: Sequence[LeadRegisteredV1], uow: ResultsUnitOfWork) -> None:
    leads = [
        Lead(
            event.lead_id,
            event.lead_no,
            event.kind,
            event.department,
            event.entity_id,
            event.received_on,
            event.due_on,
        )
        for event in registered
    ]
    await uow.inspection.undrawn.remember_leads(leads)


async def move_leads(rescheduled: Sequence[LeadRescheduledV1], uow: ResultsUnitOfWork) -> None:
    """The last day to have checked it by, as planning computed it anew (R2)."""
    await uow.inspection.undrawn.move_leads({event.lead_id: event.due_on for event in rescheduled})


async def close_leads(closed: Sequence[LeadClosedV1], uow: ResultsUnitOfWork) -> None:
    """No new check rests on a closed lead; those assigned go on."""
    await uow.inspection.undrawn.close_leads([event.lead_id for event in closed])
