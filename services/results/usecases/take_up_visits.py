"""Take up the visits that draw assigned, and call off what is not to be made any more."""

from __future__ import annotations

from collections.abc import Sequence

from services.results.domain.visits import AssignedVisit, CallOff, Extension, Team, Visit, VisitState
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.issuing_codes import issue_codes
from shared.events.draw import DrawVoidedV1, VisitAssignedV1, VisitSubstitutedV1
from shared.events.planning import TaskCancelledV1, TaskExtendedV1


async def take_up_visits(assigned: Sequence[VisitAssignedV1], uow: ResultsUnitOfWork) -> None:
    """Each department's team owes a record for its part of each visit (D5)."""
    newest: dict[object, VisitAssignedV1] = {}
    for event in assigned:
        known = newest.get(event.visit_id)
        if known is None or event.aggregate_version >= known.aggregate_version:
            newest[event.visit_id] = event
    await uow.visits.take_up([_assigned(event) for event in newest.values()], uow.now)
    await uow.review.deadlines.watch()
    await issue_codes(uow, [event.visit_id for event in newest.values()])


async def call_off_substituted(substituted: Sequence[VisitSubstitutedV1], uow: ResultsUnitOfWork) -> None:
    """The object was replaced (D6): departments that have not been there need not go."""
    gone = [
        CallOff(
            VisitState.SUBSTITUTED,
            event.reason,
            visit_id=event.visit_id,
            substitute_visit_id=event.substitute_visit_id,
        )
        for event in substituted
    ]
    await uow.visits.call_off(gone, uow.now)


async def call_off_voided(voided: Sequence[DrawVoidedV1], uow: ResultsUnitOfWork) -> None:
    """The whole draw is void (作废)."""
    gone = [CallOff(VisitState.VOIDED, event.reason, draw_id=event.draw_id) for event in voided]
    await uow.visits.call_off(gone, uow.now)


async def call_off_cancelled(cancelled: Sequence[TaskCancelledV1], uow: ResultsUnitOfWork) -> None:
    """The task was cancelled; its visits may still be on their way to us from draw."""
    gone = [CallOff(VisitState.CANCELLED, event.reason, task_id=event.task_id) for event in cancelled]
    await uow.visits.remember_cancelled(gone)
    await uow.visits.call_off(gone, uow.now)


async def extend_windows(extended: Sequence[TaskExtendedV1], uow: ResultsUnitOfWork) -> None:
    """The task's window became longer: so do those of its visits, also of those still on their way to us from draw."""
    newest = {event.task_id: Extension(event.task_id, event.window_start, event.window_end) for event in extended}
    await uow.visits.extend(list(newest.values()))


def _assigned(event: VisitAssignedV1) -> AssignedVisit:
    visit = Visit(
        id=event.visit_id,
        draw_id=event.draw_id,
        task_id=event.task_id,
        task_no=event.task_no,
        plan_id=event.plan_id,
        entity_id=event.entity_id,
        initiator=event.initiator,
        participants=tuple(team.department for team in event.teams),
        window_start=event.window_start,
        window_end=event.window_end,
        state=VisitState.ASSIGNED,
        reason="",
        substitute_visit_id=None,
        aggregate_version=event.aggregate_version,
    )
    teams = tuple(Team(team.department, tuple(team.inspector_ids), tuple(team.item_ids)) for team in event.teams)
    return AssignedVisit(visit, teams)
