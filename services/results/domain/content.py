"""What officers record about an inspection (检查记录的内容), as values; the rules on it are in `content_rules`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


class Outcome(StrEnum):
    """How a department's part of a visit ended. All but `done` mean that nothing could be inspected (D6)."""

    DONE = "done"
    CLOSED = "closed"
    MOVED = "moved"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem found (发现的问题) under one outcome code of its item. `severity` 1 (light) to 5 (grave)."""

    outcome_code: str
    text: str
    severity: int


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The outcome of one item (抽查事项). No outcome code means: not answered yet, never "normal"."""

    item_id: UUID
    item_name: str
    outcome_codes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A conclusion relied on instead of own checking: another department's, a court's, an expert's (D3)."""

    issuer: str
    title: str
    document_no: str
    dated_on: date


@dataclass(frozen=True, slots=True)
class ListingDecision:
    """A decision to list (列入决定) that is part of a result (C3). `ends_on` None: until removed."""

    list_code: str
    ground: str
    document_no: str
    authority: str
    decided_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """One revision of a record's content, as the officers give it."""

    method: str
    place: str
    started_at: datetime
    ended_at: datetime | None
    concluded_on: date | None
    officers_present: tuple[UUID, ...]
    outcome: Outcome
    note: str = ""
    items: tuple[ItemResult, ...] = ()
    references: tuple[Reference, ...] = ()
    listing: ListingDecision | None = None

    @property
    def visited_on(self) -> date:
        """The visit's day: the one on which certificates must be valid."""
        return self.started_at.astimezone(_SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """Who was inspected, as registry knew it at recording. `uscc` may be absent."""

    entity_id: UUID
    name: str
    uscc: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class CertificateAnswer:
    """Registry's answer about an officer's certificate (执法证) on the day of the visit, kept as it was given."""

    inspector_id: UUID
    department: str
    certificate_no: str
    valid_until: date | None
    status: str
    valid: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """A revision as it is kept: content, the answers it rests on, the vocabulary it was coded in. Append-only."""

    record_id: UUID
    revision: int
    content: Content
    entity: EntityFacts
    certificates: tuple[CertificateAnswer, ...]
    vocabulary_version: int
    recorded_by: str
    recorded_at: datetime
