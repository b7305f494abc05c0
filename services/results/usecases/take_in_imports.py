"""Take in what other channels sent, record by record: each becomes a draft here or says why not (W13, L5).

A record is one transaction, so a kill loses none and repeats none. What a record may not be, it may not be by import
either: the same states, officers, certificates, vocabularies and sheets as for a record that is typed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from services.results.domain.content import Content
from services.results.domain.imports import ImportRow, KnownRecord, ResultImport, RowProblem, RowState, row_digest
from services.results.domain.records import Actor, InspectionRecord, ResultUnknown, VisitUnknown
from services.results.domain.states import Act
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.filling import ask_peers, deadline_of, write_revision
from shared.runtime.principal import service_principal
from shared.runtime.problems import PeerUnavailable, VersionChanged
from shared.runtime.service import Process
from shared.values.errors import DomainError, InvalidValue
from shared.values.workdays import Deadline

_log = structlog.get_logger()
PAUSE: Final = 3.0
"""Seconds between two looks at what waits."""
AT_ONCE: Final = 200
_AGAIN: Final = (PeerUnavailable, VersionChanged)
"""Not the record's fault: it waits for the next look."""


@dataclass(frozen=True, slots=True)
class TakeInRecord:
    """For the audit trail. `filed_by` sent the batch."""

    import_id: UUID
    number: int
    record_no: str
    filed_by: str


async def take_in_imports(process: Process) -> None:
    """Runs until cancelled."""
    while True:
        try:
            await look_once(process)
        except Exception as error:  # whatever it was: what waits is still there
            _log.error("imports.look_failed", kind=type(error).__name__, detail=str(error)[:300])
        await asyncio.sleep(PAUSE)


async def look_once(process: Process) -> int:
    """One round over the districts. Returns how many records were settled."""
    name, settled = process.service.name, 0
    async with process.open(service_principal(name, process.settings.district)) as work:
        districts = await work.review.deadlines.watched()
    for district in districts:
        principal = service_principal(name, district)
        while True:
            done = await take_in_some(lambda who=principal: process.open(who))  # type: ignore[misc]
            settled += done
            if done < AT_ONCE:
                break
    return settled


async def take_in_some(work: Callable[[], ResultsUnitOfWork], size: int = AT_ONCE) -> int:
    """At most `size` records of the district. Returns how many were settled."""
    async with work() as uow:
        waiting = await uow.review.imports.pending(size)
        batches = {row.import_id: await uow.review.imports.find(row.import_id) for row in waiting}
    settled = 0
    for row in waiting:
        batch = batches[row.import_id]
        if batch is not None:
            settled += await _take_in(row, batch, work)
    return settled


async def _take_in(row: ImportRow, batch: ResultImport, work: Callable[[], ResultsUnitOfWork]) -> bool:
    try:
        return await _record(row, batch, work())
    except _AGAIN:
        return False
    except (DomainError, InvalidValue) as refusal:
        problem = RowProblem(refusal.code, "", str(refusal))
    async with work() as uow:
        if not await uow.review.imports.claim(row):
            return False
        uow.acting("refuse_imported_record", _told(row, batch))
        await uow.review.imports.settle(row, RowState.WRONG, problem=problem)
        await uow.commit()
    return True


async def _record(row: ImportRow, batch: ResultImport, uow: ResultsUnitOfWork) -> bool:
    """Raises what recording and revising raise."""
    content, visit_id = row.content, row.visit_id
    if content is None or visit_id is None:
        raise VisitUnknown
    by, digest = _actor(batch, content), row_digest(visit_id, content)
    async with uow.beside() as before:
        due = await deadline_of(content, before)
        known = await before.review.imports.known(batch.department, batch.source, row.record_no)
        record = await _record_of(before, batch, visit_id, known)
        is_news = known is None or known.digest != digest
        if is_news:
            _written(record, content, due, by, known)
    facts = await ask_peers(uow, record.assignment, content) if is_news else None
    async with uow:
        if not await uow.review.imports.claim(row):
            return False
        uow.acting("take_in_imported_record", _told(row, batch))
        if facts is None:
            await uow.review.imports.settle(row, RowState.UNCHANGED, record.id)
        else:
            owed = await _record_of(uow, batch, visit_id, known, for_update=True)
            act = Act.RECORD if known is None else Act.REVISE
            await write_revision(uow, _written(owed, content, due, by, known), content, facts, act, by)
            kept = KnownRecord(owed.id, digest)
            await uow.review.imports.remember(batch.department, batch.source, row.record_no, kept)
            state = RowState.RECORDED if known is None else RowState.REVISED
            await uow.review.imports.settle(row, state, owed.id)
        await uow.commit()
    return True


async def _record_of(
    uow: ResultsUnitOfWork, batch: ResultImport, visit_id: UUID, known: KnownRecord | None, *, for_update: bool = False
) -> InspectionRecord:
    """The department's part of the visit; of a record known before, the result it became. Raises VisitUnknown,
    ResultUnknown."""
    found = await uow.records.find_of_visit(visit_id, batch.department, for_update=for_update)
    if found is None:
        raise VisitUnknown
    if known is not None and known.result_id != found.id:
        # The number stands for another visit's result.
        raise ResultUnknown
    return found


def _written(
    record: InspectionRecord, content: Content, due: Deadline | None, by: Actor, known: KnownRecord | None
) -> InspectionRecord:
    """Raises what `recorded` and `revised` raise."""
    return record.recorded(content, due, by) if known is None else record.revised(content, due, by)


def _actor(batch: ResultImport, content: Content) -> Actor:
    """An inspector sends his own records. For his department an administrator sends those that its officers made in
    the other system: the first named present recorded it there, and one of them has to submit it here (R1)."""
    if batch.inspector_id is not None:
        return Actor(batch.filed_by, batch.inspector_id)
    return Actor(batch.filed_by, content.officers_present[0] if content.officers_present else None)


def _told(row: ImportRow, batch: ResultImport) -> TakeInRecord:
    return TakeInRecord(row.import_id, row.number, row.record_no, batch.filed_by)
