"""The joint office approves a plan or an adjustment (批准), or returns it (退回)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.plans import Plan
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_plan
from services.planning.usecases.settle_merges import drop_merges
from shared.runtime.principal import JOINT_OFFICE


@dataclass(frozen=True, slots=True)
class ApprovePlan:
    plan_id: UUID


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    plan_id: UUID
    remark: str


async def approve_plan(command: ApprovePlan, uow: PlanningUnitOfWork) -> Plan:
    """Raises RoleMissing, NotSubmitted, or OwnFiling for one who filed it."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        plan = (await the_plan(uow, command.plan_id)).approve(uow.principal.subject)
        await uow.plans.save(plan, step(uow, "approved"))
        await uow.commit(plan)
    return plan


async def return_plan(command: ReturnPlan, uow: PlanningUnitOfWork) -> Plan:
    """Raises RoleMissing, NotSubmitted, ReasonMissing, or OwnFiling for one who filed it."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        plan = (await the_plan(uow, command.plan_id)).send_back(uow.principal.subject, command.remark)
        await uow.plans.save(plan, step(uow, "returned"))
        await drop_merges(plan, uow)
        await uow.commit(plan)
    return plan
