"""A ceremony (抽取仪式) as its people live it: who may do what at which stage, and where two persons are needed.

The documents and their order are the protocol's (`log`); this is the operator's side of it. SEC32: nobody freezes and
commits alone, nobody voids alone, nobody of the operator's acts for the party from outside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.draw.domain.ceremony_plan import CeremonyPlan
from services.draw.domain.log import State
from shared.values.errors import Forbidden, Invalid, NotFound, Refused


class DrawUnknown(NotFound):
    message = "没有这次抽取，或无权查看"


class TaskUnknown(NotFound):
    message = "没有收到这个抽查任务，或无权查看"


class TaskCancelled(Refused):
    message = "抽查任务 {task_no} 已取消，不能抽取"


class WindowChanged(Refused):
    """The commitment would name a window that the task no longer has."""

    message = "抽查任务 {task_no} 的检查时段已延至 {window_end}，名册按原时段冻结，请撤回后重新冻结"


class TaskHasLiveDraw(Refused):
    """One live draw per task (draw-protocol section 2)."""

    message = "抽查任务 {task_no} 已有正在进行或已完成的抽取 {draw_id}；重抽须先作废原抽取"


class NotAtStage(Refused):
    message = "抽取现处于“{stage}”阶段，不能{act}"


class SecondPersonNeeded(Refused):
    message = "{act}须由另一人办理：{first}与{act}不能是同一人"


class NotTheOperator(Forbidden):
    message = "只有发起部门或联席会议办公室可以办理此次抽取"


class PartyUnknown(Invalid):
    message = "{party} 不是此次抽取的见证方"


class PartyHasItsWitness(Forbidden):
    message = "见证方 {party} 已由其他账号代表，份额只能由提交承诺的账号办理"


class WitnessOfAnotherParty(Forbidden):
    message = "当前账号已代表见证方 {party}，不能再代表其他见证方"


class OperatorAsOutsider(Forbidden):
    message = "承办人员不能代表承办单位以外的见证方 {party}"


class CommitsMissing(Refused):
    message = "还有见证方没有提交份额承诺：{parties}"


class ObjectionOpen(Refused):
    """A party objected before the commitment and has no answer yet."""

    message = "见证方提出的异议还没有答复，不能公布承诺书：{objections}"


class NoObjectionOpen(Refused):
    message = "没有待答复的异议"


class Stage(StrEnum):
    """FROZEN and WITHDRAWN are the operator's own; the others are the states of the log."""

    FROZEN = "FROZEN"
    WITHDRAWN = "WITHDRAWN"
    COMMITTED = "COMMITTED"
    SEALED = "SEALED"
    REVEALED = "REVEALED"
    PUBLISHED = "PUBLISHED"
    VOID = "VOID"


STAGE_LABELS: Final = {
    Stage.FROZEN: "已冻结",
    Stage.WITHDRAWN: "已撤回",
    Stage.COMMITTED: "已承诺",
    Stage.SEALED: "份额已封存",
    Stage.REVEALED: "随机源已揭示",
    Stage.PUBLISHED: "结果已公布",
    Stage.VOID: "已作废",
}
ENDED: Final = (Stage.WITHDRAWN, Stage.VOID)


