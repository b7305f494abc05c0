"""The record an act is about, locked."""

from __future__ import annotations

from uuid import UUID

from services.results.domain.content import Recording
from services.results.domain.records import InspectionRecord, ResultUnknown
from services.results.storage.unit_of_work import ResultsUnitOfWork


async def locked(uow: ResultsUnitOfWork, result_id: UUID) -> InspectionRecord:
    """Raises ResultUnknown, also for what is another department's."""
    found = await uow.records.find(result_id, for_update=True)
    if found is None:
        raise ResultUnknown
    return found


async def newest(uow: ResultsUnitOfWork, record: InspectionRecord) -> Recording:
    """The newest revision of a record that is the caller's to change. Raises ResultUnknown."""
    found = await uow.recordings.find(record.id, record.revision)
    if found is None:
        raise ResultUnknown
    return found
