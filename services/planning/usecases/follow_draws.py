"""What draw told of our tasks is copied, and the progress of the tasks it touches derived anew (D5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from uuid import UUID

from services.planning.storage.replicas import DrawFact, SubstitutionFact, VisitFact
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from shared.events.draw import (
    DrawCompletedV1,
    DrawVoidedV1,
    PoolCommittedV1,
    VisitAssignedV1,
    VisitSubstitutedV1,
)
from shared.events.envelope import Event

DrawEvent = PoolCommittedV1 | DrawCompletedV1 | DrawVoidedV1 | VisitAssignedV1 | VisitSubstitutedV1


async def follow_draws(events: Sequence[DrawEvent], uow: PlanningUnitOfWork) -> None:
    """One statement per kind of fact. What one event sets no other kind sets, so their order inside a run is free; a
    substitution names a visit that was assigned before it."""
    if draws := _draws(events):
        await uow.replicas.save_draws(draws.values())
    if visits := {event.visit_id: _visit(event) for event in events if isinstance(event, VisitAssignedV1)}:
        await uow.replicas.save_visits(visits.values())
    if substitutions := [_substitution(event) for event in events if isinstance(event, VisitSubstitutedV1)]:
        await uow.replicas.save_substitutions(substitutions)
    await uow.progress.derive({event.task_id for event in events}, uow.now)


def _draws(events: Sequence[Event]) -> dict[UUID, DrawFact]:
    facts: dict[UUID, DrawFact] = {}
    for event in events:
        fact = _draw(event)
        if fact is not None:
            facts[fact.draw_id] = _joined(facts.get(fact.draw_id), fact)
    return facts


def _draw(event: Event) -> DrawFact | None:
    match event:
        case PoolCommittedV1():
            return DrawFact(event.draw_id, event.task_id, committed_at=event.committed_at)
        case DrawCompletedV1():
            return DrawFact(event.draw_id, event.task_id, completed_at=event.completed_at, visits=event.visits)
        case DrawVoidedV1():
            return DrawFact(event.draw_id, event.task_id, voided_at=event.voided_at, void_reason=event.reason)
    return None


def _joined(known: DrawFact | None, fact: DrawFact) -> DrawFact:
    if known is None:
        return fact
    told = {field.name: getattr(fact, field.name) for field in fields(fact)}
    return replace(known, **{name: value for name, value in told.items() if value is not None})


def _visit(event: VisitAssignedV1) -> VisitFact:
    return VisitFact(
        event.visit_id,
        event.draw_id,
        event.task_id,
        event.initiator,
        tuple(team.department for team in event.teams),
        event.entity_id,
        event.assigned_at,
    )


def _substitution(event: VisitSubstitutedV1) -> SubstitutionFact:
    return SubstitutionFact(event.visit_id, event.substitute_visit_id, event.substituted_at)
