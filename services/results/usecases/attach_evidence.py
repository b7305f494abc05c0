"""Attach a file as evidence of a record (附证据), and read it back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.results.domain.content_rules import ItemNotAssigned
from services.results.domain.evidence import (
    Evidence,
    EvidenceAttached,
    EvidenceFile,
    EvidenceFileMissing,
    EvidenceKind,
    EvidenceUnknown,
    check_times,
)
from services.results.domain.records import InspectionRecord, ResultUnknown
from services.results.domain.states import CannotRevise, State
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_inspector
from services.results.usecases.finding import locked
from shared.runtime.principal import INSPECTOR


@dataclass(frozen=True, slots=True)
class AttachEvidence:
    """`digest` names a file that was sent before; device and place may be empty."""

    result_id: UUID
    digest: str
    kind: EvidenceKind
    name: str
    is_personal: bool
    taken_at: datetime
    taken_until: datetime | None = None
    item_id: UUID | None = None
    place: str = ""
    device: str = ""


async def take_in_evidence(chunks: AsyncIterator[bytes], uow: ResultsUnitOfWork) -> EvidenceFile:
    """A file to be attached later; what nobody attaches goes after a term (`clear_evidence`).

    Raises RoleMissing, FileTypeUnknown, EvidenceTooLarge, EvidenceFileMissing, PeerUnavailable.
    """
    uow.principal.require(INSPECTOR)
    file = await uow.evidence_files.take_in(chunks)
    async with uow:
        await uow.inspection.uploads.note(file, uow.principal.subject, uow.now)
        await uow.commit()
    if not await uow.evidence_files.exists(file.digest):
        # The same file, sent long ago, was cleared between the two.
        raise EvidenceFileMissing(digest=file.digest)
    return file


async def attach_evidence(command: AttachEvidence, uow: ResultsUnitOfWork) -> Evidence:
    """While the record is being written. What is attached stays; the file is read through before, so that what is told
    of it is so.

    Raises ResultUnknown, NotAssigned, CannotRevise, EvidenceFileMissing, EvidenceDamaged, EvidenceAttached,
    ItemNotAssigned, TimesContradict.
    """
    by = the_inspector(uow)
    async with uow.beside() as before:
        known = await before.records.find(command.result_id)
        if known is None:
            raise ResultUnknown
        _require_open(known)
        known.require_assigned(by)
    file = await uow.evidence_files.find(command.digest)
    if file is None:
        raise EvidenceFileMissing(digest=command.digest)
    async with uow:
        record = await locked(uow, command.result_id)
        _require_open(record)
        record.require_assigned(by)
        if not await uow.inspection.uploads.hold(command.digest, uow.now):
            raise EvidenceFileMissing(digest=command.digest)
        evidence = _evidence(command, file, record, uow.now, by.subject)
        if not await uow.inspection.evidence.add(evidence):
            raise EvidenceAttached
        await uow.commit(evidence)
    return evidence


async def evidence_of(
    result_id: UUID, uow: ResultsUnitOfWork, kind: str | None, item_id: UUID | None
) -> list[Evidence]:
    """Raises ResultUnknown."""
    async with uow:
        if await uow.records.find(result_id) is None:
            raise ResultUnknown
        return await uow.inspection.evidence.of(result_id, kind, item_id)


async def evidence_content(
    result_id: UUID, digest: str, uow: ResultsUnitOfWork
) -> tuple[Evidence, AsyncIterator[bytes]]:
    """The file of one piece of evidence. Raises ResultUnknown, EvidenceUnknown, EvidenceDamaged, PeerUnavailable;
    a film that is damaged further on breaks off."""
    async with uow:
        if await uow.records.find(result_id) is None:
            raise ResultUnknown
        found = await uow.inspection.evidence.find(result_id, digest)
    if found is None:
        raise EvidenceUnknown
    pieces = uow.evidence_files.read(digest)
    # The first piece is read before anybody is answered: a damaged file is refused by name, not cut off.
    return found, _with_first(await anext(pieces), pieces)


async def _with_first(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _require_open(record: InspectionRecord) -> None:
    if record.state not in (State.DRAFT, State.RETURNED):
        raise CannotRevise(state=record.state.chinese)


def _evidence(command: AttachEvidence, file: EvidenceFile, record: InspectionRecord, at: datetime, by: str) -> Evidence:
    check_times(command.taken_at, command.taken_until, at)
    if command.item_id is not None and command.item_id not in record.assignment.item_ids:
        raise ItemNotAssigned(item_id=command.item_id)
    return Evidence(
        record_id=record.id,
        file=file,
        kind=command.kind,
        name=command.name,
        is_personal=command.is_personal,
        taken_at=command.taken_at,
        taken_until=command.taken_until,
        item_id=command.item_id,
        place=command.place,
        device=command.device,
        added_by=by,
        added_at=at,
    )
