"""A window of days (检查时间), both ends included, Asia/Shanghai."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.values.errors import Invalid


class WindowEndsBeforeStart(Invalid):
    message = "检查时间的结束日期 {end} 早于开始日期 {start}"


class WindowOutsideYear(Invalid):
    message = "检查时间 {start} 至 {end} 不在计划年度 {year} 内"


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

    def require_within(self, year: int) -> None:
        """Raises WindowOutsideYear."""
        if (self.start.year, self.end.year) != (year, year):
            raise WindowOutsideYear(start=self.start, end=self.end, year=year)
