"""Review of a submitted result, and the legal review (法制审核) of a major decision."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.major_decisions import major_grounds
from services.results.domain.publication import PublicContent
from services.results.domain.records import InspectionRecord, ResultUnknown
from services.results.domain.states import Act, CannotReviewLegally, State
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.storage.vocabularies import MAJOR_DECISION
from services.results.usecases.acting import the_reviewer
from services.results.usecases.finding import locked


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """`opinion` may be empty when approved."""

    result_id: UUID
    is_approved: bool
    opinion: str


@dataclass(frozen=True, slots=True)
class ReviewLegally:
    """`opinion` may be empty when confirmed."""

    result_id: UUID
    is_confirmed: bool
    opinion: str


async def review_result(command: ReviewResult, uow: ResultsUnitOfWork) -> InspectionRecord:
    """Approve, or return with an opinion. A major decision is not approved but goes on to its legal review, by somebody
    else, and takes effect only through it (R7, C3).

    Raises ResultUnknown, ReviewerTookPart, ReasonNeeded, CannotReview, RoleMissing.
    """
    by = the_reviewer(uow)
    async with uow:
        found = await uow.records.find_publishable(command.result_id)
        if found is None:
            raise ResultUnknown
        record, content = found
        detail = command.opinion
        if not command.is_approved:
            reviewed, act = record.returned(command.opinion, by), Act.RETURN
        elif grounds := await _major_grounds(content, uow):
            reviewed, act = record.referred(by), Act.REFER
            detail = "；".join(filter(None, (detail, f"须经法制审核：{'、'.join(grounds)}")))
        else:
            reviewed, act = record.approved(by), Act.APPROVE
        await uow.records.save(reviewed, Step(act, by.subject, uow.now, detail))
        await uow.commit(reviewed)
    return reviewed


async def review_legally(command: ReviewLegally, uow: ResultsUnitOfWork) -> InspectionRecord:
    """The legal review of a major decision: confirm, or return with an opinion (R7).

    Raises ResultUnknown, ReviewerTookPart, SameReviewer, ReasonNeeded, CannotReviewLegally, RoleMissing.
    """
    by = the_reviewer(uow)
    async with uow:
        record = await locked(uow, command.result_id)
        if record.state is not State.LEGAL_REVIEW:
            record.require_outsider(by)
            raise CannotReviewLegally(state=record.state.chinese)
        record.require_second_reviewer(by)
        reviewed = record.confirmed(by) if command.is_confirmed else record.returned(command.opinion, by)
        act = Act.CONFIRM if command.is_confirmed else Act.RETURN
        await uow.records.save(reviewed, Step(act, by.subject, uow.now, command.opinion))
        await uow.commit(reviewed)
    return reviewed


async def _major_grounds(content: PublicContent | None, uow: ResultsUnitOfWork) -> tuple[str, ...]:
    if content is None:
        return ()
    (rules,) = await uow.vocabularies.tables(uow.today, MAJOR_DECISION)
    return major_grounds(content, rules)
