"""A plan as the events of planning tell it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from services.planning.domain.per_class import PerClass
from services.planning.domain.plan_content import ChosenItem
from services.planning.domain.plans import Plan
from shared.events.planning import (
    ClassRatio,
    PlanAdjustedV1,
    PlanCancelledV1,
    PlanItem,
    PlanPublishedV1,
    SpecialGate,
    VisitCap,
)


def ratios_told(ratios: PerClass) -> list[ClassRatio]:
    """All five classes, U with what applies to it."""
    return [ClassRatio(credit_class=one.value, ppm=ppm) for one, ppm in ratios.pairs()]


def caps_told(caps: PerClass | None) -> list[VisitCap]:
    return [VisitCap(credit_class=one.value, visits=visits) for one, visits in caps.pairs()] if caps else []


def plan_published(plan: Plan, at: datetime) -> PlanPublishedV1 | PlanAdjustedV1:
    """The first version is published, later ones adjust it (N6)."""
    content = plan.content
    first = PlanPublishedV1(
        aggregate_version=plan.row_version,
        plan_id=plan.id,
        plan_no=plan.plan_no,
        year=plan.year,
        title=content.title,
        version=plan.version,
        initiator=plan.initiator,
        participants=list(content.participants),
        ratios=ratios_told(content.ratios),
        window_start=content.window.start,
        window_end=content.window.end,
        published_at=at,
        method=content.method,
        items=items_told(content.items),
        visit_caps=caps_told(content.visit_caps),
        sole_ground=content.sole_ground,
        special=SpecialGate(**asdict(content.special)) if content.special else None,
        names_open=content.opening.when.value,
        names_open_basis=content.opening.basis,
        batches=content.batches,
    )
    if plan.version == 1:
        return first
    return PlanAdjustedV1(**dict(first), reason=plan.reason or "")


def items_told(items: Iterable[ChosenItem]) -> list[PlanItem]:
    return [
        PlanItem(
            item_id=item.item_id,
            department=item.department,
            code=item.code,
            name=item.name,
            level=item.level.value,
            list_version=item.list_version,
            ratio_cap_ppm=item.ratio_cap_ppm,
        )
        for item in items
    ]


def plan_cancelled(plan: Plan, at: datetime, merged_into: UUID | None = None) -> PlanCancelledV1:
    """Of a public plan. `merged_into`: the plan that took it in (N4)."""
    return PlanCancelledV1(
        aggregate_version=plan.row_version,
        plan_id=plan.id,
        plan_no=plan.plan_no,
        version=plan.require_public().version,
        reason=plan.filing.remark or "",
        cancelled_at=at,
        merged_into=merged_into,
    )
