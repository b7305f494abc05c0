"""Facts that `results` tells. A published result is public: its event carries the public body."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.envelope import Event, Part


class VisitConcludedV1(Event):
    """A department concluded its part of a visit: `done`, `remote`, `closed`, `moved`, `not_found`. Told when its
    officers submit the record, and again only if a returned record comes back with another conclusion. `record_id` is
    the id the result has later."""

    KEY: ClassVar[str] = "record_id"

    record_id: UUID
    visit_id: UUID
    task_id: UUID
    entity_id: UUID
    department: str
    outcome: str
    concluded_on: date


class ResultRecordedV1(Event):
    """A result (检查结果) was recorded by the assigned inspectors (R1); not public yet: ids and dates only.
    Told at each submission for review."""

    KEY: ClassVar[str] = "result_id"

    result_id: UUID
    visit_id: UUID
    task_id: UUID
    entity_id: UUID
    department: str
    concluded_on: date
    due_on: date
    due_is_provisional: bool


class PublishedFinding(Part):
    """A problem found (发现的问题): coded, with the item it was found under. `severity` 1 (light) to 5 (grave)."""

    item_id: UUID
    item_name: str
    outcome_code: str
    outcome_text: str
    severity: int


class PublishedItem(Part):
    """An inspected item (抽查事项) with its outcome codes; what the public sees item by item."""

    item_id: UUID
    item_name: str
    outcome_codes: list[str]


class ListingDecision(Part):
    """A reviewed decision to list (列入决定) that is part of a result (C3). `list_code`: `abnormal_operations`,
    `serious_violations`, `major_tax_violations`, `judgment_defaulters`. `ends_on` None: until removed."""

    list_code: str
    ground: str
    document_no: str
    authority: str
    decided_on: date
    ends_on: date | None = None


class PublishedResult(Part):
    """The public body of a result. `outcome_codes` are codes of 检查结果 (domain-facts section 3), over all items, in
    the table's order; `outcome` other than `done` means that nothing could be inspected (D6) and `items` is empty."""

    result_id: UUID
    version: int
    entity_id: UUID
    entity_name: str
    uscc: str | None
    department: str
    task_id: UUID
    task_no: str
    plan_id: UUID
    visit_id: UUID
    concluded_on: date
    due_on: date
    outcome_codes: list[str]
    findings: list[PublishedFinding]
    listing: ListingDecision | None = None
    published_at: datetime
    method: str = ""
    outcome: str = "done"
    items: list[PublishedItem] = Field(default_factory=list)


class ResultPublishedV1(Event):
    """A result was made public (公示): credit learns of it from here (C1)."""

    KEY: ClassVar[str] = "result_id"

    result_id: UUID
    result: PublishedResult


class ResultCorrectedV1(Event):
    """A new public version takes the place of an earlier one, which stays visible (R6)."""

    KEY: ClassVar[str] = "result_id"

    result_id: UUID
    supersedes_version: int
    reason: str
    result: PublishedResult


class ResultWithdrawnV1(Event):
    """A published result was withdrawn (R6): credit becomes as if it had never counted. `version` is the public version
    that says so, one above the last body."""

    KEY: ClassVar[str] = "result_id"

    result_id: UUID
    version: int
    entity_id: UUID
    reason: str
    withdrawn_at: datetime
