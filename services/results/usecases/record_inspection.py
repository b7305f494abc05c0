"""Record what was found at a visit (录入检查结果)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.content import Content
from services.results.domain.offline import OfflineEntry, OfflineRecordDiffers, OfflineStamp, check_stamp
from services.results.domain.records import Actor, InspectionRecord, VisitUnknown
from services.results.domain.signatures import content_digest
from services.results.domain.states import Act
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_inspector
from services.results.usecases.filling import Filled, ask_peers, deadline_of, write_revision


@dataclass(frozen=True, slots=True)
class RecordInspection:
    """The department is the caller's. `offline`: the device's stamp on a record made without a connection (B13)."""

    visit_id: UUID
    content: Content
    offline: OfflineStamp | None = None


async def record_inspection(command: RecordInspection, uow: ResultsUnitOfWork) -> Filled:
    """The first draft, by an inspector assigned to the visit (R1). An offline record sent again is the same record.

    Raises VisitUnknown, NotAssigned, CannotRecord, OfficerNotAssigned, TwoOfficersNeeded, RecorderNotPresent,
    CertificateNotValid, OfflineRecordDiffers, and what `check_stamp` and `write_revision` raise.
    """
    by, content = the_inspector(uow), command.content
    async with uow.beside() as before:
        due = await deadline_of(content, before)
        known = await _owed(before, command)
        sent = await _sent_before(before, command, known, by)
        if sent is None:
            if command.offline is not None:
                check_stamp(command.offline, content, before.now)
            known.recorded(content, due, by)
    if sent is not None:
        async with uow:
            await uow.commit(sent)
        return sent
    facts = await ask_peers(uow, known.assignment, content)
    async with uow:
        written = (await _owed(uow, command, for_update=True)).recorded(content, due, by)
        filled = await write_revision(uow, written, content, facts, Act.RECORD, by)
        if command.offline is not None:
            digest = content_digest(content)
            await uow.inspection.offline.add(OfflineEntry(written.id, command.offline, digest, uow.now, by.subject))
        await uow.commit(filled)
    return filled


async def _sent_before(
    uow: ResultsUnitOfWork, command: RecordInspection, owed: InspectionRecord, by: Actor
) -> Filled | None:
    """The record that the device's earlier sending made, as it stands now. Raises NotAssigned, OfflineRecordDiffers."""
    if command.offline is None:
        return None
    entry = await uow.inspection.offline.of_client(command.offline.client_record_id)
    if entry is None:
        return None
    owed.require_assigned(by)
    entry.require_same(command.content)
    if entry.record_id != owed.id:
        raise OfflineRecordDiffers
    return Filled(owed, await uow.recordings.find(owed.id, owed.revision))


async def _owed(uow: ResultsUnitOfWork, command: RecordInspection, *, for_update: bool = False) -> InspectionRecord:
    found = await uow.records.find_of_visit(command.visit_id, uow.principal.department, for_update=for_update)
    if found is None:
        raise VisitUnknown
    return found
