"""The yearly review of the libraries (名录库年度核查, L7): by 31 December each is looked through and signed for.

A signature stands for what was looked at: the version of the library and how many it held. A library that changed after
it is to be signed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.values.errors import Forbidden, Invalid, Refused


class ReviewSubjectInvalid(Invalid):
    message = "核查检查对象名录库应写明名录库编号，核查人员库、专家库则不写"


class ReviewYearInvalid(Invalid):
    message = "只能签署今年（{year} 年）的核查，或补签去年的"


class ReviewAlreadySigned(Refused):
    message = "{year} 年对此库的核查已由 {signed_by} 签署，此后没有变化，无需再签"


class NotOwnReview(Forbidden):
    message = "此库由部门 {department} 维护，由其签署核查"


class ReviewSubject(StrEnum):
    OBJECTS = "objects"
    INSPECTORS = "inspectors"
    EXPERTS = "experts"


SUBJECT_LABELS: Final = {
    ReviewSubject.OBJECTS: "检查对象名录库",
    ReviewSubject.INSPECTORS: "执法检查人员名录库",
    ReviewSubject.EXPERTS: "专家库",
}


EXPERTS_KEEPER: Final = "joint_office"
"""Stands for the department of the expert library: the joint office keeps it for all."""


def due_on(year: int) -> date:
    """工作方案四: item lists and libraries by 31 December (L7, G4)."""
    return date(year, 12, 31)


@dataclass(frozen=True, slots=True)
class Reviewable:
    """A library that a department has to look through: `library_id` for objects, none for people."""

    department: str
    subject: str
    library_id: UUID | None = None
    library_version: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """One signature. `members`: how many the library held when it was signed."""

    id: UUID
    district: str
    change_set_id: UUID
    year: int
    department: str
    subject: str
    library_id: UUID | None
    library_version: int | None
    members: int
    note: str | None
    signed_by: str
    signed_at: datetime

    def is_of(self, wanted: Reviewable) -> bool:
        return (self.department, self.subject, self.library_id) == (
            wanted.department,
            wanted.subject,
            wanted.library_id,
        )


class ReviewState(StrEnum):
    SIGNED = "signed"
    CHANGED_SINCE = "changed_since"
    MISSING = "missing"
    OVERDUE = "overdue"


STATE_LABELS: Final = {
    ReviewState.SIGNED: "已签署",
    ReviewState.CHANGED_SINCE: "签署后又有修改",
    ReviewState.MISSING: "尚未签署",
    ReviewState.OVERDUE: "逾期未签署",
}


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """Where the review of one library stands; `review` is its latest signature of the year."""

    wanted: Reviewable
    state: str
    review: Review | None


def standings(
    wanted: Iterable[Reviewable], reviews: Sequence[Review], year: int, today: date
) -> tuple[ReviewStanding, ...]:
    """Who signed what, and what is missing, in the order of `wanted`; `reviews` of the year, the latest last."""
    return tuple(_standing(one, reviews, year, today) for one in wanted)


def _standing(wanted: Reviewable, reviews: Sequence[Review], year: int, today: date) -> ReviewStanding:
    signed = next((review for review in reversed(reviews) if review.is_of(wanted)), None)
    if signed is None:
        state = ReviewState.OVERDUE if today > due_on(year) else ReviewState.MISSING
        return ReviewStanding(wanted, state, None)
    changed = signed.library_version != wanted.library_version
    return ReviewStanding(wanted, ReviewState.CHANGED_SINCE if changed else ReviewState.SIGNED, signed)
