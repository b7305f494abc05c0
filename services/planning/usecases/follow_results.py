"""What results told of our tasks is copied, and the progress of the tasks it touches derived anew (D5, W14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.planning.storage.replicas import ResultFact
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from shared.events.results import (
    ResultCorrectedV1,
    ResultExemptedV1,
    ResultPublishedV1,
    ResultRecordedV1,
    ResultWithdrawnV1,
    VisitConcludedV1,
    VisitReopenedV1,
)

ResultEvent = (
    ResultRecordedV1
    | ResultPublishedV1
    | ResultCorrectedV1
    | ResultWithdrawnV1
    | ResultExemptedV1
    | VisitConcludedV1
    | VisitReopenedV1
)
WITHDRAWN: Final = "withdrawn"
EXCUSED: Final = "excused"
REOPENED: Final = "reopened"


async def follow_results(events: Sequence[ResultEvent], uow: PlanningUnitOfWork) -> None:
    """The last word on each result stands; recording it anew does not take a public one back. A withdrawal carries the
    id alone, so it moves what is known already."""
    facts: dict[UUID, ResultFact] = {}
    withdrawn: dict[UUID, str] = {}
    for event in events:
        if isinstance(event, ResultWithdrawnV1):
            withdrawn[event.result_id] = WITHDRAWN
            continue
        fact = _fact(event)
        if fact is not None and (not _is_public(facts.get(fact.result_id)) or _is_public(fact)):
            facts[fact.result_id] = fact
            withdrawn.pop(fact.result_id, None)
    if facts:
        await uow.replicas.save_results(facts.values())
    touched = await uow.replicas.save_states(withdrawn.items()) if withdrawn else set()
    await uow.progress.derive(touched | {fact.task_id for fact in facts.values()}, uow.now)


def _is_public(fact: ResultFact | None) -> bool:
    return fact is not None and fact.state == "public"


def _fact(event: ResultEvent) -> ResultFact | None:
    """A visit is followed by its result; only one that a recognised result excuses (R5) is told by its conclusion."""
    match event:
        case ResultRecordedV1():
            return ResultFact(event.result_id, event.visit_id, event.task_id, event.department, "recorded")
        case ResultPublishedV1() | ResultCorrectedV1():
            result = event.result
            return ResultFact(event.result_id, result.visit_id, result.task_id, result.department, "public")
        case ResultExemptedV1():
            return ResultFact(event.result_id, event.visit_id, event.task_id, event.department, "exempted")
        case VisitConcludedV1(outcome="excused"):
            return ResultFact(event.record_id, event.visit_id, event.task_id, event.department, EXCUSED)
        case VisitReopenedV1():
            return ResultFact(event.record_id, event.visit_id, event.task_id, event.department, REOPENED)
    return None
