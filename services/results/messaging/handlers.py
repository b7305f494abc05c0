"""What results hears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.results.usecases.take_up_visits import (
    call_off_cancelled,
    call_off_substituted,
    call_off_voided,
    take_up_visits,
)
from shared.events.draw import DrawVoidedV1, VisitAssignedV1, VisitSubstitutedV1
from shared.events.envelope import Heard
from shared.events.planning import TaskCancelledV1
from shared.runtime.inbox import Handlers


async def on_visit_assigned(heard: Sequence[Heard[VisitAssignedV1]], uow: Any) -> None:
    await take_up_visits([one.event for one in heard], uow)


async def on_visit_substituted(heard: Sequence[Heard[VisitSubstitutedV1]], uow: Any) -> None:
    await call_off_substituted([one.event for one in heard], uow)


async def on_draw_voided(heard: Sequence[Heard[DrawVoidedV1]], uow: Any) -> None:
    await call_off_voided([one.event for one in heard], uow)


async def on_task_cancelled(heard: Sequence[Heard[TaskCancelledV1]], uow: Any) -> None:
    await call_off_cancelled([one.event for one in heard], uow)


DRAW_HANDLERS: Handlers = {
    VisitAssignedV1: on_visit_assigned,
    VisitSubstitutedV1: on_visit_substituted,
    DrawVoidedV1: on_draw_voided,
}
PLANNING_HANDLERS: Handlers = {TaskCancelledV1: on_task_cancelled}
