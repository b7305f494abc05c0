"""Decisions on lists that officers hand in (名单决定, C3): an entry, a removal or an annulment, by two persons.

《市场监督管理严重违法失信名单管理办法》（市场监管总局令第44号）: the body that decides enters, removes and annuls;
which list needs the superior's consent and for how long it lists is data of the measure catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from services.credit.domain.closing import closed
from services.credit.domain.days import day_of
from services.credit.domain.facts import Decision, Fact, Subject
from services.credit.domain.listings import Listing, ListingState
from services.credit.domain.measures import ListKind
from services.credit.domain.record import CreditRecord, Rules
from services.credit.domain.step import Step
from shared.values.errors import Forbidden, Invalid, NotFound, Refused

DECISIONS: Final = "decisions"
"""Source of facts that officers decided here."""


class ListProposalUnknown(NotFound):
    message = "没有编号为 {proposal_id} 的名单决定办理件"


class ListingUnknown(NotFound):
    message = "没有编号为 {listing_id} 的列入记录"


class ListProposalDecided(Refused):
    message = "这个办理件已是“{state}”，不能再次审定"


class SecondPersonNeeded(Forbidden):
    message = "提出办理件的人不能自己审定，须由本部门另一人办理"


class ConsentNeeded(Invalid):
    message = "列入{list_name}须经上级机关同意，请填写同意机关和文号"


class DecisionInFuture(Invalid):
    message = "决定日期不能晚于今天"


class TermMalformed(Invalid):
    message = "届满日期不能早于决定日期"


class EndingBeforeEntry(Invalid):
    message = "移出或撤销日期不能早于列入日期 {entered_on}"


class ListingIncomplete(Invalid):
    message = "列入决定须写明名单、检查对象、事由、文号和作出决定的机关"


class ListingNotOpen(Refused):
    message = "这条列入记录已是“{state}”，不能再移出或撤销"


class ListingOfOthers(Refused):
    message = "这条列入记录由 {department} 作出，须由作出决定的机关移出或撤销"


class DecisionKind(StrEnum):
    ENTRY = "entry"
    REMOVAL = "removal"
    ANNULMENT = "annulment"


class DecisionState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


KIND_NAMES: Final = {
    DecisionKind.ENTRY: "列入",
    DecisionKind.REMOVAL: "移出",
    DecisionKind.ANNULMENT: "撤销列入",
}
DECISION_STATE_NAMES: Final = {
    DecisionState.OPEN: "待审定",
    DecisionState.APPROVED: "已作出",
    DecisionState.REJECTED: "未通过",
}


@dataclass(frozen=True, slots=True)
class Consent:
    """The superior's consent (上级机关同意)."""

    authority: str
    document_no: str


@dataclass(frozen=True, slots=True)
class ListProposal:
    """A decision as one officer prepares it and another makes it. `ground` is the ground of an entry or the reason of a
    removal or annulment; `on` the day of the decision; `ends_on` the last day of an entry's term."""

    id: UUID
    owner_department: str
    kind: DecisionKind
    entity_id: UUID
    list_code: str
    ground: str
    document_no: str
    authority: str
    on: date
    proposed_by: str
    proposed_at: datetime
    ends_on: date | None = None
    consent: Consent | None = None
    listing_id: UUID | None = None
    state: DecisionState = DecisionState.OPEN
    reason: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    def checked(self, kind: ListKind, today: date) -> ListProposal:
        """Itself. Raises DecisionInFuture, TermMalformed, ConsentNeeded."""
        if self.on > today:
            raise DecisionInFuture
        if self.ends_on is not None and self.ends_on < self.on:
            raise TermMalformed
        if self.kind is DecisionKind.ENTRY and kind.needs_consent and self.consent is None:
            raise ConsentNeeded(list_name=kind.name)
        return self

    def decided(self, *, approve: bool, reason: str | None, by: str, at: datetime) -> ListProposal:
        """Raises ListProposalDecided, SecondPersonNeeded."""
        if self.state is not DecisionState.OPEN:
            raise ListProposalDecided(state=DECISION_STATE_NAMES[self.state])
        if by == self.proposed_by:
            raise SecondPersonNeeded
        state = DecisionState.APPROVED if approve else DecisionState.REJECTED
        return replace(self, state=state, reason=reason, decided_by=by, decided_at=at)

    def fact(self, told_at: datetime, subject: Subject) -> Fact:
        """The fact that an approved entry is."""
        return Fact(
            source=DECISIONS,
            key=str(self.id),
            version=1,
            entity_id=self.entity_id,
            told_at=told_at,
            origin=self.owner_department,
            decision=Decision(
                self.list_code, self.ground, self.document_no, self.authority, self.on, ends_on=self.ends_on
            ),
            subject=subject,
        )


@dataclass(frozen=True, slots=True)
class ListingEnded:
    """The authority removed an entity from a list (移出), or annulled the entry (撤销). `on` is the first day off."""

    KIND: ClassVar[str] = "listing.ended"

    entity_id: UUID
    listing_id: UUID
    told_at: datetime
    on: date
    annulled: bool
    reason: str
    document_no: str
    authority: str

    @property
    def source(self) -> str:
        return self.KIND

    @property
    def key(self) -> str:
        return str(self.listing_id)

    @property
    def version(self) -> int:
        return 0

    @property
    def subject(self) -> Subject | None:
        return None

    @property
    def event_id(self) -> UUID | None:
        return None


def end_listing(record: CreditRecord, ended: ListingEnded, rules: Rules) -> Step | None:
    """Closes the entry with its flags; None where it is not held, or ended so already."""
    for name, held in record.facts.items():
        listing = held.listing
        if listing is None or listing.id != ended.listing_id or not _is_open_for(listing, ended):
            continue
        reason = f"{ended.reason}（{ended.document_no}）"
        close = listing.annulled if ended.annulled else listing.removed
        after, made = closed(name, held, close(ended.on, reason, ended.told_at), rules.indicators, ended.authority)
        return Step.of(record, ended, {**record.facts, name: after}, rules, day_of(ended.told_at), made)
    return None


def check_ending_day(listing: Listing, on: date, today: date) -> None:
    """Raises DecisionInFuture, EndingBeforeEntry."""
    if on > today:
        raise DecisionInFuture
    if on < listing.decision.decided_on:
        raise EndingBeforeEntry(entered_on=listing.decision.decided_on)


def _is_open_for(listing: Listing, ended: ListingEnded) -> bool:
    if ended.annulled:
        return listing.state is not ListingState.ANNULLED
    return listing.state is ListingState.ENTERED
