"""The credit record (信用记录) of an entity: the state that the facts known so far amount to.

It is a fold: empty record, then fact after fact (`fold.apply`). Nothing else changes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from uuid import UUID

from services.credit.domain.facts import FactName, Mark
from services.credit.domain.indicators import IndicatorSystem
from services.credit.domain.listings import Flag, Listing
from services.credit.domain.measures import MeasureCatalogue
from services.credit.domain.periods import ObservationPeriod
from shared.values.credit_class import CreditClass


@dataclass(frozen=True, slots=True)
class Rules:
    """The versions in force: what a fact weighs, and what a list entry triggers."""

    indicators: IndicatorSystem
    measures: MeasureCatalogue


Span = tuple[int, date, date | None]
"""Points of a mark, the day from which they count, the first day on which they no longer do."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What the marks of a fact weigh by one version of the system and one observation period."""

    system: IndicatorSystem
    observation: ObservationPeriod | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What the record keeps of the newest version of a fact. `entered`: points of its marks when they were entered,
    so that a later compensation takes back exactly those."""

    version: int
    standing: bool
    marks: tuple[Mark, ...] = ()
    entered: tuple[int, ...] = ()
    listing: Listing | None = None
    listing_entered: int = 0
    flags: tuple[Flag, ...] = ()
    digest: str = ""
    weighing: Weighing | None = field(default=None, init=False, repr=False, compare=False, metadata={"derived": True})
    """Kept by `rating.rate`: a fact is weighed once, not at every later fact of its entity."""

    @property
    def rank(self) -> int:
        return self.version * 2 + (not self.standing)


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """`version` counts the inputs applied. `as_of`: the day up to which windows and terms were looked at, the latest
    day on which a fact was told or that was opened for it. Class U while no fact stands. `due_on`: the next day on
    which the rating may change without a fact, because a window or a term ends; None: on no day."""

    entity_id: UUID
    version: int = 0
    as_of: date = date.min
    score: int = 0
    credit_class: CreditClass = CreditClass.U
    indicator_version: int = 0
    facts: Mapping[FactName, Held] = field(default_factory=lambda: MappingProxyType({}))
    due_on: date | None = None
    observation: ObservationPeriod | None = None
