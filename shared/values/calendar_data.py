"""The official days off (放假) and working weekends (调休上班) of 2017–2026.

Source: the yearly notices of 国务院办公厅 (文号 beside each year). A test cross-checks the days. The numbers are not
verified: the specification names none of them, and though they agree with several public tables, nobody has compared
them with the papers. Days off include the weekends inside a holiday. Where two numbers stand, the second amended the
first in the year itself. The 2019, 2023 and 2024 notices give the last days of the year before. A later year may be
appended here or loaded into a running installation (results: 节假日安排).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from shared.values.workdays import WorkingCalendar, YearDays, calendar_of


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
        year=2017,
        number="国办发明电〔2016〕17号",
        off=(
            ((1, 1), (1, 2)),
            ((1, 27), (2, 2)),
            ((4, 2), (4, 4)),
            ((5, 1), (5, 1)),
            ((5, 28), (5, 30)),
            ((10, 1), (10, 8)),
        ),
        working=((1, 22), (2, 4), (4, 1), (5, 27), (9, 30)),
    ),
    Notice(
        year=2018,
        number="国办发明电〔2017〕12号",
        off=(
            ((1, 1), (1, 1)),
            ((2, 15), (2, 21)),
            ((4, 5), (4, 7)),
            ((4, 29), (5, 1)),
            ((6, 18), (6, 18)),
            ((9, 24), (9, 24)),
            ((10, 1), (10, 7)),
            ((12, 30), (12, 31)),
        ),
        working=((2, 11), (2, 24), (4, 8), (4, 28), (9, 29), (9, 30), (12, 29)),
    ),
    Notice(
        year=2019,
        number="国办发明电〔2018〕15号、〔2019〕3号",
        off=(
            ((1, 1), (1, 1)),
            ((2, 4), (2, 10)),
            ((4, 5), (4, 7)),
            ((5, 1), (5, 4)),
            ((6, 7), (6, 9)),
            ((9, 13), (9, 15)),
            ((10, 1), (10, 7)),
        ),
        working=((2, 2), (2, 3), (4, 28), (5, 5), (9, 29), (10, 12)),
    ),
    Notice(
        year=2020,
        number="国办发明电〔2019〕16号、〔2020〕1号",
        off=(
            ((1, 1), (1, 1)),
            ((1, 24), (2, 2)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 25), (6, 27)),
            ((10, 1), (10, 8)),
        ),
        working=((1, 19), (4, 26), (5, 9), (6, 28), (9, 27), (10, 10)),
    ),
    Notice(
        year=2021,
        number="国办发明电〔2020〕27号",
        off=(
            ((1, 1), (1, 3)),
            ((2, 11), (2, 17)),
            ((4, 3), (4, 5)),
            ((5, 1), (5, 5)),
            ((6, 12), (6, 14)),
            ((9, 19), (9, 21)),
            ((10, 1), (10, 7)),
        ),
        working=((2, 7), (2, 20), (4, 25), (5, 8), (9, 18), (9, 26), (10, 9)),
    ),
    Notice(
        year=2022,
        number="国办发明电〔2021〕11号",
        off=(
            ((1, 1), (1, 3)),
            ((1, 31), (2, 6)),
            ((4, 3), (4, 5)),
            ((4, 30), (5, 4)),
            ((6, 3), (6, 5)),
            ((9, 10), (9, 12)),
            ((10, 1), (10, 7)),
            ((12, 31), (12, 31)),
        ),
        working=((1, 29), (1, 30), (4, 2), (4, 24), (5, 7), (10, 8), (10, 9)),
    ),
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


def calendar_with(years: Iterable[YearDays]) -> WorkingCalendar:
    """The calendar of this release, and over it `years` loaded while it runs; of two for one year the last stands.

    Raises CalendarHasGap.
    """
    return calendar_of([*(YearDays(one.year, one.days_off(), one.working_weekends()) for one in NOTICES), *years])


OFFICIAL_CALENDAR: Final = calendar_with(())
