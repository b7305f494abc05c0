"""Leaves of inspectors (休假、借调): on the days of a leave an officer is in no pool and inspects nothing (L3, L7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from shared.values.errors import Invalid, NotFound, Refused


class LeaveUnknown(NotFound):
    message = "没有编号为 {leave_id} 的休假，或无权查看"


class LeaveTermInvalid(Invalid):
    message = "休假的结束日期（{ends_on}）不能早于开始日期（{starts_on}）"


class LeaveOverlaps(Refused):
    message = "此人 {starts_on} 至 {ends_on} 已登记休假，日期重叠"


class LeaveCancelled(Refused):
    message = "该休假已经取消"


@dataclass(frozen=True, slots=True)
class Leave:
    """One version of a leave; both days are included."""

    id: UUID
    district: str
    version: int
    change_set_id: UUID
    changed_at: datetime
    owner_department: str
    inspector_id: UUID
    starts_on: date
    ends_on: date
    reason: str
    is_cancelled: bool
    changed_by: str

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise LeaveTermInvalid(starts_on=self.starts_on, ends_on=self.ends_on)

    def covers(self, day: date) -> bool:
        return not self.is_cancelled and self.starts_on <= day <= self.ends_on

    def overlaps(self, other: Leave) -> bool:
        if self.is_cancelled or other.is_cancelled:
            return False
        return self.starts_on <= other.ends_on and other.starts_on <= self.ends_on

    def cancelled(self, change_set_id: UUID, at: datetime, by: str) -> Leave:
        """取消休假: he is back from today on, for later pools. Raises LeaveCancelled."""
        if self.is_cancelled:
            raise LeaveCancelled
        changed = replace(self, is_cancelled=True, version=self.version + 1, changed_by=by)
        return replace(changed, change_set_id=change_set_id, changed_at=at)
