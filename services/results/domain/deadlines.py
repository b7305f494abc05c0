"""The publication clock (公示期限), the warnings before its end, and visits that have no conclusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.values.workdays import Deadline, WorkingCalendar

PUBLICATION_WORKING_DAYS: Final = 20
"""Work plan 二（六）: public within 20 working days of the result."""
OVERDUE: Final = -1
"""The stage of a warning after the last day."""


class AlertKind(StrEnum):
    """`publication`: a recorded result is not public; `conclusion`: a visit has no result yet, whether its record was
    begun or never saved; `follow_up`: a follow-up is open."""

    PUBLICATION = "publication"
    CONCLUSION = "conclusion"
    FOLLOW_UP = "follow_up"

    @property
    def chinese(self) -> str:
        return {"publication": "公示期限", "conclusion": "形成结果期限", "follow_up": "后续处置期限"}[self.value]


@dataclass(frozen=True, slots=True)
class Horizon:
    """Deadlines up to `until` end in `days` working days at most; `OVERDUE` for those that have ended."""

    days: int
    until: date


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of the district (时限): working days until a visit must have its result, calendar days for which a result
    is recognised, working days before a deadline on which to warn, the farthest first."""

    conclusion: int
    recognition: int
    warnings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """A deadline that ends soon or has ended. `days_left` counts working days, negative after the end. `subject_id` is
    the result's, for `follow_up` the follow-up's."""

    kind: AlertKind
    subject_id: UUID
    department: str
    entity_id: UUID
    entity_name: str | None
    task_no: str
    state: str
    due_on: date
    is_provisional: bool
    days_left: int

    @property
    def is_overdue(self) -> bool:
        return self.days_left < 0


def publication_deadline(concluded_on: date, calendar: WorkingCalendar) -> Deadline:
    """The last day to publish; `concluded_on` is day 0 (R2). Provisional where the notice of its year is not out.

    Raises `NoCalendar` when `concluded_on` lies before the loaded years.
    """
    return calendar.deadline(concluded_on, PUBLICATION_WORKING_DAYS)


def horizons(today: date, warnings: Sequence[int], calendar: WorkingCalendar) -> tuple[Horizon, ...]:
    """What to warn of on `today`, the most pressing first: overdue, then 0, 1, 5 working days ahead (REL30)."""
    ahead = [Horizon(days, calendar.deadline(today, days).on) for days in sorted(warnings)]
    return (Horizon(OVERDUE, today - timedelta(days=1)), *ahead)
