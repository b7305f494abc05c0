"""Submit a finished record for review (提交审核)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.content_rules import check_complete
from services.results.domain.records import InspectionRecord
from services.results.domain.states import Act
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_inspector
from services.results.usecases.finding import locked, newest
from services.results.usecases.telling import result_recorded, visit_concluded


@dataclass(frozen=True, slots=True)
class SubmitResult:
    result_id: UUID


async def submit_result(command: SubmitResult, uow: ResultsUnitOfWork) -> InspectionRecord:
    """The officers stand by the record; now draw and planning learn how the visit ended.

    Raises ResultUnknown, NotAssigned, CannotSubmit, and what `check_complete` raises.
    """
    by = the_inspector(uow)
    async with uow:
        record = await locked(uow, command.result_id)
        submitted = record.submitted(by)
        recording = await newest(uow, record)
        vocabularies = await uow.vocabularies.on(uow.today, recording.vocabulary_version)
        check_complete(recording.content, record.assignment.item_ids, vocabularies)
        if submitted.is_conclusion_news:
            submitted = submitted.conclusion_told()
            uow.emit(visit_concluded(submitted))
        uow.emit(result_recorded(submitted))
        await uow.records.save(submitted, Step(Act.SUBMIT, by.subject, uow.now))
        await uow.commit(submitted)
    return submitted
