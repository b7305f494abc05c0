"""Keep what results tells of visits: which departments have inspected, what became public (N7, R5)."""

from __future__ import annotations

from collections.abc import Sequence

from services.draw.storage.histories import ResultFact
from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.events.results import (
    PublishedResult,
    ResultCorrectedV1,
    ResultPublishedV1,
    ResultWithdrawnV1,
    VisitConcludedV1,
)

ResultEvent = VisitConcludedV1 | ResultPublishedV1 | ResultCorrectedV1 | ResultWithdrawnV1


async def follow_results(events: Sequence[ResultEvent], uow: DrawUnitOfWork) -> None:
    """The last that a run says of each result stands; two statements for any number."""
    facts: dict[object, ResultFact] = {}
    withdrawn = set()
    for event in events:
        match event:
            case VisitConcludedV1():
                facts[event.record_id] = _concluded(event)
            case ResultPublishedV1() | ResultCorrectedV1():
                facts[event.result_id] = _public(event.result)
                withdrawn.discard(event.result_id)
            case ResultWithdrawnV1():
                withdrawn.add(event.result_id)
    await uow.histories.keep_results(facts.values())
    await uow.histories.withdraw_results(withdrawn)


def _concluded(event: VisitConcludedV1) -> ResultFact:
    return ResultFact(
        id=event.record_id,
        visit_id=event.visit_id,
        entity_id=event.entity_id,
        department=event.department,
        outcome=event.outcome,
        concluded_on=event.concluded_on,
        state="concluded",
    )


def _public(result: PublishedResult) -> ResultFact:
    return ResultFact(
        id=result.result_id,
        visit_id=result.visit_id,
        entity_id=result.entity_id,
        department=result.department,
        outcome=result.outcome,
        concluded_on=result.concluded_on,
        state="public",
    )
