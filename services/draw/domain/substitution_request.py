"""Substitution (递补) as people bring it about: two officers attest, a third approves, then the sequence goes on.

Once the seed is public everybody knows who comes next, so nobody drops an object or an officer alone: the request and
its confirmation come from two departments (in a draw of one department: from it and from a witness), the approval from
a third person (SEC32, D6). The protocol's part is `substitution` and `matching`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.draw.domain.ceremony import SecondPersonNeeded
from services.draw.domain.drawing_plan import printable
from services.draw.domain.visit_plan import PlannedVisit, VisitState
from shared.values.calendar_data import OFFICIAL_CALENDAR
from shared.values.errors import Forbidden, Invalid, NotFound, Refused
from shared.values.workdays import WorkingCalendar

REFUSAL_DAYS: Final = 3
"""Working days after the assignment in which an officer may decline without a statutory ground (B28)."""
MACHINE: Final = "service:draw"
"""Who asks when registry's facts, and nobody's word, take an officer off a visit."""
FIT_AGAIN: Final = "名录库显示该人员已重新适格，申请自动撤回"


class SubstitutionUnknown(NotFound):
    message = "没有这项递补申请，或无权查看"


class SubstitutionOpen(Refused):
    message = "同一检查、同一人员的递补申请正在办理"


class VisitNotAssigned(Refused):
    message = "这次检查已递补或已作废，不能再申请递补"


class VisitWasMade(Refused):
    """What was inspected is not exchanged for another (D6)."""

    message = "已有部门完成这次检查，对象不能再递补"


class NotOnTheTeam(Invalid):
    message = "该人员不在这次检查的检查组中"


class ReasonDoesNotFit(Invalid):
    message = "事由“{reason}”{need}写明检查人员"


class NotOfTheVisit(Forbidden):
    message = "递补由检查组人员本人，或参加部门的管理员申请"


class OtherDepartmentNeeded(Forbidden):
    message = "递补须由另一参加部门的执法人员佐证"


class WitnessNeeded(Forbidden):
    message = "单一部门的抽取，递补须由此次抽取的见证方佐证"


class RefusalTooLate(Refused):
    message = "无法定事由的推辞应在 {last_day} 之前提出"


class AlreadyAccepted(Refused):
    """B28: who has accepted declines no more, he can only be unable or recused."""

    message = "该人员已接受这次检查，无法定事由的不能再推辞"


class SeatNotOwn(Forbidden):
    message = "只有检查组的执法人员本人可以接受检查任务"


class AnswerTooLate(Refused):
    message = "答复期限 {last_day} 已过，视为已接受"


class NotInState(Refused):
    message = "递补申请现为“{state}”，不能{act}"


class Reason(StrEnum):
    """Why a substitution is asked for. Of an officer's only the name of the reason becomes public (SEC33)."""

    OBJECT_CLOSED = "object_closed"
    OBJECT_MOVED = "object_moved"
    OBJECT_NOT_FOUND = "object_not_found"
    OBJECT_DUPLICATE = "object_duplicate"
    INSPECTOR_RECUSED = "inspector_recused"
    INSPECTOR_CERTIFICATE = "inspector_certificate"
    INSPECTOR_TRANSFERRED = "inspector_transferred"
    INSPECTOR_ON_LEAVE = "inspector_on_leave"
    INSPECTOR_DECLINED = "inspector_declined"

    @property
    def concerns_inspector(self) -> bool:
        return self.value.startswith("inspector_")


REASON_LABELS: Final = {
    Reason.OBJECT_CLOSED: "检查对象已停业或注销",
    Reason.OBJECT_MOVED: "检查对象已迁出",
    Reason.OBJECT_NOT_FOUND: "通过登记的住所无法联系检查对象",
    Reason.OBJECT_DUPLICATE: "检查对象重复登记",
    Reason.INSPECTOR_RECUSED: "检查人员依法回避",
    Reason.INSPECTOR_CERTIFICATE: "检查人员证件失效",
    Reason.INSPECTOR_TRANSFERRED: "检查人员调离",
    Reason.INSPECTOR_ON_LEAVE: "检查人员休假或因病不能参加",
    Reason.INSPECTOR_DECLINED: "检查人员推辞",
}


