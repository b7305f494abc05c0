"""What moves a record without a fact: a day that opens (K3), and a new version of the indicator system (K1).

A day is opened for an entity on which something ends that day: the window of a mark, the term of an entry or of a
measure. It is applied by its own date, however late the worker comes, so that every move stands on the day it belongs
to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from services.credit.domain.closing import closed
from services.credit.domain.days import day_of, midnight
from services.credit.domain.facts import FactName, Subject
from services.credit.domain.indicators import IndicatorSystem
from services.credit.domain.listings import Flag, FlagState, ListingState
from services.credit.domain.record import CreditRecord, Held, Rules
from services.credit.domain.step import NOTHING, Made, Step

_TERM_OVER = "列入期限届满"
_MEASURE_OVER = "惩戒期限届满"


@dataclass(frozen=True, slots=True)
class DayOpened:
    """A day on which terms or windows of the entity are over."""

    KIND: ClassVar[str] = "day.opened"

    entity_id: UUID
    day: date

    @property
    def told_at(self) -> datetime:
        return midnight(self.day)

    @property
    def source(self) -> str:
        return self.KIND

    @property
    def key(self) -> str:
        return self.day.isoformat()

    @property
    def version(self) -> int:
        return 0

    @property
    def subject(self) -> Subject | None:
        return None

    @property
    def event_id(self) -> UUID | None:
        return None


@dataclass(frozen=True, slots=True)
class SystemApplied:
    """A version of the indicator system was activated: the record is rated anew by it."""

    KIND: ClassVar[str] = "system.applied"

    entity_id: UUID
    indicator_version: int
    told_at: datetime

    @property
    def source(self) -> str:
        return self.KIND

    @property
    def key(self) -> str:
        return str(self.indicator_version)

    @property
    def version(self) -> int:
        return self.indicator_version

    @property
    def subject(self) -> Subject | None:
        return None

    @property
    def event_id(self) -> UUID | None:
        return None


def open_day(record: CreditRecord, opened: DayOpened, rules: Rules) -> Step | None:
    """Ends what is over and rates as of the day; None where nothing is due by then."""
    if record.due_on is None or record.due_on > opened.day:
        return None
    facts, made = dict(record.facts), NOTHING
    for name, held in record.facts.items():
        ended = _ended(name, held, opened, rules.indicators)
        if ended is not None:
            facts[name], rows = ended
            made = Made(made.entries + rows.entries, made.listings + rows.listings, made.flags + rows.flags)
    return Step.of(record, opened, facts, rules, opened.day, made)


def apply_system(record: CreditRecord, applied: SystemApplied, rules: Rules) -> Step | None:
    """Rates the facts held by the version in force; None where a fact has done so already."""
    if record.indicator_version == rules.indicators.version:
        return None
    return Step.of(record, applied, record.facts, rules, day_of(applied.told_at))


def _ended(name: FactName, held: Held, opened: DayOpened, system: IndicatorSystem) -> tuple[Held, Made] | None:
    listing = held.listing
    if listing is None:
        return None
    ends_on = listing.decision.ends_on
    if listing.state is ListingState.ENTERED and ends_on is not None and ends_on < opened.day:
        over = listing.removed(ends_on + timedelta(days=1), _TERM_OVER, opened.told_at)
        return closed(name, held, over, system)
    flags = tuple(_expired(flag, opened) for flag in held.flags)
    made = tuple(flag for flag, before in zip(flags, held.flags, strict=True) if flag is not before)
    return (replace(held, flags=flags), Made(flags=made)) if made else None


def _expired(flag: Flag, opened: DayOpened) -> Flag:
    if flag.state is not FlagState.RAISED or flag.ends_on is None or flag.ends_on >= opened.day:
        return flag
    return replace(
        flag,
        version=flag.version + 1,
        state=FlagState.LIFTED,
        lifted_on=flag.ends_on + timedelta(days=1),
        reason=_MEASURE_OVER,
        recorded_at=opened.told_at,
    )
