"""Days of the domain: dates are Asia/Shanghai, terms count in calendar months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_IN_EVERY_MONTH: Final = 28


def day_of(instant: datetime) -> date:
    """The date in Shanghai of an aware instant."""
    return instant.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """The instant at which the day begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month where it has no such day (31 January + 1: 28 February)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if day.day <= _IN_EVERY_MONTH:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