class RequestState(StrEnum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    APPLIED = "applied"
    REJECTED = "rejected"


STATE_LABELS: Final = {
    RequestState.REQUESTED: "待佐证",
    RequestState.CONFIRMED: "待批准",
    RequestState.APPLIED: "已递补",
    RequestState.REJECTED: "已驳回",
}


@dataclass(frozen=True, slots=True)
class Attestation:
    """Who says so, of which department, on what evidence (佐证: a photo's number, a registry extract)."""

    by: str
    department: str
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of it: the version of the result, and who stands in (None: nobody was left)."""

    result_version: int
    substitute_visit_id: UUID | None = None
    new_inspector_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SubstitutionRequest:
    """`owner_department` is the requester's; `participants` all departments of the draw. `inspector_id` None: the
    object is gone, else only this officer is unable."""

    id: UUID
    draw_id: UUID
    visit_id: UUID
    object_token: bytes
    inspector_id: UUID | None
    reason_code: Reason
    reason: str
    request: Attestation
    participants: tuple[str, ...]
    state: RequestState = RequestState.REQUESTED
    version: int = 1
    confirmation: Attestation | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    opinion: str = ""
    applied: Applied | None = None

    @property
    def owner_department(self) -> str:
        return self.request.department

    @property
    def public_reason(self) -> str:
        """As it stands in the public log: an officer's ground is never public (SEC33)."""
        label = REASON_LABELS[self.reason_code]
        return label if self.reason_code.concerns_inspector else printable(f"{label}：{self.reason}")

    def _require(self, act: str, *states: RequestState) -> None:
        if self.state not in states:
            raise NotInState(state=STATE_LABELS[self.state], act=act)

    def _moved(self, state: RequestState) -> SubstitutionRequest:
        return replace(self, state=state, version=self.version + 1)

    def confirmed(self, second: Attestation, *, is_witness: bool) -> SubstitutionRequest:
        """`is_witness`: the account stands for a party of the ceremony.

        Raises NotInState, SecondPersonNeeded, WitnessNeeded, OtherDepartmentNeeded.
        """
        self._require("佐证", RequestState.REQUESTED)
        if second.by == self.request.by:
            raise SecondPersonNeeded(act="佐证递补", first="申请递补")
        if len(set(self.participants)) == 1:
            if not is_witness:
                raise WitnessNeeded
        elif second.department == self.owner_department or second.department not in self.participants:
            raise OtherDepartmentNeeded
        return replace(self._moved(RequestState.CONFIRMED), confirmation=second)

    @property
    def is_by_machine(self) -> bool:
        return self.request.by == MACHINE

    def fallen_away(self, at: datetime) -> SubstitutionRequest:
        """The service takes back what it asked for itself: the ground is gone. Raises NotInState."""
        self._require("撤回", RequestState.REQUESTED)
        return replace(self._moved(RequestState.REJECTED), decided_by=MACHINE, decided_at=at, opinion=FIT_AGAIN)

    def check_approver(self, by: str) -> None:
        """Raises NotInState, SecondPersonNeeded."""
        self._require("批准", RequestState.CONFIRMED)
        for first, who in (("申请递补", self.request), ("佐证递补", self.confirmation)):
            if who is not None and who.by == by:
                raise SecondPersonNeeded(act="批准递补", first=first)

    def approved(self, by: str, at: datetime, applied: Applied) -> SubstitutionRequest:
        """Raises NotInState, SecondPersonNeeded."""
        self.check_approver(by)
        return replace(self._moved(RequestState.APPLIED), decided_by=by, decided_at=at, applied=applied)

    def rejected(self, by: str, at: datetime, opinion: str) -> SubstitutionRequest:
        """Raises NotInState, SecondPersonNeeded: nobody turns down his own request, so that it cannot just vanish."""
        self._require("驳回", RequestState.REQUESTED, RequestState.CONFIRMED)
        if by == self.request.by:
            raise SecondPersonNeeded(act="驳回递补", first="申请递补")
        return replace(self._moved(RequestState.REJECTED), decided_by=by, decided_at=at, opinion=opinion)


@dataclass(frozen=True, slots=True)
class Before:
    """What went before a request: departments that have inspected, officers who have accepted their seats."""

    made: Collection[str] = ()
    accepted: Collection[UUID] = ()


def check_request(
    visit: PlannedVisit,
    reason: Reason,
    inspector_id: UUID | None,
    before: Before,
    asked_on: date,
    calendar: WorkingCalendar = OFFICIAL_CALENDAR,
) -> None:
    """Raises VisitNotAssigned, VisitWasMade, ReasonDoesNotFit, NotOnTheTeam, AlreadyAccepted, RefusalTooLate."""
    if visit.state is not VisitState.ASSIGNED:
        raise VisitNotAssigned
    if reason.concerns_inspector != (inspector_id is not None):
        raise ReasonDoesNotFit(reason=REASON_LABELS[reason], need="应" if reason.concerns_inspector else "不应")
    if inspector_id is None:
        if before.made:
            raise VisitWasMade
        return
    department = visit.department_of(inspector_id)
    if department is None:
        raise NotOnTheTeam
    if department in before.made:
        raise VisitWasMade
    if reason is Reason.INSPECTOR_DECLINED:
        _check_declined(visit, inspector_id, before, asked_on, calendar)


def _check_declined(
    visit: PlannedVisit, inspector_id: UUID, before: Before, asked_on: date, calendar: WorkingCalendar
) -> None:
    if inspector_id in before.accepted:
        raise AlreadyAccepted
    last_day = last_day_to_answer(visit.seated_on(inspector_id), calendar)
    if last_day is not None and asked_on > last_day:
        raise RefusalTooLate(last_day=last_day.isoformat())


def last_day_to_answer(seated_on: date | None, calendar: WorkingCalendar) -> date | None:
    """The last day on which an officer may accept, or decline without a statutory ground (B28)."""
    return None if seated_on is None else calendar.deadline(seated_on, REFUSAL_DAYS).on


def check_acceptance(visit: PlannedVisit, inspector_id: UUID | None, on: date, calendar: WorkingCalendar) -> None:
    """Raises VisitNotAssigned, SeatNotOwn, AnswerTooLate."""
    if visit.state is not VisitState.ASSIGNED:
        raise VisitNotAssigned
    if inspector_id is None or not any(
        seat.inspector_id == inspector_id and not seat.is_expert for seat in visit.seats
    ):
        raise SeatNotOwn
    last_day = last_day_to_answer(visit.seated_on(inspector_id), calendar)
    if last_day is not None and on > last_day:
        raise AnswerTooLate(last_day=last_day.isoformat())


def check_requester(
    visit: PlannedVisit, department: str, own_inspector: UUID | None, *, is_admin: bool, inspector_id: UUID | None
) -> None:
    """An officer of the team, or the administration of a department that takes part; about an officer only he himself
    or his own department. Raises NotOfTheVisit."""
    is_own = own_inspector is not None and visit.department_of(own_inspector) is not None
    if inspector_id is None:
        allowed = is_own or (is_admin and department in visit.departments)
    else:
        allowed = own_inspector == inspector_id or (is_admin and department == visit.department_of(inspector_id))
    if not allowed:
        raise NotOfTheVisit
