"""What the pages of results and objects show, as data. Conventions: `domain/views.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class ResultState(StrEnum):
    """Where a result stands for the public. `EXEMPTED` and `EXPIRED` have no page but a tombstone (410)."""

    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    EXEMPTED = "exempted"
    EXPIRED = "expired"
    REPAIRED = "repaired"
    """No longer shown, by a credit repair (信用修复) that ends publicity."""


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A result as one row of a list."""

    result_id: UUID
    version: int
    state: ResultState
    entity_id: UUID
    entity_name: str
    department: str
    department_name: str
    task_no: str
    plan_no: str | None
    plan_title: str | None
    outcome_codes: tuple[str, ...]
    outcomes: tuple[str, ...]
    """Wording of the codes, in the same order; of a visit that met nobody its one sentence."""
    has_problem: bool
    findings: int
    concluded_on: date
    due_on: date
    published_at: datetime
    """First publication."""
    is_late: bool
    """Published after `due_on` (R2: 20 working days)."""
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class FindingView:
    item_id: UUID
    item_name: str
    outcome_code: str
    outcome: str
    severity: int
    """1 (light) to 5 (grave)."""
    severity_name: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """An inspected item (抽查事项) and what was found under it."""

    item_id: UUID
    item_name: str
    outcome_codes: tuple[str, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """A follow-up (后续处置) of a published problem. `outcome`, `closed_on` None: still open."""

    follow_up_id: UUID
    department: str
    department_name: str
    kind: str
    kind_name: str
    opened_on: date
    due_on: date | None
    outcome: str | None
    is_settled: bool | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class ListingView:
    """An entry of a list (名单) that the law makes public."""

    listing_id: UUID
    list_code: str
    list_name: str
    ground: str
    document_no: str
    authority: str
    entered_on: date
    ends_on: date | None
    removed_on: date | None
    removal_reason: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two versions of a plan or result, in words: field, before, after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ResultVersionView:
    """One public version of a result, the newest first in `ResultPage.versions`."""

    version: int
    state: ResultState
    at: datetime
    reason: str | None
    digest: str
    """SHA-256 of the canonical body, hex; of a withdrawal, of what says so."""
    differences: tuple[Difference, ...]
    """Against the version before."""


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """The newest signed checkpoint (检查点) of the service that told a fact."""

    service: str
    service_name: str
    number: int
    size: int
    root: str
    signature: str
    body: str
    signed_at: datetime
    """When its event was told."""


@dataclass(frozen=True, slots=True)
class RepairView:
    """A credit repair granted or refused."""

    repair_id: UUID
    kind: str
    granted: bool
    document_no: str
    department_name: str
    effective_on: date
    stops_publicity: bool


@dataclass(frozen=True, slots=True)
class ResultPage:
    line: ResultLine
    uscc: str | None
    outcome: str
    """`done`, `remote`, `closed`, `moved`, `not_found` …"""
    outcome_name: str
    method_name: str
    origin: str
    """`draw`, or `lead` / `reinspection` (an undrawn check, then no plan)."""
    origin_name: str
    plan_no: str | None
    items: tuple[ItemView, ...]
    findings: tuple[FindingView, ...]
    listing: ListingView | None
    follow_ups: tuple[FollowUpView, ...]
    versions: tuple[ResultVersionView, ...]
    digest: str
    """Of the version shown."""
    checkpoint: CheckpointView | None
    public_until: date | None
    repairs: tuple[RepairView, ...]


@dataclass(frozen=True, slots=True)
class EntityPage:
    entity_id: UUID
    name: str
    uscc: str | None
    other_names: tuple[str, ...]
    """Names under which earlier results were published."""
    latest: tuple[ResultLine, ...]
    """Four at most (`experience.md` 1.1)."""
    results: tuple[ResultLine, ...]
    """All that are shown, newest first, withdrawn ones too."""
    findings: tuple[tuple[ResultLine, FindingView], ...]
    """Every finding of a standing result, newest first."""
    listings: tuple[ListingView, ...]
    repairs: tuple[RepairView, ...]
