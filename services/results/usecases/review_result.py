"""Legal review of a submitted result (法制审核)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.records import InspectionRecord
from services.results.domain.states import Act
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_reviewer
from services.results.usecases.finding import locked


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """`opinion` may be empty when approved."""

    result_id: UUID
    is_approved: bool
    opinion: str


async def review_result(command: ReviewResult, uow: ResultsUnitOfWork) -> InspectionRecord:
    """Approve, or return with an opinion; a listing decision in it takes effect only through here (R7, C3).

    Raises ResultUnknown, ReviewerTookPart, ReasonNeeded, CannotReview, RoleMissing.
    """
    by = the_reviewer(uow)
    async with uow:
        record = await locked(uow, command.result_id)
        reviewed = record.approved(by) if command.is_approved else record.returned(command.opinion, by)
        act = Act.APPROVE if command.is_approved else Act.RETURN
        await uow.records.save(reviewed, Step(act, by.subject, uow.now, command.opinion))
        await uow.commit(reviewed)
    return reviewed
