"""An approved plan, or an approved adjustment of one, becomes public (公布: N5, N6)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.plans import Plan
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_plan
from services.planning.usecases.permissions import require_owner_or_office
from services.planning.usecases.settle_merges import put_merges_into_effect
from services.planning.usecases.tell_plan import plan_published


@dataclass(frozen=True, slots=True)
class PublishPlan:
    plan_id: UUID


async def publish_plan(command: PublishPlan, uow: PlanningUnitOfWork) -> Plan:
    """Raises RoleMissing, NotYourDepartment, NotApproved, MergedPlanNotYours, or PlanHasOpenTasks of a merged plan."""
    async with uow:
        plan = await the_plan(uow, command.plan_id)
        require_owner_or_office(uow.principal, plan.initiator)
        plan = plan.publish()
        await uow.plans.save(plan, step(uow, "published"))
        await uow.plans.add_public_version(plan, step(uow, "published"))
        uow.emit(plan_published(plan, uow.now))
        await put_merges_into_effect(plan, uow)
        await uow.commit(plan)
    return plan
