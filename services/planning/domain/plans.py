"""A plan (抽查计划) over its life: filed, approved, published, adjusted in public, cancelled (N1, N5, N6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from services.planning.domain.filing import STATE_NAMES, Filing, FilingState, stated
from services.planning.domain.plan_content import PlanContent
from shared.values.errors import NotFound, Refused

WHAT: Final = "抽查计划"
MERGEABLE: Final = frozenset({FilingState.SUBMITTED, FilingState.APPROVED, FilingState.PUBLISHED, FilingState.ADJUSTED})


class PlanUnknown(NotFound):
    message = "没有这份抽查计划，或无权查看"


class PlanNotInForce(Refused):
    message = "计划 {plan_no} 目前为“{state}”，尚未公布或已取消"


class AdjustmentPending(Refused):
    message = "计划 {plan_no} 已有一次调整正在办理，请先办结"


class PlanCancelledAlready(Refused):
    message = "计划 {plan_no} 已经取消"


class PlanNotMergeable(Refused):
    message = "计划 {plan_no} 目前为“{state}”，只有已提交、已批准或已公布的计划才能合并"


class PlanHasOpenTasks(Refused):
    message = "计划 {plan_no} 还有 {count} 个未办结的抽查任务，请先办结或取消"


@dataclass(frozen=True, slots=True)
class InForce:
    """The public version that holds: tasks are made from it whatever adjustment is under way."""

    version: int
    revision: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`version` counts what is or will be public; `revision` the savings of the content; `row_version` is the ETag.

    `content` is the latest saving; `reason` why the latest version was made, None for the first.
    """

    id: UUID
    district: str
    plan_no: str
    year: int
    initiator: str
    version: int
    revision: int
    row_version: int
    filing: Filing
    content: PlanContent
    created_at: datetime
    in_force: InForce | None = None
    reason: str | None = None

    @property
    def state(self) -> FilingState:
        return self.filing.state

    def revise(self, content: PlanContent, by: str) -> Plan:
        """Another saving of a draft or a returned plan. Raises NotEditable."""
        return self._moved(self.filing.revised(by), content=content)

    def submit(self, by: str) -> Plan:
        """Raises NotEditable."""
        return self._moved(self.filing.submitted(by))

    def approve(self, by: str) -> Plan:
        """Raises NotSubmitted or OwnFiling."""
        return self._moved(self.filing.approved(by))

    def send_back(self, by: str, remark: str) -> Plan:
        """退回. Raises NotSubmitted, OwnFiling or ReasonMissing."""
        return self._moved(self.filing.returned(by, remark))

    def publish(self) -> Plan:
        """The latest version becomes the one in force. Raises NotApproved."""
        state = FilingState.PUBLISHED if self.in_force is None else FilingState.ADJUSTED
        return replace(self._moved(self.filing.published(state)), in_force=InForce(self.version, self.revision))

    def adjust(self, content: PlanContent, reason: str, by: str) -> Plan:
        """动态调整: a new version, submitted for the same decision as the first; the one in force holds meanwhile (N6).

        Raises PlanNotInForce, AdjustmentPending or ReasonMissing.
        """
        if self.in_force is None or self.state is FilingState.CANCELLED:
            raise self.not_in_force()
        if self.state not in (FilingState.PUBLISHED, FilingState.ADJUSTED):
            raise AdjustmentPending(plan_no=self.plan_no)
        moved = self._moved(Filing(WHAT, FilingState.SUBMITTED, (by,)), content=content)
        return replace(moved, version=self.version + 1, reason=stated(reason))

    def merge(self, content: PlanContent, reason: str, by: str) -> Plan:
        """合并: other plans come into this one (N4). A public plan is adjusted, one under way is submitted anew, and
        whoever merged does not approve it. Raises PlanNotMergeable, AdjustmentPending or ReasonMissing."""
        self.require_mergeable()
        if self.in_force is not None:
            return self.adjust(content, reason, by)
        return replace(self._moved(Filing(WHAT, FilingState.SUBMITTED, (by,)), content=content), reason=stated(reason))

    def require_mergeable(self) -> None:
        """Raises PlanNotMergeable."""
        if self.state not in MERGEABLE:
            raise PlanNotMergeable(plan_no=self.plan_no, state=STATE_NAMES[self.state])

    def cancel(self, reason: str, open_tasks: int) -> Plan:
        """取消. Raises PlanCancelledAlready, PlanHasOpenTasks or ReasonMissing."""
        if self.state is FilingState.CANCELLED:
            raise PlanCancelledAlready(plan_no=self.plan_no)
        if open_tasks:
            raise PlanHasOpenTasks(plan_no=self.plan_no, count=open_tasks)
        return self._moved(self.filing.cancelled(reason))

    def require_in_force(self) -> InForce:
        """The version that tasks are made from. Raises PlanNotInForce."""
        if self.in_force is None or self.state is FilingState.CANCELLED:
            raise self.not_in_force()
        return self.in_force

    def require_public(self) -> InForce:
        """The last version that was public, also of a cancelled plan. Raises PlanNotInForce."""
        if self.in_force is None:
            raise self.not_in_force()
        return self.in_force

    def not_in_force(self) -> PlanNotInForce:
        return PlanNotInForce(plan_no=self.plan_no, state=STATE_NAMES[self.state])

    def _moved(self, filing: Filing, *, content: PlanContent | None = None) -> Plan:
        """A new row version; with `content` a new revision too."""
        return replace(
            self,
            filing=filing,
            row_version=self.row_version + 1,
            content=content or self.content,
            revision=self.revision + (content is not None),
        )
