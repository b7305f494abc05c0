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
    """How a department's part of a visit ended. `remote`: a comparison of data and the firm's correction made the visit
    needless (B15); `closed`, `moved` and `not_found`: nothing could be inspected (D6)."""

    DONE = "done"
    REMOTE = "remote"
    CLOSED = "closed"
    MOVED = "moved"
    NOT_FOUND = "not_found"

    @property
    def is_gone(self) -> bool:
        return self in (Outcome.CLOSED, Outcome.MOVED, Outcome.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Discretion:
    """What the officers chose of the table `discretion` (裁量情节) for a finding, and why (B25)."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem found (发现的问题) under one outcome code of its item. `severity` 1 (light) to 5 (grave)."""

    outcome_code: str
    text: str
    severity: int
    discretion: Discretion | None = None


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
class RemoteCheck:
    """无事不扰 (B15): what the comparison of data showed, when the firm was told, corrected it, and was re-checked."""

    mismatch: str
    notified_on: date
    corrected_on: date
    rechecked_on: date


@dataclass(frozen=True, slots=True)
class ThirdPartyReport:
    """The report of a commissioned body. `digest`: SHA-256 of its file among the evidence, where it is kept there."""

    title: str
    document_no: str
    received_on: date
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """A body commissioned for testing, audit or advice (D4); it advises and never counts as an officer (B2).

    `cost_fen` in 分; `payer` is the code of the department that commissioned it (谁委托、谁付费)."""

    name: str
    qualification: str
    scope: str
    cost_fen: int
    payer: str
    report: ThirdPartyReport | None = None


@dataclass(frozen=True, slots=True)
class SheetItem:
    """An item as planning's inspection sheet (检查表) words it, of the list version that the plan used (I4)."""

    item_id: UUID
    name: str
    code: str
    list_version: int


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
    """One revision of a record's content, as the officers give it.

    On site, `started_at` is the arrival (到达) and `ended_at` the departure (离开)."""

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
    remote: RemoteCheck | None = None
    third_parties: tuple[ThirdParty, ...] = ()

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
    """A revision as it is kept: content, the answers it rests on, the vocabulary it was coded in. Append-only.

    `sheet`: of the answered items, what planning said of them; empty where planning could not be asked.
    `discretion_version`: of the table the choices at the findings were made from; None where there is no finding."""

    record_id: UUID
    revision: int
    content: Content
    entity: EntityFacts
    certificates: tuple[CertificateAnswer, ...]
    vocabulary_version: int
    recorded_by: str
    recorded_at: datetime
    sheet: tuple[SheetItem, ...] = ()
    discretion_version: int | None = None
