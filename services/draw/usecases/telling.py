"""Draws and visits as other services are told of them. Visits are not public: ids only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.draw.domain.ceremony import Ceremony
from services.draw.domain.documents import Void
from services.draw.domain.drawing_plan import Task
from services.draw.domain.protocol_time import read_protocol_time
from services.draw.domain.published import StoredResult
from services.draw.domain.visit_plan import PlannedVisit
from shared.events.draw import DrawCompletedV1, DrawVoidedV1, VisitAssignedV1, VisitSubstitutedV1, VisitTeam


def draw_completed(draw: Ceremony, result: StoredResult, published_at: str) -> DrawCompletedV1:
    return DrawCompletedV1(
        aggregate_version=draw.version,
        draw_id=draw.id,
        task_id=draw.task_id,
        commit_hash=(draw.commit_hash or b"").hex(),
        result_hash=result.result_hash.hex(),
        drawn=result.drawn,
        visits=result.visits,
        open_slots=result.open_slots,
        completed_at=read_protocol_time(published_at),
    )


def draw_voided(draw: Ceremony, void: Void, published_at: str) -> DrawVoidedV1:
    return DrawVoidedV1(
        aggregate_version=draw.version,
        draw_id=draw.id,
        task_id=draw.task_id,
        reason=void.reason,
        late=void.late,
        voided_at=read_protocol_time(published_at),
    )


def visit_assigned(visit: PlannedVisit, task: Task, at: datetime) -> VisitAssignedV1:
    teams = [
        VisitTeam(
            department=department,
            inspector_ids=visit.officers(department),
            item_ids=list(task.items_of(department)),
            expert_ids=visit.experts(department),
        )
        for department in visit.departments
    ]
    return VisitAssignedV1(
        aggregate_version=visit.version,
        visit_id=visit.id,
        draw_id=visit.draw_id,
        task_id=visit.task_id,
        task_no=task.task_no,
        plan_id=task.plan_id,
        entity_id=visit.entity_id,
        initiator=task.initiator,
        teams=teams,
        window_start=visit.window_start,
        window_end=visit.window_end,
        assigned_at=at,
        quiet_days=list(task.quiet_days),
    )


def visit_substituted(visit: PlannedVisit, substitute: UUID | None, reason: str, at: datetime) -> VisitSubstitutedV1:
    return VisitSubstitutedV1(
        aggregate_version=visit.version,
        visit_id=visit.id,
        draw_id=visit.draw_id,
        task_id=visit.task_id,
        substitute_visit_id=substitute,
        reason=reason,
        substituted_at=at,
    )
