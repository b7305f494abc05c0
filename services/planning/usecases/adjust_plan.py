"""The initiator files an adjustment of a published plan (动态调整: 工作方案二（四）; N6).

The version in force holds until the adjustment is approved and published.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.plans import Plan
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_plan
from services.planning.usecases.permissions import require_owner
from services.planning.usecases.plan_fields import PlanFields, PlanOf, content_of
from services.planning.usecases.settle_merges import require_not_merging


@dataclass(frozen=True, slots=True)
class AdjustPlan:
    plan_id: UUID
    reason: str
    fields: PlanFields


async def adjust_plan(command: AdjustPlan, uow: PlanningUnitOfWork) -> Plan:
    """Raises PlanNotInForce, AdjustmentPending, PlanMergingAlready, ReasonMissing, NotYourDepartment, or the rule it
    breaks."""
    async with uow:
        plan = await the_plan(uow, command.plan_id)
        require_owner(uow.principal, plan.initiator)
        await require_not_merging(plan, uow)
        content = await content_of(command.fields, PlanOf(plan.initiator, plan.year), uow)
        plan = plan.adjust(content, command.reason, uow.principal.subject)
        await uow.plans.save(plan, step(uow, "adjusted"), has_new_content=True)
        await uow.commit(plan)
    return plan
