"""Follow-ups of problems found (后续处置): who answers, until when, how it ended (R4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from services.results.domain.states import State
from services.results.domain.vocabulary import Vocabulary
from shared.values.errors import Forbidden, Invalid, NotFound, Refused

OPEN: Final = "open"
CLOSED: Final = "closed"
ANSWERED_BY_OPENER: Final = "own"
ANSWERED_BY_DEPARTMENT: Final = "department"
HANDED_TO_RECEIVER: Final = "receiver"
"""Kinds of the table `follow_up`: the opener answers; another department answers; an organ outside is handed it."""
_FROM: Final = frozenset({State.SUBMITTED, State.LEGAL_REVIEW, State.APPROVED, State.PUBLISHED, State.EXEMPTED})


class FollowUpUnknown(NotFound):
    message = "没有这项后续处置，或无权查看"


class TooEarlyToFollowUp(Refused):
    message = "检查结果是“{state}”，提交之后才能开展后续处置"


class NothingToFollowUp(Invalid):
    message = "检查结果没有发现问题，不需要后续处置"


class ResponsibleMissing(Invalid):
    message = "“{kind}”须指明另一个负责处置的部门"


class ReceiverMissing(Invalid):
    message = "“{kind}”须写明接收机关"


class OutcomeOfOtherKind(Invalid):
    message = "“{outcome}”不是“{kind}”的处置结果"


class FollowUpClosed(Refused):
    message = "这项后续处置已经办结"


class NotResponsible(Forbidden):
    message = "只有负责处置的部门可以办理"


class NothingToReinspect(Refused):
    message = "只有责令改正才复查"


class AlreadyReinspected(Refused):
    message = "这项后续处置已安排复查"


@dataclass(frozen=True, slots=True)
class Demand:
    """What is opened. `department` answers (empty: the opener's own), `receiver` is the organ it is handed to."""

    kind: str
    text: str
    department: str
    receiver: str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`opener` found the problem, `department` answers. `days` are working days after `opened_on`."""

    id: UUID
    version: int
    result_id: UUID
    visit_id: UUID
    entity_id: UUID
    entity_name: str
    uscc: str | None
    opener: str
    department: str
    kind: str
    demand: str
    receiver: str
    days: int
    opened_on: date
    due_on: date
    due_is_provisional: bool
    state: str = OPEN
    outcome: str | None = None
    document_no: str = ""
    closed_on: date | None = None
    reinspection_visit_id: UUID | None = None

    @property
    def participants(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.opener, self.department)))

    @property
    def was_in_time(self) -> bool:
        return self.closed_on is not None and self.closed_on <= self.due_on

    def closed(self, outcome: str, document_no: str, on: date, outcomes: Vocabulary, kinds: Vocabulary) -> FollowUp:
        """Raises FollowUpClosed, CodeUnknown, OutcomeOfOtherKind."""
        self.require_open()
        row = outcomes.one(outcome)
        if row.parent != self.kind:
            raise OutcomeOfOtherKind(outcome=row.text, kind=kinds.one(self.kind).text)
        return replace(
            self, version=self.version + 1, state=CLOSED, outcome=outcome, document_no=document_no, closed_on=on
        )

    def reinspected(self, visit_id: UUID) -> FollowUp:
        """Raises FollowUpClosed, NothingToReinspect, AlreadyReinspected."""
        self.require_open()
        if self.kind != "rectification":
            raise NothingToReinspect
        if self.reinspection_visit_id is not None:
            raise AlreadyReinspected
        return replace(self, version=self.version + 1, reinspection_visit_id=visit_id)

    def require_open(self) -> None:
        if self.state != OPEN:
            raise FollowUpClosed

    def require_responsible(self, department: str) -> None:
        if department != self.department:
            raise NotResponsible


def checked_demand(demand: Demand, state: State, opener: str, kinds: Vocabulary) -> tuple[str, int]:
    """The department that answers, and its working days.

    Raises TooEarlyToFollowUp, CodeUnknown, ResponsibleMissing, ReceiverMissing.
    """
    if state not in _FROM:
        raise TooEarlyToFollowUp(state=state.chinese)
    row = kinds.one(demand.kind)
    if row.kind == ANSWERED_BY_DEPARTMENT and demand.department in ("", opener):
        raise ResponsibleMissing(kind=row.text)
    if row.kind == HANDED_TO_RECEIVER and not demand.receiver:
        raise ReceiverMissing(kind=row.text)
    answers = demand.department if row.kind == ANSWERED_BY_DEPARTMENT else opener
    return answers, demand.days or row.days or _DAYS_WITHOUT_RULE


_DAYS_WITHOUT_RULE: Final = 30
"""Where a district's table names no days."""
