"""A plan is cancelled (取消) with a reason; a public one is told of."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.plans import Plan
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_plan
from services.planning.usecases.permissions import require_owner_or_office
from services.planning.usecases.settle_merges import drop_merges, require_not_merging
from services.planning.usecases.tell_plan import plan_cancelled


@dataclass(frozen=True, slots=True)
class CancelPlan:
    plan_id: UUID
    reason: str


async def cancel_plan(command: CancelPlan, uow: PlanningUnitOfWork) -> Plan:
    """Raises PlanCancelledAlready, PlanHasOpenTasks, PlanMergingAlready, ReasonMissing, RoleMissing or
    NotYourDepartment."""
    async with uow:
        plan = await the_plan(uow, command.plan_id)
        require_owner_or_office(uow.principal, plan.initiator)
        await require_not_merging(plan, uow)
        plan = plan.cancel(command.reason, await uow.tasks.count_open(plan.id))
        await uow.plans.save(plan, step(uow, "cancelled"))
        if plan.in_force is not None:
            uow.emit(plan_cancelled(plan, uow.now))
        await drop_merges(plan, uow)
        await uow.commit(plan)
    return plan
