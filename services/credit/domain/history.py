"""What the archive shows: lines of an entity's history, and entries of lists with whom they name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.credit.domain.listings import Listing


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened, as its fact told it (`at`) and since when credit knew it (`known_from`)."""

    at: datetime
    known_from: datetime
    kind: str
    id: str
    text: str
    reason: str | None
    points: int | None
    code: str


@dataclass(frozen=True, slots=True)
class ListingFilter:
    list_code: str | None = None
    state: str | None = None
    entity_id: UUID | None = None
    decided_from: date | None = None
    decided_to: date | None = None


@dataclass(frozen=True, slots=True)
class ListingLine:
    """The newest version of an entry with whom it names."""

    listing: Listing
    entity_name: str | None
    uscc: str | None
