"""Versions of the indicator system as they are proposed, tried and put in force (K1): by two persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.values.credit_class import CreditClass
from shared.values.errors import Forbidden, NotFound, Refused


class ProposalUnknown(NotFound):
    message = "没有编号为 {proposal_id} 的指标体系修订稿"


class IndicatorVersionUnknown(NotFound):
    message = "没有第 {version} 版指标体系"


class ProposalDecided(Refused):
    message = "这份修订稿已是“{state}”，不能再次审定"


class ProposalOutdated(Refused):
    message = "修订稿依据的是第 {based_on} 版，现行已是第 {current} 版，请在现行版本上重新提出"


class SamePerson(Forbidden):
    message = "提出修订稿的人不能自己审定，须由另一人办理"


class ProposalState(StrEnum):
    OPEN = "open"
    ACTIVATED = "activated"
    REJECTED = "rejected"


STATE_NAMES = {
    ProposalState.OPEN: "待审定",
    ProposalState.ACTIVATED: "已启用",
    ProposalState.REJECTED: "未通过",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """`body` is the system's stored form; `based_on` the version in force when it was proposed, None: the shipped."""

    id: UUID
    body: str
    note: str
    based_on: int | None
    proposed_by: str
    proposed_at: datetime
    state: ProposalState = ProposalState.OPEN
    version: int | None = None
    reason: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    def check_decidable(self, by: str, current: int | None) -> None:
        """Raises ProposalDecided, SamePerson, ProposalOutdated."""
        if self.state is not ProposalState.OPEN:
            raise ProposalDecided(state=STATE_NAMES[self.state])
        if by == self.proposed_by:
            raise SamePerson
        if (current or 1) != (self.based_on or 1):
            raise ProposalOutdated(based_on=self.based_on or 1, current=current or 1)


@dataclass(frozen=True, slots=True)
class Mover:
    """An entity whose class or score another version would change."""

    entity_id: UUID
    name: str | None
    uscc: str | None
    before: CreditClass
    after: CreditClass
    score_before: int
    score_after: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a version would do to the records as they are: `moves` counts by class before and after."""

    records: int
    rescored: int
    moves: Mapping[tuple[CreditClass, CreditClass], int]
    movers: tuple[Mover, ...]
