"""Feedback of executing departments (执行反馈, C4): what a flag led to, as the department that carried it out says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.values.errors import Invalid, NotFound


class FlagUnknown(NotFound):
    message = "没有编号为 {flag_id} 的惩戒标记"


class FeedbackOutsideTerm(Invalid):
    message = "执行日期 {taken_on} 不在这个惩戒标记的有效期内"


class FeedbackInFuture(Invalid):
    message = "执行日期不能晚于今天"


class Outcome(StrEnum):
    CARRIED_OUT = "carried_out"
    NO_OCCASION = "no_occasion"
    NOT_CARRIED_OUT = "not_carried_out"


OUTCOME_NAMES: Final = {
    Outcome.CARRIED_OUT: "已执行",
    Outcome.NO_OCCASION: "未遇到适用情形",
    Outcome.NOT_CARRIED_OUT: "未执行",
}


@dataclass(frozen=True, slots=True)
class Feedback:
    """One report. `owner_department` is the executing department."""

    id: UUID
    owner_department: str
    flag_id: UUID
    entity_id: UUID
    area: str
    measure_code: str
    outcome: Outcome
    taken_on: date
    text: str
    reported_by: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """A report with whom it names."""

    feedback: Feedback
    entity_name: str | None
    uscc: str | None


@dataclass(frozen=True, slots=True)
class FeedbackFilter:
    """`q` is part of the entity's name or its USCC."""

    area: str | None = None
    measure_code: str | None = None
    outcome: str | None = None
    department: str | None = None
    entity_id: UUID | None = None
    flag_id: UUID | None = None
    taken_from: date | None = None
    taken_to: date | None = None
    q: str | None = None
