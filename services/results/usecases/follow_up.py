"""Open, close and read follow-ups of problems found (后续处置)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from services.results.domain.follow_ups import (
    Demand,
    FollowUp,
    FollowUpUnknown,
    NothingToFollowUp,
    checked_demand,
)
from services.results.domain.publication import PublicContent
from services.results.domain.records import InspectionRecord, ResultUnknown
from services.results.domain.vocabulary import Vocabulary
from services.results.storage.follow_ups import FollowUpFilter as FollowUpFilter
from services.results.storage.follow_ups import FollowUpStep
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.storage.vocabularies import FOLLOW_UP, FOLLOW_UP_OUTCOME
from services.results.usecases.calendar_in_force import calendar_in_force
from shared.events.results import FollowUpClosedV1, FollowUpOpenedV1
from shared.runtime.principal import DEPARTMENT_ADMIN, INSPECTOR, REVIEWER
from shared.values.ids import new_id
from shared.values.workdays import Deadline


@dataclass(frozen=True, slots=True)
class OpenFollowUp:
    result_id: UUID
    demand: Demand


@dataclass(frozen=True, slots=True)
class CloseFollowUp:
    """`outcome` is a code of the table `follow_up_outcome`; `document_no` the 文号 of what ended it, if any."""

    follow_up_id: UUID
    outcome: str
    document_no: str
    note: str


@dataclass(frozen=True, slots=True)
class FollowUpQuery:
    """`due` of open ones: `soon` within the next five working days, `overdue` past their day."""

    filter: FollowUpFilter
    due: str | None = None


@dataclass(frozen=True, slots=True)
class WithHistory:
    follow_up: FollowUp
    steps: list[FollowUpStep]


SOON: Final = 5
"""Working days ahead that count as soon, as the first warning of the publication clock."""


async def open_follow_up(command: OpenFollowUp, uow: ResultsUnitOfWork) -> FollowUp:
    """The department that found the problem opens it; who answers follows from its kind (R4).

    Raises ResultUnknown, TooEarlyToFollowUp, NothingToFollowUp, CodeUnknown, ResponsibleMissing, ReceiverMissing,
    RoleMissing.
    """
    uow.principal.require(INSPECTOR, REVIEWER, DEPARTMENT_ADMIN)
    async with uow:
        found = await uow.records.find_publishable(command.result_id)
        if found is None or found[0].assignment.department != uow.principal.department:
            raise ResultUnknown
        record, content = found
        (kinds,) = await uow.vocabularies.tables(uow.today, FOLLOW_UP)
        department, days = checked_demand(command.demand, record.state, record.assignment.department, kinds)
        outcomes = (await uow.vocabularies.on(uow.today)).outcomes
        if content is None or not _has_problem(content, outcomes):
            raise NothingToFollowUp
        due = (await calendar_in_force(uow)).deadline(uow.today, days)
        demand = replace(command.demand, department=department, days=days)
        opened = _opened(record, content, demand, due, uow.today)
        step = FollowUpStep(1, "open", kinds.one(opened.kind).text, uow.principal.subject, uow.now)
        await uow.review.follow_ups.add(opened, step)
        uow.emit(_told(opened))
        await uow.commit(opened)
    return opened


async def close_follow_up(command: CloseFollowUp, uow: ResultsUnitOfWork) -> FollowUp:
    """The department that answers says how it ended (R4).

    Raises FollowUpUnknown, NotResponsible, FollowUpClosed, CodeUnknown, OutcomeOfOtherKind, RoleMissing.
    """
    uow.principal.require(INSPECTOR, REVIEWER, DEPARTMENT_ADMIN)
    async with uow:
        follow_up = await found_follow_up(command.follow_up_id, uow)
        follow_up.require_responsible(uow.principal.department)
        kinds, outcomes = await uow.vocabularies.tables(uow.today, FOLLOW_UP, FOLLOW_UP_OUTCOME)
        closed = follow_up.closed(command.outcome, command.document_no, uow.today, outcomes, kinds)
        outcome = outcomes.one(command.outcome)
        detail = "：".join(filter(None, (outcome.text, command.note)))
        step = FollowUpStep(closed.version, "close", detail, uow.principal.subject, uow.now)
        await uow.review.follow_ups.save(closed, step)
        uow.emit(
            FollowUpClosedV1(
                aggregate_version=closed.version,
                follow_up_id=closed.id,
                result_id=closed.result_id,
                entity_id=closed.entity_id,
                department=closed.department,
                kind=closed.kind,
                outcome=command.outcome,
                is_settled=outcome.kind == "settled",
                due_on=closed.due_on,
                closed_on=uow.today,
            )
        )
        await uow.commit(closed)
    return closed


async def found_follow_up(follow_up_id: UUID, uow: ResultsUnitOfWork) -> FollowUp:
    """Raises FollowUpUnknown, also for what is of other departments."""
    found = await uow.review.follow_ups.find(follow_up_id)
    if found is None:
        raise FollowUpUnknown
    return found


async def one_follow_up(follow_up_id: UUID, uow: ResultsUnitOfWork) -> WithHistory:
    """Raises FollowUpUnknown."""
    async with uow:
        found = await found_follow_up(follow_up_id, uow)
        return WithHistory(found, await uow.review.follow_ups.history(follow_up_id))


async def follow_ups_of(
    query: FollowUpQuery, uow: ResultsUnitOfWork, size: int, after: tuple[date, UUID] | None
) -> list[FollowUp]:
    """Inside an open unit of work: at most `size`, the most urgent first."""
    wanted = query.filter
    if query.due == "overdue":
        wanted = replace(wanted, state="open", due_before=uow.today)
    elif query.due == "soon":
        until = (await calendar_in_force(uow)).deadline(uow.today, SOON).on
        wanted = replace(wanted, state="open", due_from=uow.today, due_until=until)
    return await uow.review.follow_ups.page(wanted, size, after)


async def page_of_follow_ups(
    query: FollowUpQuery, uow: ResultsUnitOfWork, size: int, after: tuple[date, UUID] | None
) -> list[FollowUp]:
    async with uow:
        return await follow_ups_of(query, uow, size, after)


def _has_problem(content: PublicContent, outcomes: Vocabulary) -> bool:
    codes = [outcomes.codes[code] for code in content.outcome_codes if code in outcomes.codes]
    return bool(content.findings) or any(row.kind == "problem" or row.needs_follow_up for row in codes)


def _opened(record: InspectionRecord, content: PublicContent, demand: Demand, due: Deadline, today: date) -> FollowUp:
    where = record.assignment
    return FollowUp(
        id=new_id(),
        version=1,
        result_id=record.id,
        visit_id=where.visit_id,
        entity_id=where.entity_id,
        entity_name=content.entity_name,
        uscc=content.uscc,
        opener=where.department,
        department=demand.department,
        kind=demand.kind,
        demand=demand.text,
        receiver=demand.receiver,
        days=demand.days or 0,
        opened_on=today,
        due_on=due.on,
        due_is_provisional=due.provisional,
    )


def _told(opened: FollowUp) -> FollowUpOpenedV1:
    return FollowUpOpenedV1(
        aggregate_version=1,
        follow_up_id=opened.id,
        result_id=opened.result_id,
        visit_id=opened.visit_id,
        entity_id=opened.entity_id,
        opener=opened.opener,
        department=opened.department,
        kind=opened.kind,
        opened_on=opened.opened_on,
        due_on=opened.due_on,
        due_is_provisional=opened.due_is_provisional,
    )
