"""The initiator submits a plan for approval (报送)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.plans import Plan
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_plan
from services.planning.usecases.permissions import require_owner
from services.planning.usecases.plan_fields import check_again


@dataclass(frozen=True, slots=True)
class SubmitPlan:
    plan_id: UUID


async def submit_plan(command: SubmitPlan, uow: PlanningUnitOfWork) -> Plan:
    """Raises NotEditable, NotYourDepartment, ItemNotInForce, or the rule that the plan breaks by now."""
    async with uow:
        plan = await the_plan(uow, command.plan_id)
        require_owner(uow.principal, plan.initiator)
        plan = plan.submit(uow.principal.subject)
        await check_again(plan, uow)
        await uow.plans.save(plan, step(uow, "submitted"))
        await uow.commit(plan)
    return plan
