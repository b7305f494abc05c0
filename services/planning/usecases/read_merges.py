"""Read merges of plans: what each side gains."""

from __future__ import annotations

from uuid import UUID

from services.planning.domain.merges import Merge, MergeUnknown
from services.planning.storage.unit_of_work import PlanningUnitOfWork


async def the_merge(merge_id: UUID, uow: PlanningUnitOfWork) -> Merge:
    """Raises MergeUnknown."""
    async with uow:
        found = await uow.merges.find(merge_id)
    if found is None:
        raise MergeUnknown
    return found
