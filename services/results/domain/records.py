"""An inspection record (检查记录): one department's part of one visit, from its assignment to its public result.

It is the duty before it is filled and the result (检查结果) after: one id, one life. What was written lives beside it,
revision by revision (`content.Recording`); what became public, version by version (`publication.PublicVersion`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.results.domain.content import Content
from services.results.domain.officers import (
    DidNotInspect,
    NotAnInspector,
    NotAssigned,
    ReviewerTookPart,
    SameReviewer,
    check_officers,
)
from services.results.domain.states import UNPUBLISHED, Act, State, after
from shared.values.errors import Invalid, NotFound
from shared.values.workdays import Deadline

EXCUSED: Final = "excused"
"""How a part of a visit ended that a recognised result stands in for (R5)."""


class ResultUnknown(NotFound):
    message = "没有这个检查结果，或无权查看"


class VisitUnknown(NotFound):
    message = "没有这次检查，或本部门不参加"


class ReasonNeeded(Invalid):
    message = "{act}必须写明理由"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the account, and the inspector it belongs to if it does."""

    subject: str
    inspector_id: UUID | None

    def as_inspector(self) -> UUID:
        """Raises NotAnInspector."""
        if self.inspector_id is None:
            raise NotAnInspector
        return self.inspector_id


@dataclass(frozen=True, slots=True)
class Assignment:
    """What was assigned (任务分派): the department's team, its items, the window, both ends included."""

    visit_id: UUID
    task_id: UUID
    task_no: str
    plan_id: UUID
    entity_id: UUID
    department: str
    participants: tuple[str, ...]
    inspector_ids: tuple[UUID, ...]
    item_ids: tuple[UUID, ...]
    window_start: date
    window_end: date
    origin: str = "draw"


