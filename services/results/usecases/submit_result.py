"""Submit a finished record for review (提交审核)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.content import Recording
from services.results.domain.content_rules import check_complete
from services.results.domain.records import Actor, InspectionRecord
from services.results.domain.repeats import check_repeats
from services.results.domain.states import Act
from services.results.domain.third_parties import ReportFileMissing
from services.results.domain.vocabulary import Vocabularies
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_inspector
from services.results.usecases.contacts import enter_inspection
from services.results.usecases.discretion import hold_undecided
from services.results.usecases.finding import locked, newest
from services.results.usecases.signing import (
    Signed,
    concluded_if_signed,
    officer_word,
    put_signature,
    signed_so_far,
)
from services.results.usecases.telling import result_recorded, visit_concluded


@dataclass(frozen=True, slots=True)
class SubmitResult:
    result_id: UUID


async def submit_result(command: SubmitResult, uow: ResultsUnitOfWork) -> InspectionRecord:
    """The officers stand by the record; now draw and planning learn how the visit ended. Submitting is signing: it
    counts as the signature of the submitter who inspected and has not signed yet.

    Raises ResultUnknown, NotAssigned, CannotSubmit, ReportFileMissing, RepeatWithoutFinding, OfficersNotAllSigned,
    EnterpriseNotHeard, and what `check_complete` and `hold_undecided` raise.
    """
    by = the_inspector(uow)
    async with uow:
        record = await locked(uow, command.result_id)
        record.submitted(by)
        recording = await newest(uow, record)
        vocabularies = await uow.vocabularies.on(uow.today, recording.vocabulary_version)
        check_complete(recording.content, record.assignment.item_ids, vocabularies, is_concluded=False)
        await _require_report_files(uow, recording)
        await _hold_repeats(uow, record, recording)
        await hold_undecided(uow, record, recording)
        signed = await _signed(uow, record, recording, vocabularies, by)
        submitted = signed.record.submitted(by)
        await enter_inspection(uow, submitted, signed.recording, vocabularies.methods)
        if submitted.is_conclusion_news:
            submitted = submitted.conclusion_told()
            uow.emit(visit_concluded(submitted))
        uow.emit(result_recorded(submitted))
        await uow.records.save(submitted, Step(Act.SUBMIT, by.subject, uow.now))
        await uow.commit(submitted)
    return submitted


async def _require_report_files(uow: ResultsUnitOfWork, recording: Recording) -> None:
    """A report named by its digest lies among the evidence (D4). Raises ReportFileMissing."""
    reports = [party.report for party in recording.content.third_parties if party.report is not None]
    for report in reports:
        if report.digest is not None and await uow.inspection.evidence.find(recording.record_id, report.digest) is None:
            raise ReportFileMissing(title=report.title)


async def _hold_repeats(uow: ResultsUnitOfWork, record: InspectionRecord, recording: Recording) -> None:
    """Raises RepeatWithoutFinding (B1)."""
    content = recording.content
    officers, on = content.officers_present, content.visited_on
    earlier = await uow.inspection.repeats.earlier(record.id, record.assignment.entity_id, officers, on)
    check_repeats(content, earlier, await uow.inspection.repeats.explained(record.id))


async def _signed(
    uow: ResultsUnitOfWork, record: InspectionRecord, recording: Recording, vocabularies: Vocabularies, by: Actor
) -> Signed:
    """With the submitter's signature; where the record states no day, the signatures must make it (R2)."""
    signed = await signed_so_far(uow, record, recording)
    inspector_id, content = by.as_inspector(), recording.content
    if inspector_id in content.officers_present and inspector_id not in signed.standing.officers:
        signed = await put_signature(uow, signed, officer_word(inspector_id), by)
    if content.concluded_on is not None:
        return signed
    signed.standing.require_conclusive(content, vocabularies.methods.one(content.method).kind)
    return await concluded_if_signed(uow, signed, vocabularies, by)
