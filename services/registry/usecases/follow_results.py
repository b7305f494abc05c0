"""Keep the day of the last visit (最近检查日期) by the results that stand: published, corrected, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.registry.domain.change_sets import EVENT
from services.registry.storage.bulk_changes import ResultCopy
from services.registry.storage.unit_of_work import RegistryUnitOfWork


async def follow_results(
    results: Sequence[ResultCopy], withdrawn: Sequence[tuple[UUID, UUID]], uow: RegistryUnitOfWork
) -> int:
    """`withdrawn`: (result, entity). Gives the number of objects whose last visit moved. Never commits."""
    await uow.bulk.keep_results(results)
    await uow.bulk.withdraw_results([result_id for result_id, _ in withdrawn])
    entity_ids = [*(result.entity_id for result in results), *(entity_id for _, entity_id in withdrawn)]
    change_set = uow.change_set("entities", EVENT)
    moved = await uow.bulk.set_last_visits(entity_ids, change_set)
    if moved:
        await uow.record(replace(change_set, row_count=moved))
    return moved
