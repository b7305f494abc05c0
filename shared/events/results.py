"""Facts that `results` tells. A published result is public: its event carries the public body."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.checkpoint import SignedCheckpoint
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
    recognised_result_id: UUID | None = None
    """`excused` only: the other department's result that stands in for the visit (R5)."""
    origin: str = "draw"


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
    origin: str = "draw"


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
    the table's order; `outcome` other than `done` means that nothing could be inspected (D6) and `items` is empty, but
    for `remote`: a comparison of data made the visit needless (B15). `origin` other than `draw` (`lead`,
    `reinspection`): an undrawn check, which has no task and no plan; `task_id` and `plan_id` are then its `visit_id`,
    and `task_no` is the number of its cause."""

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
    origin: str = "draw"


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


class VisitReopenedV1(Event):
    """A part of a visit that a recognised result had excused is to be made after all (R5)."""

    KEY: ClassVar[str] = "record_id"

    record_id: UUID
    visit_id: UUID
    task_id: UUID
    entity_id: UUID
    department: str


class ResultExemptedV1(Event):
    """The law keeps a result from publication (免予公示, R3). Not public: `ground` is a code of the table
    `exemption_ground`, nothing else of the result is told."""

    KEY: ClassVar[str] = "result_id"

    result_id: UUID
    visit_id: UUID
    task_id: UUID
    entity_id: UUID
    department: str
    ground: str
    exempted_on: date


class ResultRescheduledV1(Event):
    """The deadline of a result that is not public yet was computed anew: a year's notice of days off came (R2)."""

    KEY: ClassVar[str] = "result_id"

    result_id: UUID
    task_id: UUID
    department: str
    due_on: date
    due_is_provisional: bool


class CalendarChangedV1(Event):
    """A notice of days off (节假日安排) took effect in the district (R2): its second person approved it. Whoever counts
    working days counts by it from now on, over what the release brings. `aggregate_version` is its version of the
    year; `document_no` its 文号. It may name last days of the year before."""

    KEY: ClassVar[str] = "year"

    year: int
    document_no: str
    days_off: list[date]
    working_weekends: list[date]


class DeadlineWarnedV1(Event):
    """A deadline ends in `days_left` working days, or has ended (-1); told once for each of these (REL30). `kind`:
    `publication` (subject: the result), `conclusion` (a visit without result; subject: its record), `follow_up`."""

    KEY: ClassVar[str] = "subject_id"

    kind: str
    subject_id: UUID
    entity_id: UUID
    department: str
    due_on: date
    due_is_provisional: bool
    days_left: int


class FollowUpOpenedV1(Event):
    """A problem found is followed up (后续处置, R4) by `department`; `opener` found it. `kind`: `rectification`,
    `case_filing`, `transfer`, `judiciary`, `other_district` or what the district's table adds."""

    KEY: ClassVar[str] = "follow_up_id"

    follow_up_id: UUID
    result_id: UUID
    visit_id: UUID
    entity_id: UUID
    opener: str
    department: str
    kind: str
    opened_on: date
    due_on: date
    due_is_provisional: bool


class FollowUpRescheduledV1(Event):
    """The deadline of an open follow-up was computed anew by a newer calendar."""

    KEY: ClassVar[str] = "follow_up_id"

    follow_up_id: UUID
    department: str
    due_on: date
    due_is_provisional: bool


class FollowUpClosedV1(Event):
    """A follow-up ended (R4). `outcome` is a code of the table `follow_up_outcome`; `is_settled` False: the problem
    stays and needs another follow-up."""

    KEY: ClassVar[str] = "follow_up_id"

    follow_up_id: UUID
    result_id: UUID
    entity_id: UUID
    department: str
    kind: str
    outcome: str
    is_settled: bool
    due_on: date
    closed_on: date


class StatementPublishedV1(Event):
    """A statement of the enterprise (陈述申辩) passed moderation and stands beside its public result (B6)."""

    KEY: ClassVar[str] = "statement_id"

    statement_id: UUID
    result_id: UUID
    result_version: int
    entity_id: UUID
    entity_name: str
    text: str
    published_at: datetime


class ContactRecordedV1(Event):
    """A contact with a firm entered the ledger (涉企接触台账, B17): an inspection of ours by its submission, once a
    visit, anything else as officers tell it. `kind`: inspection, guidance, research, training, third_party,
    materials, other; `level`: district, city, province, nation. Not public: ids and codes only."""

    KEY: ClassVar[str] = "contact_id"

    contact_id: UUID
    entity_id: UUID
    department: str
    kind: str
    level: str
    on_site: bool
    is_enforcement: bool
    happened_on: date
    visit_id: UUID | None


class CheckpointSignedV1(Event):
    """The Merkle root (默克尔根) of this service's audit rows and log was signed (检查点, SEC11)."""

    KEY: ClassVar[str] = "service"

    service: str
    checkpoint: SignedCheckpoint
