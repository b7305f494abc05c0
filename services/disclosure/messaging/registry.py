"""What is heard from registry: only that departments changed; their names are then read from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from services.disclosure.usecases.keep_facts import follow_departments
from shared.events.envelope import Heard
from shared.events.registry import ChangeRecordedV1
from shared.runtime.inbox import Handlers

DEPARTMENTS: Final = "departments"


async def on_change_recorded(heard: Sequence[Heard[ChangeRecordedV1]], uow: DisclosureUnitOfWork) -> None:
    """Everything else that registry changes is not public."""
    if any(one.event.kind == DEPARTMENTS for one in heard):
        await follow_departments(uow)


FROM_REGISTRY: Final[Handlers] = {ChangeRecordedV1: on_change_recorded}
