"""What the pages of plans and tasks show, as data. Conventions: `domain/views.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.disclosure.domain.result_views import CheckpointView, Difference, ResultLine


@dataclass(frozen=True, slots=True)
class RatioView:
    """Share of a credit class to be drawn, in parts per million. `credit_class` `*`: all alike."""

    credit_class: str
    ppm: int


@dataclass(frozen=True, slots=True)
class PlanItemView:
    item_id: UUID
    department: str
    department_name: str
    code: str
    name: str
    level: str
    """`key` or `general`."""
    level_name: str
    list_version: int
    ratio_cap_ppm: int | None


@dataclass(frozen=True, slots=True)
class PlanVersionView:
    """One public version of a plan, the newest first in `PlanPage.versions`."""

    version: int
    published_at: datetime
    reason: str | None
    """Why it was adjusted (N6); None for the first."""
    digest: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class SpecialView:
    """What a special inspection (专项检查) passed (B20)."""

    cause: str
    approver: str
    approved_on: date
    filing_no: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task (抽查任务) as one row of a list."""

    task_id: UUID
    task_no: str
    title: str
    plan_no: str
    initiator_name: str
    window_start: date
    window_end: date
    issued_at: datetime
    state: str
    """`issued`, `extended` or `cancelled`."""
    state_name: str
    results: int
    """Results shown."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan as one row of a list."""

    plan_id: UUID
    plan_no: str
    year: int
    title: str
    version: int
    initiator_name: str
    participant_names: tuple[str, ...]
    window_start: date
    window_end: date
    published_at: datetime
    """Of the version shown."""
    is_cancelled: bool
    tasks: int


@dataclass(frozen=True, slots=True)
class PlanPage:
    line: PlanLine
    method_name: str
    ratios: tuple[RatioView, ...]
    visit_caps: tuple[tuple[str, int], ...]
    """Credit class → visits a year (N7)."""
    items: tuple[PlanItemView, ...]
    sole_ground: str | None
    """Why one department acts alone (N2)."""
    special: SpecialView | None
    names_open: str
    """In words: when the names of the drawn open (M2)."""
    names_open_basis: str
    batches: int
    cancelled_at: datetime | None
    cancel_reason: str | None
    merged_into: str | None
    """plan_no of the joint plan that took it in (N4)."""
    versions: tuple[PlanVersionView, ...]
    digest: str
    tasks: tuple[TaskLine, ...]
    checkpoint: CheckpointView | None


@dataclass(frozen=True, slots=True)
class TaskChangeView:
    """An extension or the cancellation of a task."""

    kind: str
    kind_name: str
    reason: str
    window_start: date | None
    window_end: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TaskDepartmentView:
    department: str
    department_name: str
    officers: int
    experts: int
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskPage:
    line: TaskLine
    plan_title: str | None
    method_name: str
    departments: tuple[TaskDepartmentView, ...]
    ratios: tuple[RatioView, ...]
    items: tuple[PlanItemView, ...]
    quiet_days: tuple[date, ...]
    names_open: str
    names_open_basis: str
    changes: tuple[TaskChangeView, ...]
    results: tuple[ResultLine, ...]