class Step(StrEnum):
    """What people do in a ceremony; each is a row of its history."""

    FREEZE = "freeze"
    WITHDRAW = "withdraw"
    HAND_OVER = "hand_over"
    OBJECT = "object"
    ANSWER = "answer"
    COMMIT = "commit"
    REVEAL = "reveal"
    CLOSE_SHARES = "close_shares"
    REVEAL_BEACON = "reveal_beacon"
    RUN = "run"
    SUBSTITUTE = "substitute"
    DISCLOSE = "disclose"
    REQUEST_VOID = "request_void"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """One draw from freeze to void. Its texts are in the log, its frozen rows in the pool."""

    id: UUID
    district: str
    task_id: UUID
    task_no: str
    owner_department: str
    participants: tuple[str, ...]
    suite: str
    plan: CeremonyPlan
    note: str
    frozen_by: str
    frozen_at: datetime
    stage: Stage = Stage.FROZEN
    version: int = 1
    replaces: UUID | None = None
    committed_by: str | None = None
    commit_hash: bytes | None = None

    @property
    def draw_id(self) -> str:
        """The id as documents write it."""
        return str(self.id)

    def require(self, act: str, *stages: Stage) -> None:
        """Raises NotAtStage."""
        if self.stage not in stages:
            raise NotAtStage(stage=STAGE_LABELS[self.stage], act=act)

    def _moved(self, stage: Stage) -> Ceremony:
        return replace(self, stage=stage, version=self.version + 1)

    def touched(self) -> Ceremony:
        """A change that leaves the stage: the next version."""
        return replace(self, version=self.version + 1)

    def withdrawn(self) -> Ceremony:
        """A pool given up before anything was published. Raises NotAtStage."""
        self.require("撤回名册", Stage.FROZEN)
        return self._moved(Stage.WITHDRAWN)

    def check_committer(self, by: str, hands: Iterable[Hand]) -> None:
        """Raises NotAtStage, SecondPersonNeeded, OperatorAsOutsider."""
        self.require("公布承诺书", Stage.FROZEN)
        if by == self.frozen_by:
            raise SecondPersonNeeded(act="公布承诺书", first="冻结名册")
        for hand in hands:
            if hand.witness == by and self._is_outside(hand.party):
                raise OperatorAsOutsider(party=hand.party)

    def committed(self, by: str, commit_hash: bytes, replaces: UUID | None) -> Ceremony:
        """`replaces`: the void draw of the same task that this one takes the place of."""
        return replace(self._moved(Stage.COMMITTED), committed_by=by, commit_hash=commit_hash, replaces=replaces)

    def followed(self, state: State) -> Ceremony:
        """The stage after a document of the log."""
        return self._moved(Stage(state.value))

    def check_witness(self, party: str, by: str, hands: Iterable[Hand]) -> None:
        """An account stands for one party, and a party for one account.

        Raises PartyUnknown, OperatorAsOutsider, PartyHasItsWitness, WitnessOfAnotherParty.
        """
        if self.plan.party(party) is None:
            raise PartyUnknown(party=party)
        if self._is_outside(party) and by in (self.frozen_by, self.committed_by):
            raise OperatorAsOutsider(party=party)
        for hand in hands:
            if hand.party == party and hand.witness != by:
                raise PartyHasItsWitness(party=party)
            if hand.party != party and hand.witness == by:
                raise WitnessOfAnotherParty(party=hand.party)

    def _is_outside(self, party_id: str) -> bool:
        party = self.plan.party(party_id)
        return party is not None and party.is_outside

    def commits_of(self, hands: Iterable[Hand]) -> dict[str, bytes]:
        """Party → commit, of all parties in the plan's order. Raises CommitsMissing."""
        given = {hand.party: hand.commit for hand in hands}
        missing = [party.id for party in self.plan.parties if party.id not in given]
        if missing:
            raise CommitsMissing(parties="、".join(missing))
        return {party.id: given[party.id] for party in self.plan.parties}


@dataclass(frozen=True, slots=True)
class Hand:
    """A party's commit (份额承诺) and the account that handed it over."""

    party: str
    commit: bytes
    witness: str


@dataclass(frozen=True, slots=True)
class VoidRequest:
    """A void (作废) that one asks for and another approves."""

    reason: str
    requested_by: str
    requested_at: datetime

    def check_approver(self, by: str) -> None:
        """Raises SecondPersonNeeded."""
        if by == self.requested_by:
            raise SecondPersonNeeded(act="批准作废", first="申请作废")


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step of a ceremony as its history shows it."""

    step: Step
    stage: Stage
    detail: str
    actor: str
    acted_at: datetime


BEFORE_RESULT: Final = (Stage.FROZEN, Stage.COMMITTED, Stage.SEALED, Stage.REVEALED)
"""While a party may object. Only the commitment waits for an answer: later the protocol's times run, and a party that
could stop them would decide over the draw."""


def open_objections(history: Iterable[HistoryEntry]) -> list[str]:
    """Objections after the last answer, in their order: one answer is to all before it."""
    found: list[str] = []
    for entry in history:
        if entry.step is Step.OBJECT:
            found.append(entry.detail)
        elif entry.step is Step.ANSWER:
            found = []
    return found
