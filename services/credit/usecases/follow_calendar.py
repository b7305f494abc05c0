"""A notice of days off that results tells of: open steps of repairs get their last day anew (C6, R2).

Only repairs count working days here. Windows, terms and measures that a record rests on count in calendar days and
months, so nothing the journal derives depends on a calendar, and a notice is no input of it: the journal rebuilds the
same bytes before and after one (B7)."""

from __future__ import annotations

from collections.abc import Sequence

from services.credit.storage.unit_of_work import CreditUnitOfWork
from shared.events.results import CalendarChangedV1


async def follow_calendar(told: Sequence[CalendarChangedV1], uow: CreditUnitOfWork) -> None:
    """A step keeps the working days it was given. A version each: who asks how it stands sees why its day moved."""
    before = await uow.calendars.in_force()
    await uow.calendars.save(told)
    calendar = await uow.calendars.in_force()
    for repair in await uow.repairs.all_open():
        await uow.repairs.lock(repair.id)
        # Someone may have ruled on it while we waited.
        newest = (await uow.repairs.versions(repair.id))[-1]
        moved = newest.rescheduled(before, calendar, uow.principal.subject, uow.now)
        if moved is not None:
            await uow.repairs.add(moved)
