"""What is read of the calendar: loaded notices and the days of a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.results.domain.notices import CalendarNotice, effective_calendar
from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.values.calendar_data import NOTICES


@dataclass(frozen=True, slots=True)
class YearCalendar:
    """`document_no` None: the year's notice is not out, its days are Monday to Friday."""

    year: int
    document_no: str | None
    days_off: tuple[date, ...]
    working_weekends: tuple[date, ...]


async def calendar_notices(uow: ResultsUnitOfWork) -> list[CalendarNotice]:
    """All versions that were loaded, by year and version."""
    async with uow:
        return await uow.review.notices.all()


async def year_calendar(year: int, uow: ResultsUnitOfWork) -> YearCalendar:
    """The days of one year as deadlines count them now."""
    loaded = await calendar_notices(uow)
    calendar = effective_calendar(loaded)
    released = {one.year: one.number for one in NOTICES}
    own = {one.year: one.document_no for one in loaded if one.is_effective}
    return YearCalendar(
        year,
        (released | own).get(year),
        tuple(sorted(day for day in calendar.holidays if day.year == year)),
        tuple(sorted(day for day in calendar.working_weekends if day.year == year)),
    )
