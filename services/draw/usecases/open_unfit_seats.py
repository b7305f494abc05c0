"""Open substitutions for officers who no longer fit (不再适格人员的递补), the day the change is heard (L3, B2).

Nobody is exchanged by it: the service asks, an officer of another department attests, a third person approves (SEC32).
What it asked for falls away when the officer fits again before anybody has attested to it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from services.draw.domain.fitness import HeldSeat, Standing, unfit_ground
from services.draw.domain.substitution_request import MACHINE, RequestState, SubstitutionRequest
from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.values.ids import new_id


async def open_unfit_seats(uow: DrawUnitOfWork, task_ids: Collection[UUID] | None = None) -> None:
    """Of these tasks, None: of all. Asks registry once for each last day of a window; never commits.

    Raises PeerUnavailable, PeerRefused.
    """
    held = await uow.seats.held(uow.today, task_ids)
    unfit = await _unfit(held, uow)
    await _take_back({(seat.visit_id, seat.inspector_id) for seat in held if seat not in unfit}, uow)
    known = await uow.substitutions.standing({seat.visit_id for seat in unfit})
    new = [seat.asked_for(new_id(), ground, uow.now) for seat, ground in unfit.items()]
    await uow.substitutions.add_all([one for one in new if not _is_known(one, known)], MACHINE, uow.now)


async def _unfit(held: Sequence[HeldSeat], uow: DrawUnitOfWork) -> dict[HeldSeat, str]:
    """Seat → ground, in the order of the seats."""
    by_day: dict[date, dict[UUID, Standing]] = {}
    for day in sorted({seat.window_end for seat in held}):
        officers = {seat.inspector_id for seat in held if seat.window_end == day}
        by_day[day] = await uow.registry.standings(officers, day, uow.principal)
    grounds = {seat: unfit_ground(seat.department, by_day[seat.window_end].get(seat.inspector_id)) for seat in held}
    return {seat: ground for seat, ground in grounds.items() if ground is not None}


async def _take_back(fit: set[tuple[UUID, UUID]], uow: DrawUnitOfWork) -> None:
    for request in await uow.substitutions.of_machine():
        if request.inspector_id is not None and (request.visit_id, request.inspector_id) in fit:
            away = request.fallen_away(uow.now)
            await uow.substitutions.save(away)
            await uow.substitutions.note(away, MACHINE, uow.now)


def _is_known(new: SubstitutionRequest, known: Sequence[SubstitutionRequest]) -> bool:
    return any(
        (old.visit_id, old.inspector_id) == (new.visit_id, new.inspector_id)
        and (old.state is not RequestState.REJECTED or old.reason_code is new.reason_code)
        for old in known
    )
