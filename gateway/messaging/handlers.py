"""What the gateway hears: of registry's facts those about inspectors, because who left must lose his access."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.usecases.close_leavers import close_leavers
from shared.events.envelope import Heard
from shared.events.registry import ChangeRecordedV1
from shared.runtime.inbox import Handlers


async def on_change_recorded(heard: Sequence[Heard[ChangeRecordedV1]], uow: Any) -> None:
    about_people = [one.event.change_set_id for one in heard if one.event.kind == "inspectors"]
    if about_people:
        await close_leavers(about_people, uow)


HANDLERS: Handlers = {ChangeRecordedV1: on_change_recorded}
