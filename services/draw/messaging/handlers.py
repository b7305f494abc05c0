"""What draw hears. Registry's facts move the cursor only: a pool asks for its snapshot itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.draw.usecases.follow_results import ResultEvent, follow_results
from services.draw.usecases.keep_tasks import cancel_tasks, keep_tasks
from shared.events.envelope import Heard
from shared.events.planning import TaskCancelledV1, TaskIssuedV1
from shared.events.results import ResultCorrectedV1, ResultPublishedV1, ResultWithdrawnV1, VisitConcludedV1
from shared.runtime.inbox import Handlers


async def on_task_issued(heard: Sequence[Heard[TaskIssuedV1]], uow: Any) -> None:
    await keep_tasks([one.event for one in heard], uow)


async def on_task_cancelled(heard: Sequence[Heard[TaskCancelledV1]], uow: Any) -> None:
    await cancel_tasks([one.event for one in heard], uow)


async def on_result_moved(heard: Sequence[Heard[ResultEvent]], uow: Any) -> None:
    await follow_results([one.event for one in heard], uow)


PLANNING_HANDLERS: Handlers = {TaskIssuedV1: on_task_issued, TaskCancelledV1: on_task_cancelled}
REGISTRY_HANDLERS: Handlers = {}
RESULTS_HANDLERS: Handlers = {
    VisitConcludedV1: on_result_moved,
    ResultPublishedV1: on_result_moved,
    ResultCorrectedV1: on_result_moved,
    ResultWithdrawnV1: on_result_moved,
}
