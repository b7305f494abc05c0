"""The official days off (放假) and working weekends (调休上班) of 2023–2026.

Source: the yearly notices of 国务院办公厅 (number beside each year). Days off include the weekends inside a holiday.
The 2024 notice gives the last weekend of 2023 its name. Append a year when its notice is out; nothing else changes.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from shared.values.workdays import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Notice:
    """One year's notice: `off` as first and last day of each holiday (month, day), `working` single days."""

    year: int
    number: str
    off: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    working: tuple[tuple[int, int], ...]

    def days_off(self) -> frozenset[date]:
        days: set[date] = set()
        for first, last in self.off:
            start, end = date(self.year, *first), date(self.year, *last)
            days.update(start + timedelta(days=offset) for offset in range((end - start).days + 1))
        return frozenset(days)

    def working_weekends(self) -> frozenset[date]:
        return frozenset(date(self.year, *day) for day in self.working)


NOTICES: Final = (
    Notice(
        year=2023,
        number="国办发明电〔2022〕16号",
        off=(
            ((1, 1), (1, 2)),
            ((1, 21), (1, 27)),
            ((4, 5), (4, 5)),
            ((4, 29), (5, 3)),
            ((6, 22), (6, 24)),
            ((9, 29), (10, 6)),
            ((12, 30), (12, 31)),
        ),
        working=((1, 28), (1, 29), (4, 23), (5, 6), (6, 25), (10, 7), (10, 8)),
    ),
    Notice(
        year=2024,
        number="国办发明电〔2023〕7号",
        off=(
            ((1, 1), (1, 1)),
            ((2, 10), (2, 17)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 10), (6, 10)),
            ((9, 15), (9, 17)),
            ((10, 1), (10, 7)),
        ),
        working=((2, 4), (2, 18), (4, 7), (4, 28), (5, 11), (9, 14), (9, 29), (10, 12)),
    ),
    Notice(
        year=2025,
        number="国办发明电〔2024〕12号",
        off=(
            ((1, 1), (1, 1)),
            ((1, 28), (2, 4)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((5, 31), (6, 2)),
            ((10, 1), (10, 8)),
        ),
        working=((1, 26), (2, 8), (4, 27), (9, 28), (10, 11)),
    ),
    Notice(
        year=2026,
        number="国办发明电〔2025〕7号",
        off=(
            ((1, 1), (1, 3)),
            ((2, 15), (2, 23)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 19), (6, 21)),
            ((9, 25), (9, 27)),
            ((10, 1), (10, 7)),
        ),
        working=((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)),
    ),
)

OFFICIAL_CALENDAR: Final = WorkingCalendar(
    holidays=frozenset[date]().union(*(notice.days_off() for notice in NOTICES)),
    working_weekends=frozenset[date]().union(*(notice.working_weekends() for notice in NOTICES)),
    first_year=NOTICES[0].year,
    last_year=NOTICES[-1].year,
)
