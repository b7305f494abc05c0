"""Follow registry: pull the rows of a change set (变更批次) and keep the replica as registry has it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.credit.storage.unit_of_work import CreditUnitOfWork


async def follow_registry(change_set_ids: Sequence[UUID], uow: CreditUnitOfWork) -> None:
    """Applies change sets in order, page by page. Never commits."""
    if uow.change_sets is None:
        raise RuntimeError("this unit of work was opened without registry's change sets")
    for change_set_id in change_set_ids:
        async for page in uow.change_sets.entity_rows(change_set_id):
            await uow.replicas.put(page, uow.now)
