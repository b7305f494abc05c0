"""Leads (案件线索, S1): registered, checked, disposed of, linked to plans and results; unlicensed operation (S3) has a
rule of its own.

无证无照经营查处办法 (国务院令第684号): without a licence (无证) the licensing authority answers (第五条), without a
business licence (无照) the market-supervision department (第六条); who can be licensed is guided to it (第十条).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.planning.domain.filing import stated
from shared.values.errors import Invalid, NotFound, Refused


class LeadUnknown(NotFound):
    message = "没有这条线索，或无权查看"


class LeadWithoutObject(Invalid):
    message = "线索必须写明检查对象或者地点"


class UnlicensedWithoutMissing(Invalid):
    """S3."""

    message = "无证无照经营的线索必须写明缺少许可证（无证）还是营业执照（无照）"


class UnlicensedWithoutPlace(Invalid):
    """Whom nobody registered is found by the place (S3)."""

    message = "无证无照经营的线索必须写明经营地点"


class MissingNotForKind(Invalid):
    message = "只有无证无照经营的线索才填写缺少的证照"


class OutcomeNotForKind(Invalid):
    message = "“{kind}”的线索不能以“{outcome}”处理"


class LeadNotRegistered(Refused):
    message = "线索 {lead_no} 目前为“{state}”，不能再登记核查"


class LeadNotChecked(Refused):
    """Nothing is disposed of unseen (S1)."""

    message = "线索 {lead_no} 目前为“{state}”，核查后才能处理"


class CheckBeforeReceipt(Invalid):
    message = "核查日期 {checked_on} 早于收到日期 {received_on}"


class LeadKind(StrEnum):
    COMPLAINT = "complaint"
    TRANSFER = "transfer"
    ASSIGNMENT = "assignment"
    MONITORING = "monitoring"
    UNLICENSED = "unlicensed"


class MissingLicence(StrEnum):
    LICENCE = "licence"
    BUSINESS_LICENCE = "business_licence"


class LeadState(StrEnum):
    REGISTERED = "registered"
    CHECKED = "checked"
    CLOSED = "closed"


class LeadOutcome(StrEnum):
    NO_PROBLEM = "no_problem"
    RECTIFIED = "rectified"
    CASE_FILED = "case_filed"
    TRANSFERRED = "transferred"
    INSPECTION_PLANNED = "inspection_planned"
    GUIDED = "guided"
    STOPPED = "stopped"


KIND_NAMES: Final[Mapping[LeadKind, str]] = {
    LeadKind.COMPLAINT: "投诉举报",
    LeadKind.TRANSFER: "转办",
    LeadKind.ASSIGNMENT: "交办",
    LeadKind.MONITORING: "监测发现",
    LeadKind.UNLICENSED: "无证无照经营",
}
STATE_NAMES: Final[Mapping[LeadState, str]] = {
    LeadState.REGISTERED: "已登记",
    LeadState.CHECKED: "已核查",
    LeadState.CLOSED: "已办结",
}
OUTCOME_NAMES: Final[Mapping[LeadOutcome, str]] = {
    LeadOutcome.NO_PROBLEM: "未发现问题",
    LeadOutcome.RECTIFIED: "责令改正",
    LeadOutcome.CASE_FILED: "立案查处",
    LeadOutcome.TRANSFERRED: "移送有权部门",
    LeadOutcome.INSPECTION_PLANNED: "列入检查",
    LeadOutcome.GUIDED: "引导办理证照",
    LeadOutcome.STOPPED: "责令停止经营",
}
_UNLICENSED_ONLY: Final = frozenset({LeadOutcome.GUIDED, LeadOutcome.STOPPED})
_NOT_UNLICENSED: Final = frozenset({LeadOutcome.RECTIFIED, LeadOutcome.INSPECTION_PLANNED})


@dataclass(frozen=True, slots=True)
class LeadContent:
    """What is registered. `source_no`: the number of the paper it came with; `missing`: for unlicensed operation."""

    kind: LeadKind
    department: str
    received_on: date
    summary: str
    source_no: str | None = None
    entity_id: UUID | None = None
    place: str | None = None
    missing: tuple[MissingLicence, ...] = ()

    def check(self) -> None:
        """Raises ReasonMissing (no summary), LeadWithoutObject, or the rule on unlicensed operation that it breaks."""
        stated(self.summary)
        has_place = bool((self.place or "").strip())
        if self.kind is LeadKind.UNLICENSED:
            if not self.missing:
                raise UnlicensedWithoutMissing
            if not has_place:
                raise UnlicensedWithoutPlace
        elif self.missing:
            raise MissingNotForKind
        if self.entity_id is None and not has_place:
            raise LeadWithoutObject


@dataclass(frozen=True, slots=True)
class LeadCheck:
    """核查: what was found, when."""

    checked_on: date
    finding: str


@dataclass(frozen=True, slots=True)
class LeadLinks:
    """Where the lead went on: results recorded for it, the plan it led to."""

    result_ids: tuple[UUID, ...] = ()
    plan_id: UUID | None = None

    def joined(self, other: LeadLinks) -> LeadLinks:
        """Links are added and never taken away; the last plan named stands."""
        return LeadLinks(tuple(dict.fromkeys((*self.result_ids, *other.result_ids))), other.plan_id or self.plan_id)


@dataclass(frozen=True, slots=True)
class Lead:
    """`due_on`: the day to have checked it by, None where the district sets no term (rule `lead_check_days`)."""

    id: UUID
    district: str
    lead_no: str
    content: LeadContent
    state: LeadState
    row_version: int
    registered_at: datetime
    due_on: date | None = None
    check: LeadCheck | None = None
    outcome: LeadOutcome | None = None
    disposal: str | None = None
    links: LeadLinks = LeadLinks()
    closed_at: datetime | None = None

    def checked(self, check: LeadCheck) -> Lead:
        """Raises LeadNotRegistered, CheckBeforeReceipt or ReasonMissing."""
        if self.state is not LeadState.REGISTERED:
            raise LeadNotRegistered(lead_no=self.lead_no, state=STATE_NAMES[self.state])
        if check.checked_on < self.content.received_on:
            raise CheckBeforeReceipt(checked_on=check.checked_on, received_on=self.content.received_on)
        return self._moved(replace(self, state=LeadState.CHECKED, check=replace(check, finding=stated(check.finding))))

    def disposed(self, outcome: LeadOutcome, disposal: str, links: LeadLinks, at: datetime) -> Lead:
        """处理. Raises LeadNotChecked, OutcomeNotForKind or ReasonMissing."""
        if self.state is not LeadState.CHECKED:
            raise LeadNotChecked(lead_no=self.lead_no, state=STATE_NAMES[self.state])
        unfit = _NOT_UNLICENSED if self.content.kind is LeadKind.UNLICENSED else _UNLICENSED_ONLY
        if outcome in unfit:
            raise OutcomeNotForKind(kind=KIND_NAMES[self.content.kind], outcome=OUTCOME_NAMES[outcome])
        closed = replace(self, state=LeadState.CLOSED, outcome=outcome, disposal=stated(disposal), closed_at=at)
        return self._moved(replace(closed, links=self.links.joined(links)))

    def rescheduled(self, due_on: date) -> Lead:
        """By a calendar that knows more (R2)."""
        return self._moved(replace(self, due_on=due_on))

    def linked(self, links: LeadLinks) -> Lead:
        """Also after it is closed: results come later than the decision to inspect."""
        return self._moved(replace(self, links=self.links.joined(links)))

    def _moved(self, lead: Lead) -> Lead:
        return replace(lead, row_version=self.row_version + 1)
