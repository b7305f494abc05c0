"""Exempt a result from publication (免予公示)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.exemptions import Exemption
from services.results.domain.records import InspectionRecord
from services.results.domain.states import Act
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.storage.vocabularies import EXEMPTION_GROUND
from services.results.usecases.acting import the_reviewer
from services.results.usecases.finding import locked
from shared.events.results import ResultExemptedV1


@dataclass(frozen=True, slots=True)
class ExemptResult:
    """The caller is the approver: a reviewer who had no part in the inspection. `basis`: the clause (文号、条款)."""

    result_id: UUID
    ground: str
    basis: str
    reason: str


async def exempt_result(command: ExemptResult, uow: ResultsUnitOfWork) -> InspectionRecord:
    """What the law keeps from the public is kept with ground and approver, and counted (R3).

    Raises ResultUnknown, CodeUnknown, ReviewerTookPart, ReasonNeeded, CannotExempt, RoleMissing.
    """
    by = the_reviewer(uow)
    async with uow:
        record = await locked(uow, command.result_id)
        exempted = record.exempted(command.reason, by)
        (grounds,) = await uow.vocabularies.tables(uow.today, EXEMPTION_GROUND)
        ground = grounds.one(command.ground)
        where = exempted.assignment
        detail = f"{ground.text}（{command.basis}）：{command.reason}"
        await uow.records.save(exempted, Step(Act.EXEMPT, by.subject, uow.now, detail))
        await uow.review.exemptions.add(
            Exemption(
                record_id=exempted.id,
                department=where.department,
                ground=ground.code,
                basis=command.basis,
                reason=command.reason,
                approved_by=by.subject,
                approved_at=uow.now,
                exempted_on=uow.today,
            )
        )
        uow.emit(
            ResultExemptedV1(
                aggregate_version=exempted.version,
                result_id=exempted.id,
                visit_id=where.visit_id,
                task_id=where.task_id,
                entity_id=where.entity_id,
                department=where.department,
                ground=ground.code,
                exempted_on=uow.today,
            )
        )
        await uow.commit(exempted)
    return exempted
