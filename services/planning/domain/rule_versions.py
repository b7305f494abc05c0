"""A version of a rule (规则): proposed by one officer of the joint office, in force once another has approved it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from services.planning.domain.decisions import Decision, Proposal, ProposalState
from services.planning.domain.rules import RULE_NAMES, RuleCode, RuleValue
from shared.values.errors import Invalid, NotFound


class RuleVersionUnknown(NotFound):
    message = "规则 {code} 没有第 {version} 版"


class RuleEffectiveInPast(Invalid):
    """A rule binds what is done after it, not before."""

    message = "生效日期 {effective_on} 早于今日，规则不溯及既往"


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """The newest approved one that is effective on a day is in force. `reason`: of who proposed it."""

    code: RuleCode
    version: int
    value: RuleValue
    effective_on: date
    reason: str
    set_by: str
    set_at: datetime
    decision: Decision | None = None

    @property
    def proposal(self) -> Proposal:
        return Proposal(f"规则“{RULE_NAMES[self.code]}”第 {self.version} 版", self.set_by, self.decision)

    @property
    def state(self) -> ProposalState:
        return self.proposal.state

    def check_date(self, today: date) -> None:
        """Raises RuleEffectiveInPast."""
        if self.effective_on < today:
            raise RuleEffectiveInPast(effective_on=self.effective_on)

    def decide(self, decision: Decision, today: date) -> RuleVersion:
        """Approved later than the day it was meant for, it is effective from the day of approval. Raises
        DecidedAlready, OwnFiling or ReasonMissing."""
        return replace(self, decision=self.proposal.decide(decision), effective_on=max(self.effective_on, today))
