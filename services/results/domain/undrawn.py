"""Undrawn checks (非抽取检查): of a lead (投诉举报、转办交办, S1) or a re-inspection (复查).

Everything but the draw is the same: two officers, a code, a record, a public result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.results.domain.officers import OFFICERS_NEEDED
from services.results.domain.visits import Visit, VisitState
from shared.values.errors import Invalid, NotFound, Refused


class Origin(StrEnum):
    """Where a visit comes from."""

    DRAW = "draw"
    LEAD = "lead"
    REINSPECTION = "reinspection"


class LeadUnknown(NotFound):
    message = "没有这条线索，或不由本部门办理"


class LeadClosed(Refused):
    message = "线索“{lead_no}”已经办结，不能再据以检查"


class CheckWithoutCause(Invalid):
    message = "检查必须依据一条线索，或者复查一个已有的检查结果，两者只能选一"


class CheckTeamTooSmall(Invalid):
    message = "检查组不得少于 2 名检查人员，现有 {count} 名"


class OfficerOfOthers(Invalid):
    message = "检查人员 {inspector_id} 不是本部门的，不能由本部门指派"


class CheckWithoutItems(Invalid):
    message = "至少要有一个检查事项，且不能重复"


class CheckWindowWrong(Invalid):
    message = "检查时段的最后一天不能早于第一天，也不能早于今天"


class CheckEntityMissing(Invalid):
    message = "线索没有写明检查对象，请写明"


class CheckEntityDiffers(Invalid):
    message = "检查对象与线索或被复查结果的对象不一致"


@dataclass(frozen=True, slots=True)
class Lead:
    """A copy of planning's lead: ids and states only, what it says stays with planning."""

    id: UUID
    lead_no: str
    kind: str
    department: str
    entity_id: UUID | None
    received_on: date
    due_on: date | None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class CheckItem:
    item_id: UUID
    item_name: str


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """What a department assigns. `basis`: why, public with the code."""

    entity_id: UUID | None
    inspector_ids: tuple[UUID, ...]
    items: tuple[CheckItem, ...]
    window_start: date
    window_end: date
    basis: str


@dataclass(frozen=True, slots=True)
class Cause:
    """What the check rests on. `no` is the number shown to the enterprise and in the public result."""

    origin: Origin
    no: str
    entity_id: UUID | None
    lead_id: UUID | None = None
    reinspects_id: UUID | None = None


def cause_of_lead(lead: Lead) -> Cause:
    """Raises LeadClosed."""
    if lead.is_closed:
        raise LeadClosed(lead_no=lead.lead_no)
    return Cause(Origin.LEAD, lead.lead_no, lead.entity_id, lead_id=lead.id)


def undrawn_visit(visit_id: UUID, department: str, plan: CheckPlan, cause: Cause, today: date) -> Visit:
    """The visit as it is kept. It has neither draw nor task nor plan: their ids are the visit's own.

    Raises CheckTeamTooSmall, CheckWithoutItems, CheckWindowWrong, CheckEntityMissing, CheckEntityDiffers.
    """
    if len(set(plan.inspector_ids)) < OFFICERS_NEEDED:
        raise CheckTeamTooSmall(count=len(set(plan.inspector_ids)))
    if not plan.items or len({item.item_id for item in plan.items}) < len(plan.items):
        raise CheckWithoutItems
    if plan.window_end < max(plan.window_start, today):
        raise CheckWindowWrong
    return Visit(
        id=visit_id,
        draw_id=visit_id,
        task_id=visit_id,
        task_no=cause.no,
        plan_id=visit_id,
        entity_id=_entity_of(plan, cause),
        initiator=department,
        participants=(department,),
        window_start=plan.window_start,
        window_end=plan.window_end,
        state=VisitState.ASSIGNED,
        reason="",
        substitute_visit_id=None,
        aggregate_version=1,
        origin=cause.origin.value,
        lead_id=cause.lead_id,
        reinspects_id=cause.reinspects_id,
        basis=plan.basis,
    )


def _entity_of(plan: CheckPlan, cause: Cause) -> UUID:
    found = plan.entity_id or cause.entity_id
    if found is None:
        raise CheckEntityMissing
    if cause.entity_id is not None and found != cause.entity_id:
        raise CheckEntityDiffers
    return found
