"""Entries of the integrity archive (诚信档案, C2): only ever added. A correction adds a reversal and new entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.values.credit_class import CreditClass


class EntryKind(StrEnum):
    FACT = "fact"
    LISTING = "listing"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `points` are those of `indicator_version`; a reversal's are the negative of what it `reverses`.
    `recorded_at` is the time of the fact version that caused it."""

    id: UUID
    entity_id: UUID
    source: str
    fact_key: str
    fact_version: int
    kind: EntryKind
    code: str
    indicator_code: str | None
    level: int
    points: int
    occurred_on: date
    recorded_at: datetime
    title: str
    origin: str
    indicator_version: int
    reverses: UUID | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ClassChange:
    """A move between classes, with the fact version that caused it. `record_version` orders those of an entity."""

    entity_id: UUID
    record_version: int
    before: CreditClass
    after: CreditClass
    score: int
    indicator_version: int
    source: str
    fact_key: str
    fact_version: int
    changed_at: datetime
