"""Statements of enterprises (陈述申辩, B6): public words beside a result, and the way in with the visit's code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.values.errors import Invalid

LONGEST: Final = 3000


class StatementEmpty(Invalid):
    message = "请写明陈述申辩的内容"


class StatementTooLong(Invalid):
    message = "陈述申辩最多 {most} 字，现有 {count} 字"


@dataclass(frozen=True, slots=True)
class Statement:
    """Public since a reviewer without part in the inspection has read it; kept by results, shown here."""

    statement_id: UUID
    result_id: UUID
    result_version: int
    entity_id: UUID
    text: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class StatementStatus:
    """How one statement stands, to who holds the visit's code. `state`: submitted, published or rejected."""

    statement_id: str
    result_id: str
    state: str
    reason: str
    submitted_at: datetime

    @property
    def state_name(self) -> str:
        return {"submitted": "待审核", "published": "已公开", "rejected": "不予公开"}.get(self.state, "办理中")


def check_words(text: str) -> None:
    """Raises StatementEmpty, StatementTooLong."""
    if not text:
        raise StatementEmpty
    if len(text) > LONGEST:
        raise StatementTooLong(most=LONGEST, count=len(text))
