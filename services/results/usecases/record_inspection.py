"""Record what was found at a visit (录入检查结果)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.content import Content
from services.results.domain.records import InspectionRecord, VisitUnknown
from services.results.domain.states import Act
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_inspector
from services.results.usecases.filling import Filled, ask_registry, deadline_of, write_revision


@dataclass(frozen=True, slots=True)
class RecordInspection:
    """The department is the caller's."""

    visit_id: UUID
    content: Content


async def record_inspection(command: RecordInspection, uow: ResultsUnitOfWork) -> Filled:
    """The first draft, by an inspector assigned to the visit (R1).

    Raises VisitUnknown, NotAssigned, CannotRecord, OfficerNotAssigned, TwoOfficersNeeded, RecorderNotPresent,
    CertificateNotValid, and what `check_draft` raises.
    """
    by, content = the_inspector(uow), command.content
    due = deadline_of(content)
    async with uow.beside() as before:
        known = await _owed(before, command)
        known.recorded(content, due, by)
    facts = await ask_registry(uow, known.assignment, content)
    async with uow:
        written = (await _owed(uow, command, for_update=True)).recorded(content, due, by)
        filled = await write_revision(uow, written, content, facts, Act.RECORD, by)
        await uow.commit(filled)
    return filled


async def _owed(uow: ResultsUnitOfWork, command: RecordInspection, *, for_update: bool = False) -> InspectionRecord:
    found = await uow.records.find_of_visit(command.visit_id, uow.principal.department, for_update=for_update)
    if found is None:
        raise VisitUnknown
    return found
