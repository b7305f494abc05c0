"""Keep the copy of the credit class (信用风险等级) that credit told: in sets, with history, one change set a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from services.registry.domain.change_sets import EVENT
from services.registry.storage.unit_of_work import RegistryUnitOfWork


async def follow_classes(classes: Mapping[UUID, str], uow: RegistryUnitOfWork) -> int:
    """Gives the number of objects whose class moved; when none did, nothing is told. Never commits.

    `origin` event tells credit that these versions are its own doing, and it does not rate them again.
    """
    change_set = uow.change_set("entities", EVENT)
    moved = await uow.bulk.set_classes(classes, change_set)
    if moved:
        await uow.record(replace(change_set, row_count=moved))
    return moved
