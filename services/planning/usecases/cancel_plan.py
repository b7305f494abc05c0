"""A plan is cancelled (取消) with a reason; a public one is told of."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.plans import Plan
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_plan
from services.planning.usecases.permissions import require_owner_or_office
from shared.events.planning import PlanCancelledV1


@dataclass(frozen=True, slots=True)
class CancelPlan:
    plan_id: UUID
    reason: str


async def cancel_plan(command: CancelPlan, uow: PlanningUnitOfWork) -> Plan:
    """Raises PlanCancelledAlready, PlanHasOpenTasks, ReasonMissing, RoleMissing or NotYourDepartment."""
    async with uow:
        plan = await the_plan(uow, command.plan_id)
        require_owner_or_office(uow.principal, plan.initiator)
        plan = plan.cancel(command.reason, await uow.tasks.count_open(plan.id))
        await uow.plans.save(plan, step(uow, "cancelled"))
        if plan.in_force is not None:
            uow.emit(
                PlanCancelledV1(
                    aggregate_version=plan.row_version,
                    plan_id=plan.id,
                    plan_no=plan.plan_no,
                    version=plan.in_force.version,
                    reason=plan.filing.remark or "",
                    cancelled_at=uow.now,
                )
            )
        await uow.commit(plan)
    return plan
