"""A window of days (检查时间), both ends included, Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shared.values.errors import Invalid


class WindowEndsBeforeStart(Invalid):
    message = "检查时间的结束日期 {end} 早于开始日期 {start}"


class WindowOutsideYear(Invalid):
    message = "{year} 年度计划的检查时间应在当年开始、不晚于次年 3 月 31 日结束，现为 {start} 至 {end}"


@dataclass(frozen=True, slots=True)
class Window:
    """Raises WindowEndsBeforeStart when made the wrong way round."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise WindowEndsBeforeStart(start=self.start, end=self.end)

    def holds(self, other: Window) -> bool:
        return self.start <= other.start and other.end <= self.end

    def common(self, other: Window) -> Window | None:
        """The days of both, None where there is none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Window(start, end) if start <= end else None

    def days(self) -> Iterator[date]:
        for offset in range((self.end - self.start).days + 1):
            yield self.start + timedelta(days=offset)

    def require_within(self, year: int) -> None:
        """Starts in the year and runs out when the next year's plans are due (工作方案四: 每年第一季度). Raises
        WindowOutsideYear."""
        if self.start.year != year or self.end > date(year + 1, 3, 31):
            raise WindowOutsideYear(start=self.start, end=self.end, year=year)
