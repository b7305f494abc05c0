"""Withdraw a published result (撤回)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from services.results.domain.publication import VersionKind
from services.results.domain.records import InspectionRecord, ResultUnknown
from services.results.domain.states import Act
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_reviewer
from services.results.usecases.finding import locked
from shared.events.results import ResultWithdrawnV1


@dataclass(frozen=True, slots=True)
class WithdrawResult:
    """The caller is the approver: a reviewer who had no part in the inspection."""

    result_id: UUID
    reason: str


async def withdraw_result(command: WithdrawResult, uow: ResultsUnitOfWork) -> InspectionRecord:
    """The result counts for nothing from now on; that it was published and withdrawn stays visible (R6, REL39).

    Raises ResultUnknown, ReviewerTookPart, ReasonNeeded, CannotWithdraw.
    """
    by = the_reviewer(uow)
    async with uow:
        record = await locked(uow, command.result_id)
        withdrawn = record.withdrawn(command.reason, by)
        last = await uow.versions.latest(record.id)
        if last is None:
            raise ResultUnknown
        version = replace(
            last,
            version=withdrawn.public_version,
            kind=VersionKind.WITHDRAWN,
            reason=command.reason,
            told_by=by.subject,
            told_at=uow.now,
        )
        await uow.records.save(withdrawn, Step(Act.WITHDRAW, by.subject, uow.now, command.reason), version)
        uow.emit(
            ResultWithdrawnV1(
                aggregate_version=withdrawn.version,
                result_id=withdrawn.id,
                version=withdrawn.public_version,
                entity_id=withdrawn.assignment.entity_id,
                reason=command.reason,
                withdrawn_at=uow.now,
            )
        )
        await uow.commit(withdrawn)
    return withdrawn
