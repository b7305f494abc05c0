"""Overrides of the limits on items (突破上限, I3): a department asks with its reason, the office approves with its own.

An override holds for one department and one year; the rule itself stays as it is for everybody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from services.planning.domain.decisions import Decision, Proposal, ProposalState
from services.planning.domain.filing import stated
from services.planning.domain.per_class import PPM
from services.planning.domain.rules import RULE_NAMES, RuleCode
from shared.values.errors import Invalid, NotFound

OVERRIDABLE: Final = frozenset({RuleCode.KEY_ITEM_COUNT, RuleCode.GENERAL_CAP_PPM})
_MOST: Final = {RuleCode.KEY_ITEM_COUNT: 10_000, RuleCode.GENERAL_CAP_PPM: PPM}


class OverrideUnknown(NotFound):
    message = "没有这份突破上限的申请，或无权查看"


class RuleNotOverridable(Invalid):
    message = "规则“{name}”不能申请突破，只有重点检查事项数量上限、一般检查事项比例上限可以"


class OverrideOutOfRange(Invalid):
    message = "申请的上限 {limit} 应在 1 到 {most} 之间"


class OverrideItemMissing(Invalid):
    """A cap is that of one item; the count of key items is the department's."""

    message = "突破一般检查事项比例上限的，须写明事项编码；突破重点检查事项数量的不写"


@dataclass(frozen=True, slots=True)
class LimitOverride:
    """`limit`: number of key items, or ppm for the general item `item_code`."""

    id: UUID
    district: str
    department: str
    year: int
    code: RuleCode
    item_code: str | None
    limit: int
    reason: str
    asked_by: str
    asked_at: datetime
    decision: Decision | None = None

    @property
    def proposal(self) -> Proposal:
        return Proposal(f"突破“{RULE_NAMES[self.code]}”的申请", self.asked_by, self.decision)

    @property
    def state(self) -> ProposalState:
        return self.proposal.state

    def check(self) -> LimitOverride:
        """Its reason trimmed. Raises RuleNotOverridable, OverrideOutOfRange, OverrideItemMissing or ReasonMissing."""
        if self.code not in OVERRIDABLE:
            raise RuleNotOverridable(name=RULE_NAMES[self.code])
        if not 1 <= self.limit <= _MOST[self.code]:
            raise OverrideOutOfRange(limit=self.limit, most=_MOST[self.code])
        if (self.item_code is None) != (self.code is RuleCode.KEY_ITEM_COUNT):
            raise OverrideItemMissing
        return replace(self, reason=stated(self.reason))

    def decide(self, decision: Decision) -> LimitOverride:
        """Raises DecidedAlready, OwnFiling or ReasonMissing."""
        return replace(self, decision=self.proposal.decide(decision))


@dataclass(frozen=True, slots=True)
class Overrides:
    """The approved ones of a department and year."""

    approved: tuple[LimitOverride, ...] = ()

    def key_items(self) -> int:
        return max((one.limit for one in self._of(RuleCode.KEY_ITEM_COUNT)), default=0)

    def cap_of(self, item_code: str) -> int:
        return max((one.limit for one in self._of(RuleCode.GENERAL_CAP_PPM) if one.item_code == item_code), default=0)

    def _of(self, code: RuleCode) -> Iterable[LimitOverride]:
        return (one for one in self.approved if one.code is code)


NO_OVERRIDES: Final = Overrides()
