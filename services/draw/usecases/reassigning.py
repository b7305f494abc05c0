"""After a substitution: visits given up, new ones, teams that changed; kept and told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

from services.draw.domain.ceremony import Ceremony
from services.draw.domain.drawing_plan import Task
from services.draw.domain.substitution import Exchange
from services.draw.domain.visit_changes import changes, successor_of
from services.draw.domain.visit_plan import PlannedVisit, Seat
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.assigning import planned_visits
from services.draw.usecases.computing import Computed
from services.draw.usecases.telling import visit_assigned, visit_substituted


async def reassign(
    draw: Ceremony, task: Task, computed: Computed, seats: Mapping[bytes, tuple[Seat, ...]], uow: DrawUnitOfWork
) -> dict[UUID, UUID | None]:
    """Makes the visits what the result now says. Returns visit given up → the visit in its place, None: there is none.

    The reason that is told is the public one of the last substitution.
    """
    before = await uow.visits.of_draw(draw.id)
    turned = await asyncio.to_thread(changes, before, seats)
    added = planned_visits(draw, task, computed, seats, turned.added)
    owner, participants = draw.owner_department, draw.participants
    if added:
        await uow.visits.add(added, owner, participants, uow.now)
    await uow.visits.save([*turned.given_up, *turned.regrouped], owner, participants, uow.now)
    in_place = _in_place(computed, turned.given_up, [*before, *added])
    reason = computed.events[-1].reason
    for gone in turned.given_up:
        uow.emit(visit_substituted(gone, in_place[gone.id], reason, uow.now))
    for visit in (*added, *turned.regrouped):
        uow.emit(visit_assigned(visit, task, uow.now))
    return in_place


def _in_place(
    computed: Computed, given_up: tuple[PlannedVisit, ...], visits: list[PlannedVisit]
) -> dict[UUID, UUID | None]:
    exchanges = [event for event in computed.outcome.events if isinstance(event, Exchange)]
    of_token: dict[bytes | None, UUID] = {visit.object_token: visit.id for visit in visits}
    return {gone.id: of_token.get(successor_of(gone.object_token, exchanges)) for gone in given_up}
