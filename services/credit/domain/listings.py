"""Entries of lists (列入名单, C3) and the flags they raise (联合惩戒标记, C4): versions that are only ever added.

entered ─remove→ removed ─annul→ annulled          raised ─lift→ lifted ─annul→ annulled
   └────────annul────────────────↗                    └──────annul─────────────↗

Removed (移出) ends from a day on; annulled (撤销列入) means that it should never have been: as known now it holds on no
day, as known before it held.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.credit.domain.facts import Decision
from services.credit.domain.identity import named
from services.credit.domain.measures import Measure
from shared.values.errors import Refused


class ListingClosed(Refused):
    message = "这条列入记录已是“{state}”，不能再次移出或撤销"


class FlagClosed(Refused):
    message = "这个惩戒标记已是“{state}”，不能再次解除"


class ListingState(StrEnum):
    ENTERED = "entered"
    REMOVED = "removed"
    ANNULLED = "annulled"


class FlagState(StrEnum):
    RAISED = "raised"
    LIFTED = "lifted"
    ANNULLED = "annulled"


LISTING_STATE_NAMES = {
    ListingState.ENTERED: "已列入",
    ListingState.REMOVED: "已移出",
    ListingState.ANNULLED: "已撤销",
}
FLAG_STATE_NAMES = {FlagState.RAISED: "有效", FlagState.LIFTED: "已解除", FlagState.ANNULLED: "已撤销"}


@dataclass(frozen=True, slots=True)
class Listing:
    """One version of an entry; `id` stays, `version` counts from 1. `recorded_at` is the time of the fact behind it."""

    id: UUID
    entity_id: UUID
    decision: Decision
    recorded_at: datetime
    version: int = 1
    state: ListingState = ListingState.ENTERED
    closed_on: date | None = None
    reason: str | None = None

    @property
    def in_force_from(self) -> date | None:
        """First day on the list as known with this version; None: on no day."""
        return None if self.state is ListingState.ANNULLED else self.decision.decided_on

    @property
    def in_force_to(self) -> date | None:
        """Last day; None: open (or on no day)."""
        return _last_day(self.decision.ends_on, self.closed_on if self.state is ListingState.REMOVED else None)

    def is_on(self, day: date) -> bool:
        return _holds(self.in_force_from, self.in_force_to, day)

    def removed(self, on: date, reason: str, at: datetime) -> Listing:
        """Off the list from `on`. Raises ListingClosed."""
        if self.state is not ListingState.ENTERED:
            raise ListingClosed(state=LISTING_STATE_NAMES[self.state])
        return self._next(ListingState.REMOVED, on, reason, at)

    def annulled(self, on: date, reason: str, at: datetime) -> Listing:
        """As if never entered, said on `on`. Raises ListingClosed."""
        if self.state is ListingState.ANNULLED:
            raise ListingClosed(state=LISTING_STATE_NAMES[self.state])
        return self._next(ListingState.ANNULLED, on, reason, at)

    def _next(self, state: ListingState, on: date, reason: str, at: datetime) -> Listing:
        return replace(self, version=self.version + 1, state=state, closed_on=on, reason=reason, recorded_at=at)


@dataclass(frozen=True, slots=True)
class Flag:
    """One version of a flag. `ends_on` is the last day of its term, None: while the entity is on the list."""

    id: UUID
    listing_id: UUID
    entity_id: UUID
    area: str
    measure_code: str
    list_code: str
    ground: str
    document_no: str
    authority: str
    legal_basis: str
    starts_on: date
    ends_on: date | None
    recorded_at: datetime
    version: int = 1
    state: FlagState = FlagState.RAISED
    lifted_on: date | None = None
    reason: str | None = None

    @property
    def in_force_from(self) -> date | None:
        return None if self.state is FlagState.ANNULLED else self.starts_on

    @property
    def in_force_to(self) -> date | None:
        return _last_day(self.ends_on, self.lifted_on if self.state is FlagState.LIFTED else None)

    def is_on(self, day: date) -> bool:
        return _holds(self.in_force_from, self.in_force_to, day)

    def following(self, listing: Listing) -> Flag:
        """The next version, after its listing was closed. Raises FlagClosed."""
        if self.state is FlagState.ANNULLED or listing.state is ListingState.ENTERED:
            raise FlagClosed(state=FLAG_STATE_NAMES[self.state])
        state = FlagState.ANNULLED if listing.state is ListingState.ANNULLED else FlagState.LIFTED
        return replace(
            self,
            version=self.version + 1,
            state=state,
            lifted_on=listing.closed_on,
            reason=listing.reason,
            recorded_at=listing.recorded_at,
        )


def raised_by(listing: Listing, measure: Measure) -> Flag:
    """The flag an entry raises under a measure: from the day of the decision, for the measure's term."""
    decision = listing.decision
    return Flag(
        id=named("flag", listing.id, measure.code),
        listing_id=listing.id,
        entity_id=listing.entity_id,
        area=measure.area,
        measure_code=measure.code,
        list_code=decision.list_code,
        ground=decision.ground,
        document_no=decision.document_no,
        authority=decision.authority,
        legal_basis=measure.legal_basis,
        starts_on=decision.decided_on,
        ends_on=measure.last_day(decision.decided_on, decision.ends_on),
        recorded_at=listing.recorded_at,
    )


def _last_day(term: date | None, first_day_off: date | None) -> date | None:
    if first_day_off is None:
        return term
    last = first_day_off - timedelta(days=1)
    return last if term is None else min(last, term)


def _holds(first: date | None, last: date | None, day: date) -> bool:
    return first is not None and first <= day and (last is None or day <= last)
