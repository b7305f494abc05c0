"""Report what a flag led to (执行反馈, C4), and read, search and export the reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.credit.domain.entities import EntityUnknown, parse_key
from services.credit.domain.feedbacks import (
    Feedback,
    FeedbackFilter,
    FeedbackInFuture,
    FeedbackLine,
    FeedbackOutsideTerm,
    FlagUnknown,
    Outcome,
)
from services.credit.domain.measures import MeasureCatalogue
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import READ, require_scope
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE, REVIEWER
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class ReportFeedback:
    entity_key: str
    flag_id: UUID
    outcome: Outcome
    taken_on: date
    text: str


async def report_feedback(command: ReportFeedback, uow: CreditUnitOfWork) -> FeedbackLine:
    """Keeps the report of the caller's department. Raises RoleMissing, EntityUnknown, InvalidUscc, FlagUnknown,
    FeedbackInFuture, FeedbackOutsideTerm."""
    async with uow:
        uow.principal.require(DEPARTMENT_ADMIN, REVIEWER, JOINT_OFFICE)
        entity = await uow.replicas.find(parse_key(command.entity_key))
        if entity is None:
            raise EntityUnknown(key=command.entity_key)
        flag = await uow.feedbacks.flag(entity.entity_id, command.flag_id)
        if flag is None:
            raise FlagUnknown(flag_id=command.flag_id)
        if command.taken_on > uow.today:
            raise FeedbackInFuture
        if not flag.is_on(command.taken_on):
            raise FeedbackOutsideTerm(taken_on=command.taken_on)
        feedback = Feedback(
            id=new_id(),
            owner_department=uow.principal.department,
            flag_id=flag.id,
            entity_id=flag.entity_id,
            area=flag.area,
            measure_code=flag.measure_code,
            outcome=command.outcome,
            taken_on=command.taken_on,
            text=command.text,
            reported_by=uow.principal.subject,
            reported_at=uow.now,
        )
        await uow.feedbacks.add(feedback)
        line = FeedbackLine(feedback, entity.name, entity.uscc)
        await uow.commit(line)
    return line


async def read_feedbacks(
    wanted: FeedbackFilter, size: int, after: tuple[datetime, UUID] | None, uow: CreditUnitOfWork
) -> tuple[Sequence[FeedbackLine], MeasureCatalogue]:
    """Reports the caller may see: his department's, the joint office and the supervision organ all."""
    require_scope(uow.principal, READ)
    async with uow:
        lines = await uow.feedbacks.newest(wanted, size, after)
        rules = await uow.rulebooks.current()
    return lines, rules.measures
