"""What one officer proposes takes effect only when another officer of the joint office approves it (双人办理).

Rule versions (规则) and overrides of a limit (突破上限, I3) move alike; both keep who, when and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.planning.domain.filing import OwnFiling, stated
from shared.values.errors import Refused


class DecidedAlready(Refused):
    message = "{what}已经办理，目前为“{state}”"


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


PROPOSAL_NAMES: Final[Mapping[ProposalState, str]] = {
    ProposalState.PROPOSED: "待批准",
    ProposalState.APPROVED: "已批准",
    ProposalState.REJECTED: "未批准",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """By whom of the joint office, and why."""

    is_approved: bool
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """`what`: its Chinese name, for refusals."""

    what: str
    by: str
    decision: Decision | None = None

    @property
    def state(self) -> ProposalState:
        if self.decision is None:
            return ProposalState.PROPOSED
        return ProposalState.APPROVED if self.decision.is_approved else ProposalState.REJECTED

    def decide(self, decision: Decision) -> Decision:
        """The decision, its reason trimmed. Raises DecidedAlready, OwnFiling for who proposed it, or ReasonMissing."""
        if self.decision is not None:
            raise DecidedAlready(what=self.what, state=PROPOSAL_NAMES[self.state])
        if decision.by == self.by:
            raise OwnFiling(what=self.what)
        return Decision(decision.is_approved, decision.by, decision.at, stated(decision.reason))
