"""Quiet days (企业安静期, B16): days of a month on which no firm is visited, with lawful exceptions by rule.

The district's rule `quiet_days` lists periods; `quiet_exceptions` lists what may go on all the same (special
inspections, leads). Practice: 15 to 20 days a month with listed exceptions (domain-facts section 22).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from services.planning.domain.windows import Window
from shared.values.calendar_data import OFFICIAL_CALENDAR
from shared.values.errors import Invalid
from shared.values.workdays import WorkingCalendar

_SATURDAY = 5


class NoDayLeft(Invalid):
    """Rule `quiet_days` (B16)."""

    message = "检查时间 {start} 至 {end} 内除节假日和{rule}外没有可以检查的日期"


def inspectable_days(
    window: Window,
    quiet: Collection[date],
    rule: str = "企业安静期",
    calendar: WorkingCalendar = OFFICIAL_CALENDAR,
) -> list[date]:
    """Working days of the window that are not quiet. `rule`: how a refusal names it. Raises NoDayLeft."""
    days = [day for day in window.days() if _is_working(day, calendar) and day not in quiet]
    if not days:
        raise NoDayLeft(start=window.start, end=window.end, rule=rule)
    return days


def quiet_in(window: Window, quiet: Collection[date]) -> Iterator[date]:
    """The quiet days of a window, in order."""
    return (day for day in window.days() if day in quiet)


def _is_working(day: date, calendar: WorkingCalendar) -> bool:
    """Monday to Friday where the year's notice is not out yet."""
    if calendar.covers(day):
        return calendar.is_working_day(day)
    return day.weekday() < _SATURDAY
