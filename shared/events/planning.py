"""Facts that `planning` tells."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.checkpoint import SignedCheckpoint
from shared.events.envelope import Event, Part


class ItemListPublishedV1(Event):
    """A department's list of inspection items (抽查事项清单) took effect.

    `tier`: district, or city or province for a list of a higher level that was loaded and prevails (I5)."""

    KEY: ClassVar[str] = "item_list_id"

    item_list_id: UUID
    department: str
    year: int
    version: int
    item_count: int
    published_at: datetime
    tier: str = "district"


class JointListPublishedV1(Event):
    """A version of the year's joint item list (部门联合抽查事项清单) took effect (I5)."""

    KEY: ClassVar[str] = "joint_list_id"

    joint_list_id: UUID
    year: int
    version: int
    entry_count: int
    published_at: datetime


class ClassRatio(Part):
    """Share of a credit class (信用风险等级) to draw, in parts per million of the stratum."""

    credit_class: str
    ppm: int


class TaskDepartment(Part):
    """A department's part in a task: its items and how many officers it sends to a visit (at least two)."""

    department: str
    item_ids: list[UUID]
    officers: int = 2
    officer_tags: list[str] = Field(default_factory=list)
    experts: int = 0


class VisitCap(Part):
    """Visits that an object of a credit class may get in the year (N7)."""

    credit_class: str
    visits: int


class PlanItem(Part):
    """An item of a plan with the list version it comes from (I4). `level`: key or general; a key item has no cap."""

    item_id: UUID
    department: str
    code: str
    name: str
    level: str
    list_version: int
    ratio_cap_ppm: int | None = None


class VisitWarning(Part):
    """Visits to one object within so many days, planned or done, from which the officers are warned (B1)."""

    days: int
    visits: int


class SpecialGate(Part):
    """What a special inspection (专项检查) passed (B20): cause, approver, filing number (备案号), term."""

    cause: str
    approver: str
    approved_on: date
    filing_no: str
    ends_on: date


class PlanPublishedV1(Event):
    """An annual plan (年度抽查计划) became public (N5). `sole_ground`: why one department acts alone (N2).

    `special`: set for a special inspection (S2). `names_open`, `names_open_basis`, `batches`: as in TaskIssuedV1."""

    KEY: ClassVar[str] = "plan_id"

    plan_id: UUID
    plan_no: str
    year: int
    title: str
    version: int
    initiator: str
    participants: list[str]
    ratios: list[ClassRatio]
    window_start: date
    window_end: date
    published_at: datetime
    method: str = ""
    items: list[PlanItem] = Field(default_factory=list)
    visit_caps: list[VisitCap] = Field(default_factory=list)
    sole_ground: str | None = None
    special: SpecialGate | None = None
    names_open: str = "at_result"
    names_open_basis: str = ""
    batches: int = 0


class PlanAdjustedV1(Event):
    """A new version of a published plan became public, with the reason (N6)."""

    KEY: ClassVar[str] = "plan_id"

    plan_id: UUID
    plan_no: str
    year: int
    title: str
    version: int
    reason: str
    initiator: str
    participants: list[str]
    ratios: list[ClassRatio]
    window_start: date
    window_end: date
    published_at: datetime
    method: str = ""
    items: list[PlanItem] = Field(default_factory=list)
    visit_caps: list[VisitCap] = Field(default_factory=list)
    sole_ground: str | None = None
    special: SpecialGate | None = None
    names_open: str = "at_result"
    names_open_basis: str = ""
    batches: int = 0


class PlanCancelledV1(Event):
    """A published plan was cancelled (取消), with the reason. A plan that never was public is not told of.

    `merged_into`: the joint plan that took it in (N4)."""

    KEY: ClassVar[str] = "plan_id"

    plan_id: UUID
    plan_no: str
    version: int
    reason: str
    cancelled_at: datetime
    merged_into: UUID | None = None


class TaskIssuedV1(Event):
    """A task (抽查任务) of a published plan was issued: all that `draw` needs to freeze a pool.

    `quiet_days`: days of the window on which no visit is scheduled (企业安静期, B16). `names_open`: when the names of
    the drawn open (M2), `at_result` or `as_visited`, and `names_open_basis` the 文号 of that term. `items`: the items
    with their level (I2); empty where an older event carries none. `batches`: into how many batches (检查批次) the draw
    orders the objects of key items, 0 for none. `no_disturb_floor_ppm`: the share of a no-disturb list (免打扰名单)
    that stays in the draw all the same (B19)."""

    KEY: ClassVar[str] = "task_id"

    task_id: UUID
    task_no: str
    title: str
    plan_id: UUID
    plan_no: str
    plan_version: int
    initiator: str
    departments: list[TaskDepartment]
    library_id: UUID
    library_version: int
    ratios: list[ClassRatio]
    window_start: date
    window_end: date
    issued_at: datetime
    method: str = ""
    visit_caps: list[VisitCap] = Field(default_factory=list)
    quiet_days: list[date] = Field(default_factory=list)
    names_open: str = "at_result"
    names_open_basis: str = ""
    items: list[PlanItem] = Field(default_factory=list)
    batches: int = 0
    no_disturb_floor_ppm: int = 0
    visit_warnings: list[VisitWarning] = Field(default_factory=list)


class TaskCancelledV1(Event):
    """A task was cancelled with its reason; what is not yet inspected falls away."""

    KEY: ClassVar[str] = "task_id"

    task_id: UUID
    reason: str
    cancelled_at: datetime


class TaskExtendedV1(Event):
    """An issued task got a longer window, nothing else of it changed. `reason`: public with the task."""

    KEY: ClassVar[str] = "task_id"

    task_id: UUID
    window_start: date
    window_end: date
    reason: str
    extended_at: datetime


class LeadRegisteredV1(Event):
    """A lead (案件线索) was registered (S1): not public, so ids and states only.

    `kind`: complaint, transfer, assignment, monitoring or unlicensed (S3)."""

    KEY: ClassVar[str] = "lead_id"

    lead_id: UUID
    lead_no: str
    kind: str
    department: str
    entity_id: UUID | None
    received_on: date
    due_on: date | None
    registered_at: datetime


class LeadRescheduledV1(Event):
    """A notice of days off moved the day by which a lead (案件线索) is to be checked (S1, R2)."""

    KEY: ClassVar[str] = "lead_id"

    lead_id: UUID
    due_on: date


class LeadClosedV1(Event):
    """A lead was disposed of (S1), with where it went on."""

    KEY: ClassVar[str] = "lead_id"

    lead_id: UUID
    department: str
    outcome: str
    result_ids: list[UUID]
    plan_id: UUID | None
    closed_at: datetime


class CheckpointSignedV1(Event):
    """The Merkle root (默克尔根) of this service's audit rows and log was signed (检查点, SEC11)."""

    KEY: ClassVar[str] = "service"

    service: str
    checkpoint: SignedCheckpoint
