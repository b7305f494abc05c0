"""What results hears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.results.usecases.follow_leads import close_leads, move_leads, remember_leads
from services.results.usecases.take_up_visits import (
    call_off_cancelled,
    call_off_substituted,
    call_off_voided,
    extend_windows,
    take_up_visits,
)
from shared.events.draw import DrawVoidedV1, VisitAssignedV1, VisitSubstitutedV1
from shared.events.envelope import Heard
from shared.events.planning import (
    LeadClosedV1,
    LeadRegisteredV1,
    LeadRescheduledV1,
    TaskCancelledV1,
    TaskExtendedV1,
)
from shared.runtime.inbox import Handlers


async def on_visit_assigned(heard: Sequence[Heard[VisitAssignedV1]], uow: Any) -> None:
    await take_up_visits([one.event for one in heard], uow)


async def on_visit_substituted(heard: Sequence[Heard[VisitSubstitutedV1]], uow: Any) -> None:
    await call_off_substituted([one.event for one in heard], uow)


async def on_draw_voided(heard: Sequence[Heard[DrawVoidedV1]], uow: Any) -> None:
    await call_off_voided([one.event for one in heard], uow)


async def on_task_cancelled(heard: Sequence[Heard[TaskCancelledV1]], uow: Any) -> None:
    await call_off_cancelled([one.event for one in heard], uow)


async def on_task_extended(heard: Sequence[Heard[TaskExtendedV1]], uow: Any) -> None:
    await extend_windows([one.event for one in heard], uow)


async def on_lead_registered(heard: Sequence[Heard[LeadRegisteredV1]], uow: Any) -> None:
    await remember_leads([one.event for one in heard], uow)


async def on_lead_rescheduled(heard: Sequence[Heard[LeadRescheduledV1]], uow: Any) -> None:
    await move_leads([one.event for one in heard], uow)


async def on_lead_closed(heard: Sequence[Heard[LeadClosedV1]], uow: Any) -> None:
    await close_leads([one.event for one in heard], uow)


DRAW_HANDLERS: Handlers = {
    VisitAssignedV1: on_visit_assigned,
    VisitSubstitutedV1: on_visit_substituted,
    DrawVoidedV1: on_draw_voided,
}
PLANNING_HANDLERS: Handlers = {
    TaskCancelledV1: on_task_cancelled,
    TaskExtendedV1: on_task_extended,
    LeadRegisteredV1: on_lead_registered,
    LeadRescheduledV1: on_lead_rescheduled,
    LeadClosedV1: on_lead_closed,
}
