"""Evidence of duty done and missed, as it is read (G2)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.duties import DutyFacts, Missed, missed
from services.results.storage.duties import DutyFilter as DutyFilter
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.calendar_in_force import calendar_in_force, terms_in_force


@dataclass(frozen=True, slots=True)
class DutyEvidence:
    facts: DutyFacts
    missed: tuple[Missed, ...]


async def page_of_duties(
    wanted: DutyFilter, uow: ResultsUnitOfWork, size: int, after: UUID | None
) -> list[DutyEvidence]:
    async with uow:
        return await duties_of(wanted, uow, size, after)


async def duties_of(wanted: DutyFilter, uow: ResultsUnitOfWork, size: int, after: UUID | None) -> list[DutyEvidence]:
    """Inside an open unit of work: at most `size`, in the order of their assignment."""
    calendar, terms = await calendar_in_force(uow), await terms_in_force(uow)
    found = await uow.review.duties.page(wanted, uow.today, size, after)
    return [DutyEvidence(one, missed(one, uow.today, terms.conclusion, calendar)) for one in found]
