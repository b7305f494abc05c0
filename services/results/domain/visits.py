"""A visit (一次上门检查) as draw assigned it: one object, one visit, a team of each department."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class VisitState(StrEnum):
    """`substituted`: the object was replaced; `voided`: its draw was; `cancelled`: its task was."""

    ASSIGNED = "assigned"
    SUBSTITUTED = "substituted"
    VOIDED = "voided"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Team:
    """The officers (检查组) that one department sends, lead first, and the items it inspects."""

    department: str
    inspector_ids: tuple[UUID, ...]
    item_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """`window_start`..`window_end`: when it is to be made, both included. `aggregate_version` is draw's.

    `origin`: draw, or lead or reinspection for an undrawn check (`undrawn`), which has no draw, task or plan."""

    id: UUID
    draw_id: UUID
    task_id: UUID
    task_no: str
    plan_id: UUID
    entity_id: UUID
    initiator: str
    participants: tuple[str, ...]
    window_start: date
    window_end: date
    state: VisitState
    reason: str
    substitute_visit_id: UUID | None
    aggregate_version: int
    origin: str = "draw"
    lead_id: UUID | None = None
    reinspects_id: UUID | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class AssignedVisit:
    """A visit with its teams, as it is taken up."""

    visit: Visit
    teams: tuple[Team, ...]


@dataclass(frozen=True, slots=True)
class CallOff:
    """Visits that are not to be made any more, named by visit, by draw or by task."""

    state: VisitState
    reason: str
    visit_id: UUID | None = None
    draw_id: UUID | None = None
    task_id: UUID | None = None
    substitute_visit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """A task's longer window (任务延期), both ends included."""

    task_id: UUID
    window_start: date
    window_end: date
