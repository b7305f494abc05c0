"""What a list shows; None does not filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.planning.domain.decisions import ProposalState
from services.planning.domain.filing import FilingState
from services.planning.domain.items import ItemLevel
from services.planning.domain.leads import LeadKind, LeadState
from services.planning.domain.progress import TaskStage


@dataclass(frozen=True, slots=True)
class ItemListFilter:
    department: str | None = None
    year: int | None = None
    state: FilingState | None = None


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Items in force for `year`. `q` is looked for in name and code."""

    year: int
    department: str | None = None
    level: ItemLevel | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """`department` initiates or takes part."""

    year: int | None = None
    department: str | None = None
    state: FilingState | None = None


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """`department` initiates or takes part."""

    plan_id: UUID | None = None
    department: str | None = None
    stage: TaskStage | None = None


@dataclass(frozen=True, slots=True)
class OverrideFilter:
    department: str | None = None
    year: int | None = None
    state: ProposalState | None = None


@dataclass(frozen=True, slots=True)
class DutyFilter:
    """`q` is looked for in name and code; `standing_on`: entries that hold on the day."""

    department: str | None = None
    q: str | None = None
    standing_on: date | None = None


@dataclass(frozen=True, slots=True)
class LeadFilter:
    department: str | None = None
    kind: LeadKind | None = None
    state: LeadState | None = None
