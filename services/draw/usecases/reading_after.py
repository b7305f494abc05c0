"""What callers may see of visits and substitutions after the draw. Nothing here changes anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from services.draw.domain.exclusions import NoDisturbEntry
from services.draw.domain.fitness import UnfitSeat, seated, unfit_seats
from services.draw.domain.substitution_request import SubstitutionRequest, SubstitutionUnknown
from services.draw.domain.visit_plan import PlannedVisit, VisitUnknown
from services.draw.domain.visit_story import VisitStory, visit_story
from services.draw.storage.substitutions import RefusalPattern, SubstitutionFilter
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.storage.visits import first_of_year
from services.draw.usecases.acting import known
from services.draw.usecases.publishing import logged_draw
from shared.runtime.principal import AUDITOR, DEPARTMENT_ADMIN, JOINT_OFFICE, SUPERVISION


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit, why it came about, and its open places."""

    visit: PlannedVisit
    story: VisitStory
    gaps: list[dict[str, Any]]


async def explained_visit(visit_id: UUID, uow: DrawUnitOfWork) -> VisitView:
    """Out of the last result. Raises VisitUnknown."""
    async with uow:
        visit = await uow.visits.find(visit_id)
        if visit is None:
            raise VisitUnknown
        draw = await known(uow, visit.draw_id)
        result = await uow.results.last(draw.id)
        if result is None:
            raise VisitUnknown
        commitment = (await logged_draw(uow, draw)).commitment
    story = visit_story(commitment, result.seed, result.text, visit.object_token)
    own = visit.object_token.hex()
    return VisitView(visit, story, [gap for gap in result.explanation["gaps"] if gap["object_token"] == own])


@dataclass(frozen=True, slots=True)
class SubstitutionQuery:
    """None does not filter."""

    draw_id: UUID | None
    visit_id: UUID | None
    inspector_id: UUID | None
    state: str | None


async def page_of_substitutions(
    query: SubstitutionQuery, uow: DrawUnitOfWork, size: int, after: UUID | None
) -> list[SubstitutionRequest]:
    async with uow:
        return await uow.substitutions.page(SubstitutionFilter(**asdict(query)), size, after)


async def one_substitution(request_id: UUID, uow: DrawUnitOfWork) -> SubstitutionRequest:
    """Raises SubstitutionUnknown."""
    async with uow:
        found = await uow.substitutions.find(request_id)
    if found is None:
        raise SubstitutionUnknown
    return found


async def refusal_patterns(uow: DrawUnitOfWork, size: int) -> list[RefusalPattern]:
    """Of the year so far, the most frequent first: of the caller's department, or of all for the joint office."""
    uow.principal.require(DEPARTMENT_ADMIN, JOINT_OFFICE, AUDITOR, SUPERVISION)
    async with uow:
        found = await uow.substitutions.patterns(first_of_year(uow.today), size)
    principal = uow.principal
    if principal.reads_all or JOINT_OFFICE in principal.roles:
        return found
    return [pattern for pattern in found if pattern.department == principal.department]


async def page_of_no_disturb(uow: DrawUnitOfWork, size: int, after: UUID | None) -> list[NoDisturbEntry]:
    async with uow:
        return await uow.no_disturb.page(size, after)


async def seats_due(draw_id: UUID, uow: DrawUnitOfWork) -> list[UnfitSeat]:
    """Seats of a draw whose officers no longer fit, asked of registry now and for the last day of the window.

    Of the visits that the caller may see. Raises DrawUnknown, PeerUnavailable, PeerRefused.
    """
    async with uow:
        draw = await known(uow, draw_id)
        visits = await uow.visits.of_draw(draw.id)
        today = uow.today
    officers = seated(visits)
    if not officers:
        return []
    last_day = max([today, *(visit.window_end for visit in visits)])
    return unfit_seats(visits, await uow.registry.standings(officers, last_day, uow.principal))
