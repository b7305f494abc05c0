"""From a computed result to the rows kept of it: visits with their teams, and the result itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from services.draw.domain.ceremony import Ceremony
from services.draw.domain.drawing_plan import Task
from services.draw.domain.published import StoredResult
from services.draw.domain.visit_plan import PlannedVisit, Seat, batches_of, seats_by_object
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.computing import Computed
from shared.values.ids import new_id


async def people_by_token(draw: Ceremony, uow: DrawUnitOfWork) -> dict[bytes, UUID]:
    """Inspector token → inspector."""
    return {person.token: person.inspector_id for person in await uow.pools.roster_inspectors(draw.id)}


def teams_of(computed: Computed, people: Mapping[bytes, UUID]) -> dict[bytes, tuple[Seat, ...]]:
    """Object token → the seats of everybody who goes there."""
    return seats_by_object(computed.outcome.assignments, people)


def planned_visits(
    draw: Ceremony,
    task: Task,
    computed: Computed,
    seats: Mapping[bytes, tuple[Seat, ...]],
    tokens: Iterable[bytes] | None = None,
) -> list[PlannedVisit]:
    """Visits of these objects (None: of all) by batch, then token: the order in which their ids rise."""
    batches = batches_of(computed.outcome)
    wanted = batches if tokens is None else tokens
    return [
        PlannedVisit(
            id=new_id(),
            draw_id=draw.id,
            task_id=draw.task_id,
            entity_id=computed.objects[token].entity_id,
            object_token=token,
            batch=batches[token],
            seats=seats[token],
            window_start=task.window_start,
            window_end=task.window_end,
        )
        for token in sorted(wanted, key=lambda token: (batches[token], token))
    ]


def stored_result(draw_id: UUID, computed: Computed, seats: Mapping[bytes, tuple[Seat, ...]]) -> StoredResult:
    outcome = computed.outcome
    return StoredResult(
        draw_id=draw_id,
        version=outcome.version,
        seed=outcome.seed,
        result_hash=outcome.result_hash,
        text=outcome.text,
        drawn=len(outcome.places),
        visits=len(seats),
        open_slots=sum(seat.inspector_id is None for team in seats.values() for seat in team),
        explanation=computed.explanation,
    )
