"""Correct a published result (更正)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from services.results.domain.content import Recording
from services.results.domain.content_rules import check_complete, check_draft
from services.results.domain.corrections import Change, CorrectionMakesMajor, corrected_content
from services.results.domain.major_decisions import major_grounds
from services.results.domain.publication import VersionKind, public_content
from services.results.domain.records import InspectionRecord
from services.results.domain.states import Act
from services.results.domain.vocabulary import Vocabularies
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.storage.vocabularies import MAJOR_DECISION
from services.results.usecases.acting import the_reviewer
from services.results.usecases.discretion import checked_choices
from services.results.usecases.finding import locked, newest
from services.results.usecases.telling import NoConclusion, public_version, published_result
from shared.events.results import ResultCorrectedV1
from shared.runtime.unit_of_work import SHANGHAI


@dataclass(frozen=True, slots=True)
class CorrectResult:
    """The caller is the approver: a reviewer who had no part in the inspection."""

    result_id: UUID
    reason: str
    change: Change


async def correct_result(command: CorrectResult, uow: ResultsUnitOfWork) -> InspectionRecord:
    """A new public version takes the place of the last, which stays visible (R6, REL39).

    Raises ResultUnknown, ReviewerTookPart, ReasonNeeded, CannotCorrect, CorrectionChangesNothing,
    ListingAddedByCorrection, CorrectionMakesMajor, and what `check_draft`, `check_complete` and `checked_choices`
    raise.
    """
    by = the_reviewer(uow)
    async with uow:
        record = await locked(uow, command.result_id)
        record.require_outsider(by)
        kept = await newest(uow, record)
        content = corrected_content(kept.content, command.change)
        corrected = record.corrected(content, command.reason, by)
        vocabularies = await uow.vocabularies.on(uow.today, kept.vocabulary_version)
        check_draft(content, record.assignment.item_ids, vocabularies, uow.now.astimezone(SHANGHAI))
        check_complete(content, record.assignment.item_ids, vocabularies)
        chosen_from = await checked_choices(uow, record, content)
        revision = replace(
            kept,
            revision=corrected.revision,
            content=content,
            recorded_by=by.subject,
            recorded_at=uow.now,
            discretion_version=chosen_from,
        )
        await _check_not_major(uow, kept, revision, vocabularies)
        await _publish(uow, record, corrected, revision, vocabularies, command.reason)
        await uow.commit(corrected)
    return corrected


async def _check_not_major(
    uow: ResultsUnitOfWork, before: Recording, after: Recording, vocabularies: Vocabularies
) -> None:
    """Raises CorrectionMakesMajor where the correction is a major decision that the published result was not (R7)."""
    (rules,) = await uow.vocabularies.tables(uow.today, MAJOR_DECISION)
    grounds = []
    for recording in (before, after):
        content = recording.content
        public = public_content(content, recording.entity, content.concluded_on, vocabularies.outcomes)
        grounds.append(() if public is None else major_grounds(public, rules))
    if added := [ground for ground in grounds[1] if ground not in grounds[0]]:
        raise CorrectionMakesMajor(grounds="、".join(added))


async def _publish(
    uow: ResultsUnitOfWork,
    before: InspectionRecord,
    corrected: InspectionRecord,
    revision: Recording,
    vocabularies: Vocabularies,
    reason: str,
) -> None:
    public = public_content(revision.content, revision.entity, corrected.due_on, vocabularies.outcomes)
    if public is None:
        raise NoConclusion(str(corrected.id))
    body = published_result(corrected, public, uow.now)
    version = public_version(corrected, VersionKind.CORRECTED, reason, body, revision.recorded_by)
    await uow.records.save(corrected, Step(Act.CORRECT, revision.recorded_by, uow.now, reason), version)
    await uow.recordings.add(revision, public)
    uow.emit(
        ResultCorrectedV1(
            aggregate_version=corrected.version,
            result_id=corrected.id,
            supersedes_version=before.public_version,
            reason=reason,
            result=body,
        )
    )
