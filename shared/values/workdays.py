"""Working days (工作日) by the State Council's yearly notice, with its shifted weekends (调休).

A year whose notice is not out has no calendar: asking about such a day fails loudly, and a deadline that reaches into
it counts Monday to Friday and is marked provisional (暂定), to be computed again when the notice comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final

from shared.values.errors import InvalidValue

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
# Next year's notice may still give or take the last days of this one (it did in December 2018 for New Year 2019).
_UNSETTLED_FROM: Final = (12, 29)


class NoCalendar(InvalidValue):
    """A day for which no official calendar is loaded."""

    code: ClassVar[str] = "workdays.no_calendar"

    def __init__(self, day: date) -> None:
        super().__init__(f"{day.year}年的节假日安排尚未载入，无法判断{day.isoformat()}是否工作日")
        self.day = day


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day in time; `provisional` when it rests on a year whose notice is not out."""

    on: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class YearDays:
    """What one year's notice orders; it may name last days of the year before."""

    year: int
    days_off: frozenset[date]
    working_weekends: frozenset[date]


class CalendarHasGap(InvalidValue):
    """The notices of some year in between are missing: no count could cross it."""

    code: ClassVar[str] = "workdays.calendar_has_gap"

    def __init__(self, year: int) -> None:
        super().__init__(f"缺少{year}年的节假日安排，不能载入其后年份的安排")
        self.year = year


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The official calendar of the years `first_year`..`last_year`, both included.

    `holidays`: days off by notice; `working_weekends`: Saturdays and Sundays that are worked.
    """

    holidays: frozenset[date]
    working_weekends: frozenset[date]
    first_year: int
    last_year: int

    def covers(self, day: date) -> bool:
        return self.first_year <= day.year <= self.last_year

    def is_working_day(self, day: date) -> bool:
        """Raises `NoCalendar` outside the covered years."""
        if not self.covers(day):
            raise NoCalendar(day)
        return self._works(day)

    def is_provisional(self, day: date) -> bool:
        """Whether a count that ends on `day` could still change when the next notice comes."""
        return day.year > self.last_year or (day.year == self.last_year and (day.month, day.day) >= _UNSETTLED_FROM)

    def deadline(self, start: date, days: int) -> Deadline:
        """The `days`-th working day after `start`; `start` itself is day 0 and need not be a working day.

        Source of the count: work plan 二（六）, 20 working days from the day the result exists.
        `days` = 0 gives `start`. Raises `NoCalendar` when `start` lies before the covered years, ValueError when
        `days` is negative.
        """
        if days < 0:
            raise ValueError(f"days must not be negative: {days}")
        self._require_known_past(start)
        day, left = start, days
        while left:
            day += _DAY
            left -= self._works(day)
        return Deadline(on=day, provisional=self.is_provisional(day))

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`, negative when `end` is earlier.

        `working_days_between(s, deadline(s, n).on)` is n. Past the covered years it counts Monday to Friday, as
        `deadline` does; ask `is_provisional(end)`. Raises `NoCalendar` before the covered years.
        """
        if end < start:
            return -self.working_days_between(end, start)
        self._require_known_past(start)
        span = (end - start).days
        return sum(self._works(start + timedelta(days=offset)) for offset in range(1, span + 1))

    def _works(self, day: date) -> bool:
        if day in self.working_weekends:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def _require_known_past(self, day: date) -> None:
        if day.year < self.first_year:
            raise NoCalendar(day)


def calendar_of(years: Iterable[YearDays]) -> WorkingCalendar:
    """The calendar that notices of consecutive years make together. Of two that name one day the later year's stands,
    of two for one year the last given. Raises CalendarHasGap, ValueError when there are none."""
    by_year = {one.year: one for one in years}
    if not by_year:
        raise ValueError("no year, no calendar")
    holidays: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    for year in range(min(by_year), max(by_year) + 1):
        if year not in by_year:
            raise CalendarHasGap(year)
        ordered = by_year[year]
        holidays = (holidays - ordered.working_weekends) | ordered.days_off
        working = (working - ordered.days_off) | ordered.working_weekends
    return WorkingCalendar(holidays, working, min(by_year), max(by_year))
