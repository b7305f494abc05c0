"""Facts that `draw` tells. Visits are not public: they carry ids only."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.checkpoint import SignedCheckpoint
from shared.events.envelope import Event, Part


class PoolCommittedV1(Event):
    """The frozen pool (冻结的抽取名册) of a task was committed in the public log."""

    KEY: ClassVar[str] = "draw_id"

    draw_id: UUID
    task_id: UUID
    commit_hash: str
    stratum_sizes: dict[str, int]
    committed_at: datetime


class DocumentPublishedV1(Event):
    """One document of the public log, in full (draw-protocol section 2)."""

    KEY: ClassVar[str] = "draw_id"

    draw_id: UUID
    log_seq: int
    kind: str
    text: str
    published_at: datetime


class DrawCompletedV1(Event):
    """A draw was computed; visits follow in `draw.visit.assigned.v1`."""

    KEY: ClassVar[str] = "draw_id"

    draw_id: UUID
    task_id: UUID
    commit_hash: str
    result_hash: str
    drawn: int
    visits: int
    open_slots: int
    completed_at: datetime


class DrawVoidedV1(Event):
    """A draw was voided (作废) in public, by two persons; `late`: its outcome could be known."""

    KEY: ClassVar[str] = "draw_id"

    draw_id: UUID
    task_id: UUID
    reason: str
    late: bool
    voided_at: datetime


class VisitTeam(Part):
    """The officers (检查组) that one department sends, lead first. A department with fewer than two officers must not
    begin; its open places are filled by substitution. Experts (专家) advise and are not among the officers."""

    department: str
    inspector_ids: list[UUID]
    item_ids: list[UUID]
    expert_ids: list[UUID] = []


class VisitAssignedV1(Event):
    """One object, one visit (一次上门), every department's team. `quiet_days`: days of the window on which nobody goes
    there (企业安静期, B16)."""

    KEY: ClassVar[str] = "visit_id"

    visit_id: UUID
    draw_id: UUID
    task_id: UUID
    task_no: str
    plan_id: UUID
    entity_id: UUID
    initiator: str
    teams: list[VisitTeam]
    window_start: date
    window_end: date
    assigned_at: datetime
    quiet_days: list[date] = Field(default_factory=list)


class VisitSubstitutedV1(Event):
    """A visit was given up for the next object of its sequence (递补), if there was one."""

    KEY: ClassVar[str] = "visit_id"

    visit_id: UUID
    draw_id: UUID
    task_id: UUID
    substitute_visit_id: UUID | None
    reason: str
    substituted_at: datetime


class CheckpointSignedV1(Event):
    """The Merkle root (默克尔根) of this service's audit rows and log was signed (检查点, SEC11)."""

    KEY: ClassVar[str] = "service"

    service: str
    checkpoint: SignedCheckpoint
