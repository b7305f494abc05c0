"""A notice of days off that results tells of: officers answer for their seats by it from now on (B28, R2)."""

from __future__ import annotations

from collections.abc import Sequence

from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.events.results import CalendarChangedV1


async def follow_calendar(told: Sequence[CalendarChangedV1], uow: DrawUnitOfWork) -> None:
    """Nothing is computed anew: the last day to answer is derived whenever it is asked for."""
    await uow.calendars.save(told)
