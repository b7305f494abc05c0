"""Yearly notices of days off and worked weekends (节假日安排), loaded while the platform runs, in versions.

国务院办公厅关于部分节假日安排的通知 comes each autumn for the next year and is sometimes amended within its year (2020
Spring Festival). Two persons load one: a wrong day would move every deadline of the district.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from shared.values.calendar_data import calendar_with
from shared.values.errors import Forbidden, Invalid, NotFound, Refused
from shared.values.workdays import WorkingCalendar, YearDays

_SATURDAY: Final = 5
_MOST_DAYS_OFF: Final = 60
"""No notice has named half as many; more is a slip of the keyboard."""


class NoticeUnknown(NotFound):
    message = "没有 {year} 年第 {version} 版的节假日安排"


class NoticeDayOutside(Invalid):
    message = "{day} 不属于 {year} 年的节假日安排（本年，或上年最后一周）"


class NoticeContradicts(Invalid):
    message = "{day} 既列为放假又列为上班"


class WorkedDayNoWeekend(Invalid):
    message = "{day} 不是周末，本来就上班，不能列为调休上班日"


class NoticeIncomplete(Invalid):
    message = "{year} 年的安排列出 {count} 个放假日，与国务院办公厅通知明显不符，请核对"


class YearLeavesGap(Invalid):
    message = "现有安排到 {last} 年，只能载入 {first} 年至 {next} 年的安排"


class NoticeNotWaiting(Refused):
    message = "这份节假日安排已经生效"


class NoticeSuperseded(Refused):
    message = "{year} 年另有更新版本的安排已经生效，不能再批准旧版本"


class FiledByHimself(Forbidden):
    message = "节假日安排须由另一人复核，录入人不能批准自己录入的安排"


@dataclass(frozen=True, slots=True)
class CalendarNotice:
    """One version of one year's notice. `approved_by` None: waits for the second person and counts for nothing."""

    year: int
    version: int
    document_no: str
    published_on: date
    days_off: tuple[date, ...]
    working_weekends: tuple[date, ...]
    filed_by: str
    filed_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None

    @property
    def is_effective(self) -> bool:
        return self.approved_by is not None

    def approved(self, by: str, at: datetime) -> CalendarNotice:
        """Raises NoticeNotWaiting, FiledByHimself."""
        if self.is_effective:
            raise NoticeNotWaiting
        if by == self.filed_by:
            raise FiledByHimself
        return replace(self, approved_by=by, approved_at=at)


def check_notice(notice: CalendarNotice, calendar: WorkingCalendar) -> None:
    """Raises YearLeavesGap, NoticeDayOutside, NoticeContradicts, WorkedDayNoWeekend, NoticeIncomplete."""
    if not calendar.first_year <= notice.year <= calendar.last_year + 1:
        raise YearLeavesGap(first=calendar.first_year, last=calendar.last_year, next=calendar.last_year + 1)
    last_week = date(notice.year - 1, 12, 25)
    for day in (*notice.days_off, *notice.working_weekends):
        if not last_week <= day <= date(notice.year, 12, 31):
            raise NoticeDayOutside(day=day, year=notice.year)
    for day in notice.working_weekends:
        if day in notice.days_off:
            raise NoticeContradicts(day=day)
        if day.weekday() < _SATURDAY:
            raise WorkedDayNoWeekend(day=day)
    in_year = sum(day.year == notice.year for day in notice.days_off)
    if not STATUTORY_DAYS_OFF <= in_year <= _MOST_DAYS_OFF:
        raise NoticeIncomplete(year=notice.year, count=in_year)


STATUTORY_DAYS_OFF: Final = 11
"""全国年节及纪念日放假办法: 11 days until 2024, 13 since 2025 (国令第795号); fewer cannot be a whole year's notice."""


def effective_calendar(loaded: Iterable[CalendarNotice]) -> WorkingCalendar:
    """The calendar in force: what the release brings, and over it the newest effective notice of each year."""
    newest = {one.year: one for one in sorted(loaded, key=lambda one: one.version) if one.is_effective}
    return calendar_with(
        YearDays(one.year, frozenset(one.days_off), frozenset(one.working_weekends)) for one in newest.values()
    )


def next_version(year: int, known: Sequence[CalendarNotice]) -> int:
    return max((one.version for one in known if one.year == year), default=0) + 1
