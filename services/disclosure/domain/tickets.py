"""Data-error tickets (纠错工单, B23): anybody tells that a public record is wrong.

Who had no part in it looks, and another one reads the answer before anything shows.

企业信息公示暂行条例 第十二条: whoever shows that public information is wrong may demand its correction; 第十三条: what
is reported is verified within 20 working days. No name, no telephone is asked for: number and code open the status.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.values.errors import Forbidden, Invalid, NotFound, Refused

WORKING_DAYS: Final = 20
LONGEST: Final = 2000
MOST_OPEN: Final = 20
"""Tickets on one record that may wait at a time: a flood is not heard better."""
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_SIGNS: Final = 12


class SubjectKind(StrEnum):
    """What the public sees and may call wrong."""

    RESULT = "result"
    ENTITY = "entity"
    PLAN = "plan"
    TASK = "task"
    DRAW = "draw"
    PAGE = "page"

    @property
    def chinese(self) -> str:
        return SUBJECT_NAMES[self]


SUBJECT_NAMES: Final = {
    SubjectKind.RESULT: "检查结果",
    SubjectKind.ENTITY: "检查对象",
    SubjectKind.PLAN: "抽查计划",
    SubjectKind.TASK: "抽查任务",
    SubjectKind.DRAW: "抽取",
    SubjectKind.PAGE: "其他页面",
}


class TicketState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def chinese(self) -> str:
        return {"open": "核查中", "answered": "答复待审核", "closed": "已办结"}[self.value]


class Outcome(StrEnum):
    CORRECTED = "corrected"
    CORRECT_AS_IT_IS = "correct_as_it_is"
    PASSED_ON = "passed_on"
    NOT_CLEAR = "not_clear"

    @property
    def chinese(self) -> str:
        return {
            "corrected": "已更正",
            "correct_as_it_is": "经核查无误",
            "passed_on": "已转有关部门",
            "not_clear": "所述内容无法核查",
        }[self.value]


class TicketUnknown(NotFound):
    message = "没有这个纠错工单，或查询码不对"


class TicketEmpty(Invalid):
    message = "请写明哪里有误、正确的是什么"


class TicketTooLong(Invalid):
    message = "纠错内容最多 {most} 字，现有 {count} 字"


class TooManyTickets(Refused):
    message = "这项内容已有 {count} 个纠错工单正在核查，请等待办理"


class TicketNotOpen(Refused):
    message = "纠错工单现为“{state}”，不能{act}"


class RecorderMayNotHandle(Forbidden):
    """B23: another handler."""

    message = "这条检查结果由您参与办理，纠错须由其他人员核查"


class SecondReaderNeeded(Forbidden):
    """Nothing shows before another person has read it."""

    message = "答复须由另一名工作人员审核"


@dataclass(frozen=True, slots=True)
class Subject:
    """`id`: id or number as the page's address has it."""

    kind: SubjectKind
    id: str

    @property
    def path(self) -> str | None:
        """Address of the page."""
        root = {"result": "/r/", "entity": "/e/", "plan": "/p/", "task": "/t/", "draw": "/d/"}.get(self.kind.value)
        return None if root is None else root + self.id


@dataclass(frozen=True, slots=True)
class Ticket:
    """`department`: whose record it is, empty for the joint office. `words` are the reporter's, `answer` the handler's
    until it is read; `shown_answer` is what the public sees."""

    id: UUID
    version: int
    department: str
    number: str
    code_hash: bytes = field(repr=False)
    subject: Subject
    words: str = field(repr=False, metadata={"personal": True})
    opened_at: datetime
    due_on: date
    state: TicketState = TicketState.OPEN
    handler: str | None = None
    outcome: Outcome | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    moderator: str | None = None
    moderated_at: datetime | None = None
    is_shown: bool = False
    opinion: str = ""
    shown_answer: str | None = None

    def answered(self, outcome: Outcome, answer: str, by: str, at: datetime) -> Ticket:
        """Raises TicketNotOpen, TicketEmpty."""
        self._require("答复", TicketState.OPEN)
        if not answer:
            raise TicketEmpty
        moved = replace(self, version=self.version + 1, state=TicketState.ANSWERED, handler=by)
        return replace(moved, outcome=outcome, answer=answer, answered_at=at)

    def moderated(self, is_fit: bool, is_shown: bool, opinion: str, by: str, at: datetime) -> Ticket:
        """Fit: the reporter reads the answer, and with `is_shown` everybody beside the record. Else it goes back.

        Raises TicketNotOpen, SecondReaderNeeded."""
        self._require("审核", TicketState.ANSWERED)
        if by == self.handler:
            raise SecondReaderNeeded
        moved = replace(self, version=self.version + 1, moderator=by, moderated_at=at, opinion=opinion)
        if not is_fit:
            return replace(moved, state=TicketState.OPEN)
        return replace(moved, state=TicketState.CLOSED, is_shown=is_shown, shown_answer=self.answer)

    def _require(self, act: str, state: TicketState) -> None:
        if self.state is not state:
            raise TicketNotOpen(state=self.state.chinese, act=act)

    def is_overdue(self, today: date) -> bool:
        return self.state is not TicketState.CLOSED and today > self.due_on


@dataclass(frozen=True, slots=True)
class ShownTicket:
    """What stands beside a record once moderated: never the reporter's words."""

    outcome: Outcome
    answer: str
    closed_at: datetime


def check_words(words: str) -> None:
    """Raises TicketEmpty, TicketTooLong."""
    if not words:
        raise TicketEmpty
    if len(words) > LONGEST:
        raise TicketTooLong(most=LONGEST, count=len(words))


def code_of(form_key: str) -> str:
    """The code that opens the status, out of the form's secret key: a form sent twice gives the same."""
    seed = int.from_bytes(hashlib.sha256(b"ticket code " + form_key.encode()).digest())
    signs = []
    for _ in range(CODE_SIGNS):
        seed, at = divmod(seed, len(ALPHABET))
        signs.append(ALPHABET[at])
    return "".join(signs)


def code_hash(code: str) -> bytes:
    """What is kept of a code; typed with blanks, hyphens or small letters it is the same."""
    plain = "".join(code.split()).replace("-", "").upper()
    return hashlib.sha256(b"ticket " + plain.encode()).digest()


def number_of(on: date, hashed: bytes) -> str:
    """Day and eight digits."""
    return f"{on:%Y%m%d}{int.from_bytes(hashed[:8]) % 10**8:08}"
