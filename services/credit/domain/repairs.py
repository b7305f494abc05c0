"""Credit repair (信用修复, C6): an application, its acceptance, and the decision of the body that decided before.

applied ─accept→ accepted ─decide→ granted | refused      applied ─→ not_accepted      applied | accepted ─→ withdrawn

《市场监督管理信用修复管理办法》（国市监信规〔2021〕3号）: terms count in working days; how many is data of the measure
catalogue. A version a step, only ever added.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.credit.domain.days import add_months, day_of
from services.credit.domain.measures import ListKind
from shared.values.errors import Forbidden, Invalid, NotFound, Refused
from shared.values.workdays import Deadline, WorkingCalendar


class RepairUnknown(NotFound):
    message = "没有编号为 {repair_id} 的信用修复申请"


class RepairTargetUnknown(NotFound):
    message = "没有可以修复的列入记录或信用信息"


class RepairNotIn(Refused):
    message = "信用修复申请现为“{state}”，不能办理此项"


class RepairTooEarly(Refused):
    message = "列入{list_name}满 {months} 个月后方可申请修复，最早为 {earliest}"


class RepairUnderWay(Refused):
    message = "同一信息已有办理中的修复申请 {repair_id}"


class RepairNotOpen(Refused):
    message = "该信息已移出、撤销或已修复，不需要修复"


class EvidenceMissing(Invalid):
    message = "须提供履行义务、纠正违法行为的证明材料"


class EvidenceFileMissing(Invalid):
    message = "没有收到摘要为 {digest} 的文件，请先上传"


class EvidenceUnknown(NotFound):
    message = "这件申请没有摘要为 {digest} 的材料"


class RepairOfOthers(Forbidden):
    message = "信用修复由作出原决定的机关（{department}）办理"


class RepairSecondPerson(Forbidden):
    message = "受理信用修复的人不能自己决定，须由另一人办理"


class RepairKind(StrEnum):
    LISTING = "listing"
    FACT = "fact"


class RepairState(StrEnum):
    APPLIED = "applied"
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


REPAIR_KIND_NAMES: Final = {RepairKind.LISTING: "移出名单", RepairKind.FACT: "停止公示并不再计分"}
REPAIR_STATE_NAMES: Final = {
    RepairState.APPLIED: "已申请，待受理",
    RepairState.NOT_ACCEPTED: "不予受理",
    RepairState.ACCEPTED: "已受理，办理中",
    RepairState.GRANTED: "准予修复",
    RepairState.REFUSED: "不予修复",
    RepairState.WITHDRAWN: "申请人撤回",
}
OPEN_STATES: Final = frozenset({RepairState.APPLIED, RepairState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file kept by its SHA-256 (hex)."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be repaired: an entry of a list (`listing_id`) or a fact (`source`, `key`); `title` for people."""

    kind: RepairKind
    title: str
    listing_id: UUID | None = None
    source: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was ruled on an application: the document, the day it takes effect, why."""

    document_no: str | None
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Repair:
    """One version. `due_on` is the last day of the step that is waited for, provisional while next year's calendar is
    not out; None: nothing is waited for. `acted_by` made this version."""

    id: UUID
    owner_department: str
    entity_id: UUID
    target: Target
    grounds: str
    evidence: tuple[Evidence, ...]
    applied_by: str
    applied_at: datetime
    acted_by: str
    acted_at: datetime
    due_on: date | None
    due_is_provisional: bool = False
    version: int = 1
    state: RepairState = RepairState.APPLIED
    accepted_by: str | None = None
    accepted_at: datetime | None = None
    ruling: Ruling | None = None

    def accepted(self, *, by: str, at: datetime, due: Deadline) -> Repair:
        """受理: the term of decision begins, to end on `due`. Raises RepairNotIn."""
        self._must_be(RepairState.APPLIED)
        step = self._next(RepairState.ACCEPTED, by, at, None)
        return replace(step, accepted_by=by, accepted_at=at, due_on=due.on, due_is_provisional=due.provisional)

    def not_accepted(self, *, by: str, at: datetime, reason: str) -> Repair:
        """不予受理. Raises RepairNotIn."""
        self._must_be(RepairState.APPLIED)
        return self._next(RepairState.NOT_ACCEPTED, by, at, Ruling(None, day_of(at), reason))

    def decided(self, *, grant: bool, ruling: Ruling, by: str, at: datetime) -> Repair:
        """准予 or 不予修复. Raises RepairNotIn, RepairSecondPerson."""
        self._must_be(RepairState.ACCEPTED)
        if by == self.accepted_by:
            raise RepairSecondPerson
        return self._next(RepairState.GRANTED if grant else RepairState.REFUSED, by, at, ruling)

    def withdrawn(self, *, by: str, at: datetime, reason: str) -> Repair:
        """Raises RepairNotIn."""
        self._must_be(*OPEN_STATES)
        return self._next(RepairState.WITHDRAWN, by, at, Ruling(None, day_of(at), reason))

    def rescheduled(self, before: WorkingCalendar, calendar: WorkingCalendar, by: str, at: datetime) -> Repair | None:
        """The next version with the last day by a calendar that knows more; None where nothing moves (R2). The step
        keeps the working days it was given: as many as lie before its last day by the calendar `before`."""
        if self.due_on is None or self.state not in OPEN_STATES:
            return None
        start = day_of(self.accepted_at or self.applied_at)
        due = calendar.deadline(start, before.working_days_between(start, self.due_on))
        if (due.on, due.provisional) == (self.due_on, self.due_is_provisional):
            return None
        step = replace(self, version=self.version + 1, acted_by=by, acted_at=at)
        return replace(step, due_on=due.on, due_is_provisional=due.provisional)

    def _must_be(self, *states: RepairState) -> None:
        if self.state not in states:
            raise RepairNotIn(state=REPAIR_STATE_NAMES[self.state])

    def _next(self, state: RepairState, by: str, at: datetime, ruling: Ruling | None) -> Repair:
        return replace(
            self,
            version=self.version + 1,
            state=state,
            acted_by=by,
            acted_at=at,
            ruling=ruling,
            due_on=None,
            due_is_provisional=False,
        )


def check_not_too_early(kind: ListKind, listed_on: date, today: date) -> None:
    """Raises RepairTooEarly before the list's own least time (e.g. 严重违法失信名单满一年)."""
    if kind.earliest_repair_months is None:
        return
    earliest = add_months(listed_on, kind.earliest_repair_months)
    if today < earliest:
        raise RepairTooEarly(list_name=kind.name, months=kind.earliest_repair_months, earliest=earliest)
