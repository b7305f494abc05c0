"""Statements of the enterprise (陈述申辩): handed in, moderated, shown beside the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from services.results.domain.publication import VersionKind
from services.results.domain.records import ResultUnknown
from services.results.domain.statements import (
    MOST_OPEN,
    Channel,
    NotTheFirm,
    ResultNotPublic,
    Statement,
    StatementState,
    StatementUnknown,
    TooManyStatements,
)
from services.results.domain.visit_codes import CodeNotOurs, Verdict, answer_for, read_code
from services.results.domain.visits import Visit
from services.results.storage.statements import StatementFilter as StatementFilter
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_reviewer
from services.results.usecases.finding import locked
from shared.events.results import PublishedResult, StatementPublishedV1
from shared.runtime.principal import DEPARTMENT_ADMIN, INSPECTOR, REVIEWER
from shared.values.ids import new_id

MOST_SHOWN: Final = 200
"""Statements beside one result."""


@dataclass(frozen=True, slots=True)
class SubmitStatement:
    """`entity_id`: the firm that speaks; None where an officer enters it for the firm that was inspected."""

    result_id: UUID
    text: str = field(metadata={"personal": True})
    entity_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StateByCode:
    """`code` is the visit code (检查码) as it was typed."""

    code: str = field(metadata={"personal": True})
    result_id: UUID
    text: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class ModerateStatement:
    """`reason` is needed where it is not made public, and told to the firm."""

    statement_id: UUID
    is_published: bool
    reason: str


async def enter_statement(command: SubmitStatement, uow: ResultsUnitOfWork) -> Statement:
    """An officer of the department enters what the firm handed in. Raises RoleMissing and what `_made` raises."""
    uow.principal.require(INSPECTOR, REVIEWER, DEPARTMENT_ADMIN)
    async with uow:
        # Only the result's own department takes its papers.
        record = await uow.records.find(command.result_id)
        if record is None or record.assignment.department != uow.principal.department:
            raise ResultUnknown
        return await _submit(command, Channel.OFFICER, uow.principal.subject, uow)


async def receive_statement(command: SubmitStatement, uow: ResultsUnitOfWork) -> Statement:
    """The firm itself, by the service that knows its token. Raises NotTheFirm and what `_made` raises."""
    async with uow:
        return await _submit(command, Channel.ENTERPRISE, f"enterprise:{command.entity_id}", uow)


async def state_by_code(command: StateByCode, uow: ResultsUnitOfWork) -> Statement:
    """Whoever holds the visit's code speaks for the firm. Raises CodeNotOurs and what `_made` raises."""
    async with uow:
        async with uow.across_departments():
            visit, record_ids = await _visit_of(command.code, uow)
            if command.result_id not in record_ids:
                raise ResultUnknown
            said = SubmitStatement(command.result_id, command.text, visit.entity_id)
            made = await _made(said, Channel.ENTERPRISE, f"enterprise:{visit.entity_id}", uow)
        await uow.commit(made)
    return made


async def statements_by_code(code: str, uow: ResultsUnitOfWork) -> list[Statement]:
    """How what the firm said about a visit stands, also before it is public. Raises CodeNotOurs."""
    async with uow, uow.across_departments():
        _, record_ids = await _visit_of(code, uow)
        found: list[Statement] = []
        for record_id in sorted(record_ids):
            wanted = StatementFilter(result_id=record_id)
            found += await uow.review.statements.page(wanted, MOST_SHOWN, None)
    return found


async def _visit_of(typed: str, uow: ResultsUnitOfWork) -> tuple[Visit, set[UUID]]:
    code = read_code(typed)
    if code is None:
        raise CodeNotOurs(answer=answer_for(Verdict.MISTYPED))
    known = await uow.inspection.codes.find(code)
    visit = None if known is None else await uow.visits.find(known.visit_id)
    if visit is None:
        raise CodeNotOurs(answer=answer_for(Verdict.UNKNOWN))
    return visit, {record.id for record in await uow.records.of_visits([visit.id])}


async def moderate_statement(command: ModerateStatement, uow: ResultsUnitOfWork) -> Statement:
    """Nothing shows before somebody who had no part in the inspection has read it (B6): no names, no insults.

    Raises StatementUnknown, ReviewerTookPart, StatementModerated, RejectionReasonMissing, RoleMissing.
    """
    by = the_reviewer(uow)
    async with uow:
        statement = await uow.review.statements.find(command.statement_id)
        if statement is None or statement.department != uow.principal.department:
            raise StatementUnknown
        (await locked(uow, statement.result_id)).require_outsider(by)
        moderated = statement.moderated(command.is_published, command.reason, by.subject, uow.now)
        await uow.review.statements.save(moderated)
        if moderated.state is StatementState.PUBLISHED:
            uow.emit(
                StatementPublishedV1(
                    aggregate_version=moderated.version,
                    statement_id=moderated.id,
                    result_id=moderated.result_id,
                    result_version=moderated.result_version,
                    entity_id=moderated.entity_id,
                    entity_name=moderated.entity_name,
                    text=moderated.text,
                    published_at=uow.now,
                )
            )
        await uow.commit(moderated)
    return moderated


async def statements_beside(result_id: UUID, uow: ResultsUnitOfWork) -> list[Statement]:
    """What the public reads beside the result. Raises ResultUnknown where neither public nor caller knows it."""
    async with uow:
        if await uow.versions.latest(result_id) is None and await uow.records.find(result_id) is None:
            raise ResultUnknown
        wanted = StatementFilter(state=StatementState.PUBLISHED.value, result_id=result_id)
        return await uow.review.statements.page(wanted, MOST_SHOWN, None)


async def page_of_statements(
    wanted: StatementFilter, uow: ResultsUnitOfWork, size: int, after: UUID | None
) -> list[Statement]:
    async with uow:
        return await uow.review.statements.page(wanted, size, after)


async def one_statement(statement_id: UUID, uow: ResultsUnitOfWork) -> Statement:
    """Raises StatementUnknown."""
    async with uow:
        found = await uow.review.statements.find(statement_id)
    if found is None:
        raise StatementUnknown
    return found


async def _submit(command: SubmitStatement, channel: Channel, by: str, uow: ResultsUnitOfWork) -> Statement:
    made = await _made(command, channel, by, uow)
    await uow.commit(made)
    return made


async def _made(command: SubmitStatement, channel: Channel, by: str, uow: ResultsUnitOfWork) -> Statement:
    """Raises ResultUnknown, ResultNotPublic, NotTheFirm, TooManyStatements."""
    version = await uow.versions.latest(command.result_id)
    if version is None:
        raise ResultUnknown if channel is Channel.ENTERPRISE else ResultNotPublic
    if version.kind is VersionKind.WITHDRAWN:
        raise ResultNotPublic
    body = PublishedResult.model_validate_json(version.body)
    if channel is Channel.ENTERPRISE and command.entity_id != body.entity_id:
        raise NotTheFirm
    waiting = await uow.review.statements.waiting(command.result_id)
    if waiting >= MOST_OPEN:
        raise TooManyStatements(count=waiting)
    made = Statement(
        id=new_id(),
        version=1,
        department=body.department,
        result_id=body.result_id,
        result_version=version.version,
        entity_id=body.entity_id,
        entity_name=body.entity_name,
        channel=channel,
        text=command.text,
        submitted_by=by,
        submitted_at=uow.now,
    )
    await uow.review.statements.add(made)
    return made
