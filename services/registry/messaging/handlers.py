"""What registry hears: classes from credit, visits from results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from services.registry.storage.bulk_changes import ResultCopy
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases.follow_credit import follow_classes
from services.registry.usecases.follow_results import follow_results
from shared.events.credit import ClassChangedV1
from shared.events.envelope import Heard
from shared.events.results import PublishedResult, ResultCorrectedV1, ResultPublishedV1, ResultWithdrawnV1
from shared.runtime.inbox import Handlers


async def on_class_changed(heard: Sequence[Heard[ClassChangedV1]], uow: RegistryUnitOfWork) -> None:
    """The last class told of each object wins; a run of events is one change set."""
    classes: dict[UUID, str] = {change.entity_id: change.after for one in heard for change in one.event.changes}
    await follow_classes(classes, uow)


async def on_result_changed(heard: Sequence[Heard[Any]], uow: RegistryUnitOfWork) -> None:
    """A run may publish, correct and withdraw the same result: what stands at its end counts."""
    standing: dict[UUID, ResultCopy] = {}
    withdrawn: dict[UUID, UUID] = {}
    for event in (one.event for one in heard):
        if isinstance(event, ResultWithdrawnV1):
            withdrawn[event.result_id] = event.entity_id
        else:
            standing[event.result_id] = _copy(event.result)
            withdrawn.pop(event.result_id, None)
    await follow_results(list(standing.values()), list(withdrawn.items()), uow)


def _copy(result: PublishedResult) -> ResultCopy:
    return ResultCopy(
        result_id=result.result_id,
        entity_id=result.entity_id,
        visit_id=result.visit_id,
        department=result.department,
        concluded_on=result.concluded_on,
        result_version=result.version,
    )


FROM_CREDIT: Final[Handlers] = {ClassChangedV1: on_class_changed}
FROM_RESULTS: Final[Handlers] = {
    ResultPublishedV1: on_result_changed,
    ResultCorrectedV1: on_result_changed,
    ResultWithdrawnV1: on_result_changed,
}
HEARS: Final[Mapping[str, Handlers]] = {"credit": FROM_CREDIT, "results": FROM_RESULTS}
