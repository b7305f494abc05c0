"""Statements of the enterprise (陈述申辩) that stand beside its public result, after moderation (B6)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.values.errors import Invalid, NotFound, Refused

MOST_OPEN: Final = 3
"""Statements of one firm on one result that may wait at a time: a flood is not heard better."""


class StatementState(StrEnum):
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    REJECTED = "rejected"

    @property
    def chinese(self) -> str:
        return {"submitted": "待审核", "published": "已公开", "rejected": "不予公开"}[self.value]


class Channel(StrEnum):
    """How it came: by the firm itself, or entered by an officer for it."""

    ENTERPRISE = "enterprise"
    OFFICER = "officer"


class StatementUnknown(NotFound):
    message = "没有这份陈述申辩，或无权查看"


class StatementModerated(Refused):
    message = "这份陈述申辩已是“{state}”，不能再审核"


class ResultNotPublic(Refused):
    message = "检查结果还没有公示或已经撤回，不能陈述申辩"


class TooManyStatements(Refused):
    message = "对这个检查结果已有 {count} 份陈述申辩等待审核，请等待答复"


class NotTheFirm(Invalid):
    message = "陈述申辩只能由被检查的经营主体提出"


class RejectionReasonMissing(Invalid):
    message = "不予公开必须写明理由"


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` is the firm's own words; nobody sees them but the result's department until `published`."""

    id: UUID
    version: int
    department: str
    result_id: UUID
    result_version: int
    entity_id: UUID
    entity_name: str
    channel: Channel
    text: str = field(metadata={"personal": True})
    submitted_by: str
    submitted_at: datetime
    state: StatementState = StatementState.SUBMITTED
    reason: str = ""
    moderated_by: str | None = None
    moderated_at: datetime | None = None

    def moderated(self, is_published: bool, reason: str, by: str, at: datetime) -> Statement:
        """Raises StatementModerated, RejectionReasonMissing."""
        if self.state is not StatementState.SUBMITTED:
            raise StatementModerated(state=self.state.chinese)
        if not is_published and not reason:
            raise RejectionReasonMissing
        state = StatementState.PUBLISHED if is_published else StatementState.REJECTED
        return replace(self, version=self.version + 1, state=state, reason=reason, moderated_by=by, moderated_at=at)
