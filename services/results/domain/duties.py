"""Evidence of duty done and missed (尽职、失职的证据, G2): what a department owed on an object and when it did it.

"尽职照单免责，失职照单问责": derived from the record and its steps, never typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.results.domain.states import UNPUBLISHED, State
from shared.values.workdays import WorkingCalendar

_UNDONE: Final = frozenset({State.ASSIGNED})
_NEVER_DUE: Final = frozenset({State.CALLED_OFF, State.EXCUSED})


class Missed(StrEnum):
    """A duty that was not done, or not in time."""

    NOT_INSPECTED = "not_inspected"
    NO_CONCLUSION = "no_conclusion"
    NOT_PUBLISHED = "not_published"
    PUBLISHED_LATE = "published_late"
    FOLLOW_UP_OVERDUE = "follow_up_overdue"
    FOLLOW_UP_LATE = "follow_up_late"
    PROBLEM_UNFOLLOWED = "problem_unfollowed"

    @property
    def chinese(self) -> str:
        return _CHINESE[self]


_CHINESE: Final = {
    Missed.NOT_INSPECTED: "逾期未检查",
    Missed.NO_CONCLUSION: "检查后逾期未形成结果",
    Missed.NOT_PUBLISHED: "逾期未公示",
    Missed.PUBLISHED_LATE: "逾期公示",
    Missed.FOLLOW_UP_OVERDUE: "后续处置逾期未办结",
    Missed.FOLLOW_UP_LATE: "后续处置逾期办结",
    Missed.PROBLEM_UNFOLLOWED: "发现问题未开展后续处置",
}


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """One department's part of one visit as it stands. Counts are of its follow-ups; `needs_follow_up` by its codes."""

    record_id: UUID
    visit_id: UUID
    task_no: str
    entity_id: UUID
    entity_name: str | None
    department: str
    inspector_ids: tuple[UUID, ...]
    state: State
    window_start: date
    window_end: date
    assigned_at: datetime | None
    recorded_at: datetime | None
    visited_on: date | None
    concluded_on: date | None
    due_on: date | None
    published_on: date | None
    follow_ups: int
    follow_ups_overdue: int
    follow_ups_late: int
    needs_follow_up: bool


def missed(facts: DutyFacts, today: date, conclusion_days: int, calendar: WorkingCalendar) -> tuple[Missed, ...]:
    """What was missed by `today`; empty: every duty so far was done in time. `conclusion_days` are working days."""
    if facts.state in _NEVER_DUE:
        return ()
    found = [
        (Missed.NOT_INSPECTED, facts.state in _UNDONE and facts.window_end < today),
        (Missed.NO_CONCLUSION, _is_unconcluded(facts, today, conclusion_days, calendar)),
        (Missed.NOT_PUBLISHED, facts.state in UNPUBLISHED and facts.due_on is not None and facts.due_on < today),
        (Missed.PUBLISHED_LATE, _is_late(facts)),
        (Missed.FOLLOW_UP_OVERDUE, facts.follow_ups_overdue > 0),
        (Missed.FOLLOW_UP_LATE, facts.follow_ups_late > 0),
        (Missed.PROBLEM_UNFOLLOWED, _is_unfollowed(facts)),
    ]
    return tuple(kind for kind, holds in found if holds)


def _is_unconcluded(facts: DutyFacts, today: date, days: int, calendar: WorkingCalendar) -> bool:
    if facts.concluded_on is not None or facts.visited_on is None or facts.state not in UNPUBLISHED:
        return False
    return calendar.deadline(facts.visited_on, days).on < today


def _is_late(facts: DutyFacts) -> bool:
    return facts.published_on is not None and facts.due_on is not None and facts.published_on > facts.due_on


def _is_unfollowed(facts: DutyFacts) -> bool:
    """Published, its codes ask for a follow-up, and none was ever opened."""
    return facts.state is State.PUBLISHED and facts.needs_follow_up and facts.follow_ups == 0
