"""Restriction checks (联合惩戒查询, C5): is this enterprise restricted in this area, on a day, as known at an instant?

Not found and not restricted are different answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.credit.domain.listings import Flag
from shared.values.errors import Invalid, NotFound

BATCH_LIMIT = 500


class AnswerUnknown(NotFound):
    message = "没有编号为 {answer_id} 的查询答复，或不是您查询的"


class KnownAtInFuture(Invalid):
    message = "known_at 不能晚于当前时间：将来会知道什么，现在无法答复"


class TooManyQuestions(Invalid):
    message = f"一次最多查询 {BATCH_LIMIT} 项，本次 {{count}} 项"


class NoQuestions(Invalid):
    message = "没有要查询的内容"


@dataclass(frozen=True, slots=True)
class Question:
    """One of `uscc` and `entity_id` is given; `key` is what the caller wrote."""

    key: str
    uscc: str | None
    entity_id: UUID | None
    area: str
    on: date


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a question was found to be about."""

    entity_id: UUID
    uscc: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What the flags say: restricted when any is in force. `flags` are those in force that day, by first day."""

    question: Question
    entity: Named | None
    flags: list[Flag]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was given: `body` is its very text (UTF-8), `digest` the SHA-256 of that in hex."""

    id: UUID
    asked_by: str
    body: str
    digest: str
    answered_at: datetime


def checked_known_at(known_at: datetime | None, now: datetime) -> datetime:
    """`now` when not given. Raises KnownAtInFuture: such an answer could turn out different later."""
    if known_at is None:
        return now
    if known_at > now:
        raise KnownAtInFuture
    return known_at
