"""Whether an officer had part in a result: for services that need somebody without (B23, another handler)."""

from __future__ import annotations

from uuid import UUID

from services.results.domain.records import ResultUnknown
from services.results.storage.unit_of_work import ResultsUnitOfWork


async def took_part(result_id: UUID, subject: str, inspector_id: UUID | None, uow: ResultsUnitOfWork) -> bool:
    """Recorded it, was sent on the visit, or reviewed it. Raises ResultUnknown."""
    async with uow:
        record = await uow.records.find(result_id)
    if record is None:
        raise ResultUnknown
    return subject in (record.recorded_by, record.reviewed_by) or inspector_id in record.assignment.inspector_ids
