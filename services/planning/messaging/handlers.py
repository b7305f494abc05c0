"""What planning hears of its tasks: how the draw went, who visits whom, what became public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.follow_calendar import follow_calendar
from services.planning.usecases.follow_draws import DrawEvent, follow_draws
from services.planning.usecases.follow_results import ResultEvent, follow_results
from shared.events.draw import (
    DrawCompletedV1,
    DrawVoidedV1,
    PoolCommittedV1,
    VisitAssignedV1,
    VisitSubstitutedV1,
)
from shared.events.envelope import Heard
from shared.events.results import (
    CalendarChangedV1,
    ResultCorrectedV1,
    ResultExemptedV1,
    ResultPublishedV1,
    ResultRecordedV1,
    ResultWithdrawnV1,
    VisitConcludedV1,
    VisitReopenedV1,
)
from shared.runtime.inbox import Handlers


async def on_draw_moved(heard: Sequence[Heard[DrawEvent]], uow: PlanningUnitOfWork) -> None:
    await follow_draws([one.event for one in heard], uow)


async def on_calendar_changed(heard: Sequence[Heard[CalendarChangedV1]], uow: PlanningUnitOfWork) -> None:
    await follow_calendar([one.event for one in heard], uow)


async def on_result_moved(heard: Sequence[Heard[ResultEvent]], uow: PlanningUnitOfWork) -> None:
    await follow_results([one.event for one in heard], uow)


DRAW: Final[Handlers] = {
    PoolCommittedV1: on_draw_moved,
    DrawCompletedV1: on_draw_moved,
    DrawVoidedV1: on_draw_moved,
    VisitAssignedV1: on_draw_moved,
    VisitSubstitutedV1: on_draw_moved,
}
RESULTS: Final[Handlers] = {
    ResultRecordedV1: on_result_moved,
    ResultPublishedV1: on_result_moved,
    ResultCorrectedV1: on_result_moved,
    ResultWithdrawnV1: on_result_moved,
    ResultExemptedV1: on_result_moved,
    VisitConcludedV1: on_result_moved,
    VisitReopenedV1: on_result_moved,
    CalendarChangedV1: on_calendar_changed,
}
