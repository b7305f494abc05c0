"""The life of a result (检查结果的办理状态): which act leads from where to where; everything else is refused by name.

assigned ─record→ draft ─submit→ submitted ─approve→ approved ─publish→ published ─correct→ published
   │ │              ↑ ↑revise     │  └─return→ returned ─revise→ draft    │     └─withdraw→ withdrawn
   │ │                            └─refer→ legal_review ─confirm→ approved ─exempt→ exempted
   │ │                                            └─return→ returned
   │ └─call_off→ called_off
   └─excuse→ excused ─reinstate→ assigned
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.values.errors import Refused


class State(StrEnum):
    """Where a record stands. Before `draft` it is only a duty to inspect."""

    ASSIGNED = "assigned"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    LEGAL_REVIEW = "legal_review"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    EXEMPTED = "exempted"
    CALLED_OFF = "called_off"
    EXCUSED = "excused"

    @property
    def chinese(self) -> str:
        return _CHINESE[self]


_CHINESE: Final[Mapping[State, str]] = {
    State.ASSIGNED: "待检查",
    State.DRAFT: "录入中",
    State.SUBMITTED: "待审核",
    State.LEGAL_REVIEW: "待法制审核",
    State.RETURNED: "已退回",
    State.APPROVED: "待公示",
    State.PUBLISHED: "已公示",
    State.WITHDRAWN: "已撤回",
    State.EXEMPTED: "免予公示",
    State.CALLED_OFF: "已取消",
    State.EXCUSED: "互认免检",
}

UNPUBLISHED: Final = (State.DRAFT, State.SUBMITTED, State.LEGAL_REVIEW, State.RETURNED, State.APPROVED)
"""Recorded and still owed to the public: what the publication deadline watches (R2)."""


class Act(StrEnum):
    """What can be done to a record; the name also stands in its history."""

    ASSIGN = "assign"
    RECORD = "record"
    REVISE = "revise"
    SIGN = "sign"
    SUBMIT = "submit"
    APPROVE = "approve"
    REFER = "refer"
    CONFIRM = "confirm"
    RETURN = "return"
    PUBLISH = "publish"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    CALL_OFF = "call_off"
    EXEMPT = "exempt"
    EXCUSE = "excuse"
    REINSTATE = "reinstate"
    RESCHEDULE = "reschedule"
    """The deadline was computed anew because a notice came; no state moves."""


class CannotRecord(Refused):
    message = "这次检查已是“{state}”，不能录入结果；已录入的请修改原记录"


class CannotRevise(Refused):
    message = "检查结果已是“{state}”，只有录入中或被退回的才能修改"


class CannotSign(Refused):
    message = "检查结果已是“{state}”，只有录入中的才能签名"


class CannotSubmit(Refused):
    message = "检查结果已是“{state}”，只有录入中的才能提交"


class CannotReview(Refused):
    message = "检查结果已是“{state}”，只有待审核的才能审核"


class CannotReviewLegally(Refused):
    message = "检查结果已是“{state}”，只有待法制审核的重大决定才能法制审核"


class CannotPublish(Refused):
    message = "检查结果已是“{state}”，只有审核通过、待公示的才能公示"


class CannotCorrect(Refused):
    message = "检查结果已是“{state}”，只有已公示的才能更正"


class CannotWithdraw(Refused):
    message = "检查结果已是“{state}”，只有已公示的才能撤回"


class CannotCallOff(Refused):
    message = "检查已是“{state}”，只有尚未检查的才能取消"


class CannotExempt(Refused):
    message = "检查结果已是“{state}”，只有审核通过、待公示的才能免予公示"


class CannotExcuse(Refused):
    message = "检查已是“{state}”，只有尚未检查的才能以互认结果免检"


class CannotReinstate(Refused):
    message = "检查已是“{state}”，只有互认免检的才能恢复检查"


@dataclass(frozen=True, slots=True)
class Move:
    """From one of `sources` to `target`; from anywhere else `refusal` is raised."""

    sources: frozenset[State]
    target: State
    refusal: type[Refused]


MOVES: Final[Mapping[Act, Move]] = {
    Act.RECORD: Move(frozenset({State.ASSIGNED}), State.DRAFT, CannotRecord),
    Act.REVISE: Move(frozenset({State.DRAFT, State.RETURNED}), State.DRAFT, CannotRevise),
    Act.SIGN: Move(frozenset({State.DRAFT}), State.DRAFT, CannotSign),
    Act.SUBMIT: Move(frozenset({State.DRAFT}), State.SUBMITTED, CannotSubmit),
    Act.APPROVE: Move(frozenset({State.SUBMITTED}), State.APPROVED, CannotReview),
    Act.REFER: Move(frozenset({State.SUBMITTED}), State.LEGAL_REVIEW, CannotReview),
    Act.CONFIRM: Move(frozenset({State.LEGAL_REVIEW}), State.APPROVED, CannotReviewLegally),
    Act.RETURN: Move(frozenset({State.SUBMITTED, State.LEGAL_REVIEW}), State.RETURNED, CannotReview),
    Act.PUBLISH: Move(frozenset({State.APPROVED}), State.PUBLISHED, CannotPublish),
    Act.CORRECT: Move(frozenset({State.PUBLISHED}), State.PUBLISHED, CannotCorrect),
    Act.WITHDRAW: Move(frozenset({State.PUBLISHED}), State.WITHDRAWN, CannotWithdraw),
    Act.CALL_OFF: Move(frozenset({State.ASSIGNED}), State.CALLED_OFF, CannotCallOff),
    Act.EXEMPT: Move(frozenset({State.APPROVED}), State.EXEMPTED, CannotExempt),
    Act.EXCUSE: Move(frozenset({State.ASSIGNED}), State.EXCUSED, CannotExcuse),
    Act.REINSTATE: Move(frozenset({State.EXCUSED}), State.ASSIGNED, CannotReinstate),
}


def after(state: State, act: Act) -> State:
    """The state that `act` leads to. Raises the act's own refusal from any state it may not start in."""
    move = MOVES[act]
    if state not in move.sources:
        raise move.refusal(state=state.chinese)
    return move.target
