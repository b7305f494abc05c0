"""An officer accepts his seat (接受检查任务), by the day until which he might decline it (B28)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.draw.domain.substitution_request import SeatNotOwn, check_acceptance
from services.draw.domain.visit_plan import VisitUnknown
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.reading_visits import SeenVisit, seen_visits
from shared.runtime.principal import INSPECTOR


@dataclass(frozen=True, slots=True)
class AcceptSeat:
    visit_id: UUID


async def accept_seat(command: AcceptSeat, uow: DrawUnitOfWork) -> SeenVisit:
    """Silence until the last day is acceptance too. Raises RoleMissing, VisitUnknown, VisitNotAssigned, SeatNotOwn,
    AnswerTooLate."""
    async with uow:
        principal = uow.principal
        principal.require(INSPECTOR)
        visit = await uow.visits.find(command.visit_id)
        if visit is None:
            raise VisitUnknown
        check_acceptance(visit, principal.inspector_id, uow.today, await uow.calendars.in_force())
        if principal.inspector_id is None:
            raise SeatNotOwn
        await uow.seats.accept(visit.id, principal.department, principal.inspector_id, principal.subject, uow.now)
        (seen,) = await seen_visits([visit], uow)
        await uow.commit(seen)
    return seen
