"""What draw hears. Of registry's facts those about people and departments: who no longer fits is due for substitution.
A pool asks for its snapshot itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.draw.usecases.follow_calendar import follow_calendar
from services.draw.usecases.follow_results import ResultEvent, follow_results
from services.draw.usecases.keep_tasks import cancel_tasks, extend_tasks, keep_tasks
from services.draw.usecases.open_unfit_seats import open_unfit_seats
from shared.events.envelope import Heard
from shared.events.planning import TaskCancelledV1, TaskExtendedV1, TaskIssuedV1
from shared.events.registry import ChangeRecordedV1
from shared.events.results import (
    CalendarChangedV1,
    ResultCorrectedV1,
    ResultPublishedV1,
    ResultWithdrawnV1,
    VisitConcludedV1,
)
from shared.runtime.inbox import Handlers

_ABOUT_PEOPLE: Final = frozenset({"inspectors", "departments"})


async def on_task_issued(heard: Sequence[Heard[TaskIssuedV1]], uow: Any) -> None:
    await keep_tasks([one.event for one in heard], uow)


async def on_task_cancelled(heard: Sequence[Heard[TaskCancelledV1]], uow: Any) -> None:
    await cancel_tasks([one.event for one in heard], uow)


async def on_task_extended(heard: Sequence[Heard[TaskExtendedV1]], uow: Any) -> None:
    await extend_tasks([one.event for one in heard], uow)


async def on_change_recorded(heard: Sequence[Heard[ChangeRecordedV1]], uow: Any) -> None:
    """However many change sets a run brings, registry is asked once, for how things stand now."""
    if any(one.event.kind in _ABOUT_PEOPLE for one in heard):
        await open_unfit_seats(uow)


async def on_calendar_changed(heard: Sequence[Heard[CalendarChangedV1]], uow: Any) -> None:
    await follow_calendar([one.event for one in heard], uow)


async def on_result_moved(heard: Sequence[Heard[ResultEvent]], uow: Any) -> None:
    await follow_results([one.event for one in heard], uow)


PLANNING_HANDLERS: Handlers = {
    TaskIssuedV1: on_task_issued,
    TaskExtendedV1: on_task_extended,
    TaskCancelledV1: on_task_cancelled,
}
REGISTRY_HANDLERS: Handlers = {ChangeRecordedV1: on_change_recorded}
RESULTS_HANDLERS: Handlers = {
    VisitConcludedV1: on_result_moved,
    ResultPublishedV1: on_result_moved,
    ResultCorrectedV1: on_result_moved,
    ResultWithdrawnV1: on_result_moved,
    CalendarChangedV1: on_calendar_changed,
}
