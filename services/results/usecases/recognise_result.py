"""Rely on another department's result instead of a repeat visit (结果互认)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from services.results.domain.publication import PublicVersion, VersionKind
from services.results.domain.recognition import (
    Cover,
    NotRecognisable,
    RecognisableItem,
    RecognisableResult,
    Recognition,
    RecognitionUnknown,
    check_covers,
    same_items,
)
from services.results.domain.records import EXCUSED, InspectionRecord, ResultUnknown, VisitUnknown
from services.results.domain.states import Act
from services.results.storage.recognitions import ListedRecognition
from services.results.storage.recognitions import RecognitionFilter as RecognitionFilter
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_reviewer
from services.results.usecases.calendar_in_force import terms_in_force
from shared.events.results import PublishedResult, VisitConcludedV1, VisitReopenedV1
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class ExcuseVisit:
    """The caller is the approver: a reviewer of the department that need not go. `covers` empty: the same items."""

    visit_id: UUID
    result_id: UUID
    covers: tuple[Cover, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class RevokeRecognition:
    recognition_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A result about the object, and why it cannot be relied on today; empty if it can."""

    result: RecognisableResult
    why_not: str


async def excuse_visit(command: ExcuseVisit, uow: ResultsUnitOfWork) -> Recognition:
    """This department's part of the visit is done by reference (R5); draw and planning learn of it as concluded.

    Raises VisitUnknown, ResultUnknown, NotRecognisable, CoverUnknown, CoverHasProblem, CoverIncomplete,
    ReviewerTookPart, CannotExcuse, RoleMissing.
    """
    by = the_reviewer(uow)
    async with uow:
        record = await _own_part(uow, command.visit_id)
        excused = record.excused(uow.today, by).conclusion_told()
        version = await uow.versions.latest(command.result_id)
        if version is None:
            raise ResultUnknown
        result, where = recognisable(version), record.assignment
        if why := result.why_not(where.entity_id, uow.today, (await terms_in_force(uow)).recognition):
            raise NotRecognisable(why=why)
        covers = command.covers or same_items(result, where.item_ids)
        check_covers(result, where.item_ids, covers, (await uow.vocabularies.on(uow.today)).outcomes)
        made = Recognition(
            id=new_id(),
            department=where.department,
            record_id=record.id,
            visit_id=where.visit_id,
            entity_id=where.entity_id,
            result_id=result.result_id,
            result_version=result.version,
            result_digest=result.digest,
            result_department=result.department,
            concluded_on=result.concluded_on,
            covers=covers,
            reason=command.reason,
            approved_by=by.subject,
            approved_at=uow.now,
        )
        await uow.records.save(excused, Step(Act.EXCUSE, by.subject, uow.now, command.reason))
        await uow.review.recognitions.add(made)
        uow.emit(_excused(excused, made, uow))
        await uow.commit(made)
    return made


async def revoke_recognition(command: RevokeRecognition, uow: ResultsUnitOfWork) -> Recognition:
    """The visit is to be made after all, e.g. because the result relied on was withdrawn (R5, R6).

    Raises RecognitionUnknown, ReviewerTookPart, ReasonNeeded, CannotReinstate, RoleMissing.
    """
    by = the_reviewer(uow)
    async with uow:
        made = await uow.review.recognitions.find(command.recognition_id)
        if made is None or made.revoked_at is not None or made.department != uow.principal.department:
            raise RecognitionUnknown
        record = (await _own_part(uow, made.visit_id)).reinstated(command.reason, by)
        revoked = replace(made, revoked_reason=command.reason, revoked_by=by.subject, revoked_at=uow.now)
        await uow.records.save(record, Step(Act.REINSTATE, by.subject, uow.now, command.reason))
        await uow.review.recognitions.revoke(revoked)
        where = record.assignment
        uow.emit(
            VisitReopenedV1(
                aggregate_version=record.version,
                record_id=record.id,
                visit_id=where.visit_id,
                task_id=where.task_id,
                entity_id=where.entity_id,
                department=where.department,
            )
        )
        await uow.commit(revoked)
    return revoked


async def candidates_for(entity_id: UUID, uow: ResultsUnitOfWork) -> list[Candidate]:
    """Public results of all departments about the object, the newest first (R5)."""
    async with uow:
        days = (await terms_in_force(uow)).recognition
        found = [recognisable(version) for version in await uow.review.recognitions.public_of(entity_id)]
        today = uow.today
    found.sort(key=lambda one: (one.concluded_on, one.result_id), reverse=True)
    return [Candidate(result, result.why_not(entity_id, today, days)) for result in found]


async def page_of_recognitions(
    wanted: RecognitionFilter, uow: ResultsUnitOfWork, size: int, after: UUID | None
) -> list[ListedRecognition]:
    async with uow:
        return await uow.review.recognitions.page(wanted, size, after)


def recognisable(version: PublicVersion) -> RecognisableResult:
    """A public version as another department relies on it."""
    body = PublishedResult.model_validate_json(version.body)
    return RecognisableResult(
        result_id=body.result_id,
        version=version.version,
        digest=version.digest,
        is_withdrawn=version.kind is VersionKind.WITHDRAWN,
        department=body.department,
        entity_id=body.entity_id,
        entity_name=body.entity_name,
        method=body.method,
        outcome=body.outcome,
        concluded_on=body.concluded_on,
        items=tuple(RecognisableItem(item.item_id, item.item_name, tuple(item.outcome_codes)) for item in body.items),
    )


async def _own_part(uow: ResultsUnitOfWork, visit_id: UUID) -> InspectionRecord:
    found = await uow.records.find_of_visit(visit_id, uow.principal.department, for_update=True)
    if found is None:
        raise VisitUnknown
    return found


def _excused(record: InspectionRecord, made: Recognition, uow: ResultsUnitOfWork) -> VisitConcludedV1:
    where = record.assignment
    return VisitConcludedV1(
        aggregate_version=record.version,
        record_id=record.id,
        visit_id=where.visit_id,
        task_id=where.task_id,
        entity_id=where.entity_id,
        department=where.department,
        outcome=EXCUSED,
        concluded_on=uow.today,
        recognised_result_id=made.result_id,
    )