@dataclass(frozen=True, slots=True)
class InspectionRecord:
    """`version` counts every change (the ETag), `revision` the saved contents, `public_version` what is public.

    `present_ids` are the officers who inspected; `told_*` is what `results.visit.concluded` last said.
    """

    id: UUID
    assignment: Assignment
    state: State = State.ASSIGNED
    version: int = 1
    revision: int = 0
    recorded_by: str = ""
    recorder_id: UUID | None = None
    present_ids: tuple[UUID, ...] = ()
    outcome: str | None = None
    concluded_on: date | None = None
    due_on: date | None = None
    due_is_provisional: bool = False
    has_listing: bool = False
    told_outcome: str | None = None
    told_concluded_on: date | None = None
    reviewed_by: str = ""
    public_version: int = 0
    published_at: datetime | None = None

    def recorded(self, content: Content, due: Deadline | None, by: Actor) -> InspectionRecord:
        """The first revision. Raises CannotRecord, and what `_written` raises."""
        return self._written(Act.RECORD, content, due, by)

    def revised(self, content: Content, due: Deadline | None, by: Actor) -> InspectionRecord:
        """A further revision, by any assigned inspector (R1). Raises CannotRevise, and what `_written` raises."""
        return self._written(Act.REVISE, content, due, by)

    def concluded(self, content: Content, due: Deadline, by: Actor) -> InspectionRecord:
        """The last officer signed: the result has its day (R2). Raises CannotSign."""
        return replace(
            self._moved(Act.SIGN),
            revision=self.revision + 1,
            recorded_by=by.subject,
            concluded_on=content.concluded_on,
            due_on=due.on,
            due_is_provisional=due.provisional,
        )

    def submitted(self, by: Actor) -> InspectionRecord:
        """The officers stand by it; `content_rules` says whether it is complete. Raises NotAssigned, CannotSubmit."""
        self.require_assigned(by)
        return self._moved(Act.SUBMIT)

    def approved(self, by: Actor) -> InspectionRecord:
        """Legal review passed (法制审核, R7). Raises ReviewerTookPart, CannotReview."""
        self.require_outsider(by)
        return replace(self._moved(Act.APPROVE), reviewed_by=by.subject)

    def referred(self, by: Actor) -> InspectionRecord:
        """Reviewed, and a major decision: a second reviewer must confirm it (法制审核, R7). Raises ReviewerTookPart,
        CannotReview."""
        self.require_outsider(by)
        return replace(self._moved(Act.REFER), reviewed_by=by.subject)

    def confirmed(self, by: Actor) -> InspectionRecord:
        """The legal review of a major decision passed (R7). Raises ReviewerTookPart, SameReviewer,
        CannotReviewLegally."""
        self.require_second_reviewer(by)
        return self._moved(Act.CONFIRM)

    def returned(self, opinion: str, by: Actor) -> InspectionRecord:
        """Sent back with an opinion. Raises ReviewerTookPart, ReasonNeeded, CannotReview."""
        self.require_outsider(by)
        _require_reason(opinion, "退回")
        return replace(self._moved(Act.RETURN), reviewed_by=by.subject)

    def published(self, at: datetime, by: Actor) -> InspectionRecord:
        """Public by one of those who inspected (R1). Raises NotAnInspector, DidNotInspect, CannotPublish."""
        if by.as_inspector() not in self.present_ids:
            raise DidNotInspect
        return replace(self._moved(Act.PUBLISH), public_version=1, published_at=at)

    def corrected(self, content: Content, reason: str, by: Actor) -> InspectionRecord:
        """A new public version, approved by the reviewer (R6). Raises ReviewerTookPart, ReasonNeeded, CannotCorrect."""
        self.require_outsider(by)
        _require_reason(reason, "更正")
        return replace(
            self._moved(Act.CORRECT),
            revision=self.revision + 1,
            has_listing=content.listing is not None,
            public_version=self.public_version + 1,
        )

    def withdrawn(self, reason: str, by: Actor) -> InspectionRecord:
        """Withdrawn with the reviewer's approval (R6). Raises ReviewerTookPart, ReasonNeeded, CannotWithdraw."""
        self.require_outsider(by)
        _require_reason(reason, "撤回")
        return replace(self._moved(Act.WITHDRAW), public_version=self.public_version + 1)

    def exempted(self, reason: str, by: Actor) -> InspectionRecord:
        """Not to be published by law, with the reviewer's approval (R3). Raises ReviewerTookPart, ReasonNeeded,
        CannotExempt."""
        self.require_outsider(by)
        _require_reason(reason, "免予公示")
        return self._moved(Act.EXEMPT)

    def excused(self, on: date, by: Actor) -> InspectionRecord:
        """Another department's recognised result stands in for this part of the visit (R5). Raises ReviewerTookPart,
        CannotExcuse."""
        self.require_outsider(by)
        return replace(self._moved(Act.EXCUSE), outcome=EXCUSED, concluded_on=on)

    def reinstated(self, reason: str, by: Actor) -> InspectionRecord:
        """To be inspected after all, e.g. because the recognised result fell. Raises ReviewerTookPart, ReasonNeeded,
        CannotReinstate."""
        self.require_outsider(by)
        _require_reason(reason, "恢复检查")
        return replace(self._moved(Act.REINSTATE), outcome=None, concluded_on=None)

    def conclusion_told(self) -> InspectionRecord:
        """After `results.visit.concluded` was told for the present conclusion."""
        return replace(self, told_outcome=self.outcome, told_concluded_on=self.concluded_on)

    @property
    def is_conclusion_news(self) -> bool:
        return (self.outcome, self.concluded_on) != (self.told_outcome, self.told_concluded_on)

    def is_overdue(self, today: date) -> bool:
        """Recorded, not public, and past its day (R2)."""
        return self.state in UNPUBLISHED and self.due_on is not None and today > self.due_on

    def require_assigned(self, by: Actor) -> UUID:
        """Raises NotAnInspector, NotAssigned."""
        inspector_id = by.as_inspector()
        if inspector_id not in self.assignment.inspector_ids:
            raise NotAssigned
        return inspector_id

    def require_outsider(self, by: Actor) -> None:
        """Nobody reviews what he recorded, or a visit he was sent on (R7). Raises ReviewerTookPart."""
        if by.subject == self.recorded_by or by.inspector_id in self.assignment.inspector_ids:
            raise ReviewerTookPart

    def require_second_reviewer(self, by: Actor) -> None:
        """Raises ReviewerTookPart, SameReviewer."""
        self.require_outsider(by)
        if self.state is State.LEGAL_REVIEW and by.subject == self.reviewed_by:
            raise SameReviewer

    def _written(self, act: Act, content: Content, due: Deadline | None, by: Actor) -> InspectionRecord:
        """Raises NotAnInspector, NotAssigned, the act's refusal, and what `check_officers` raises."""
        recorder = self.require_assigned(by)
        moved = self._moved(act)
        check_officers(content.officers_present, self.assignment.inspector_ids, recorder)
        return replace(
            moved,
            revision=self.revision + 1,
            recorded_by=by.subject,
            recorder_id=recorder,
            present_ids=content.officers_present,
            outcome=content.outcome.value,
            concluded_on=content.concluded_on,
            due_on=None if due is None else due.on,
            due_is_provisional=due is not None and due.provisional,
            has_listing=content.listing is not None,
        )

    def _moved(self, act: Act) -> InspectionRecord:
        return replace(self, state=after(self.state, act), version=self.version + 1)


def _require_reason(reason: str, act: str) -> None:
    if not reason:
        raise ReasonNeeded(act=act)
