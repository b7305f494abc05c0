"""A lost second factor (动态验证码丢失): one administrator proposes its reset, another approves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from gateway.domain.clients import DECISIONS, ChangeState
from shared.values.errors import Forbidden, NotFound, Refused


class ResetUnknown(NotFound):
    message = "没有这项动态验证码重置"


class ResetDecided(Refused):
    message = "这项重置已经办结，当前状态：{state}"


class ResetWaits(Refused):
    message = "账号 {login} 还有一项重置等待审批，请先办结"


class OwnReset(Forbidden):
    message = "提出人和账号本人都不能审批这项重置"


class NoSecondFactor(Refused):
    message = "账号 {login} 没有启用动态验证码，无需重置"


@dataclass(frozen=True, slots=True)
class SecondFactorReset:
    """`proposed_by`, `decided_by`: subjects (`officer:…`)."""

    id: UUID
    district: str
    login: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    state: ChangeState = ChangeState.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None

    def decide(self, state: ChangeState, by: str, now: datetime) -> SecondFactorReset:
        """Raises ResetDecided, or OwnReset where the proposer or the account itself decides: a stolen session must not
        be enough to take a second factor away."""
        if self.state is not ChangeState.PROPOSED:
            raise ResetDecided(state=DECISIONS[self.state])
        if by in (self.proposed_by, f"officer:{self.login}"):
            raise OwnReset
        return replace(self, state=state, decided_by=by, decided_at=now)
