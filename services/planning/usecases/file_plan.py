"""A department files a plan (编制抽查计划) as initiator, or edits the draft."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.planning.domain.filing import Filing, FilingState
from services.planning.domain.numbers import plan_no
from services.planning.domain.plans import WHAT, Plan
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step, the_plan
from services.planning.usecases.permissions import require_owner
from services.planning.usecases.plan_fields import PlanFields, PlanOf, content_of
from shared.runtime.principal import DEPARTMENT_ADMIN
from shared.runtime.problems import VersionChanged
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class FilePlan:
    """The initiator (发起部门) is the caller's department."""

    year: int
    fields: PlanFields


@dataclass(frozen=True, slots=True)
class RevisePlan:
    """`seen`: the row version the edit is based on (If-Match)."""

    plan_id: UUID
    seen: int
    fields: PlanFields


async def file_plan(command: FilePlan, uow: PlanningUnitOfWork) -> Plan:
    """A draft with its number. Raises RoleMissing, RegionCodeMissing, NumbersUsedUp, or the rule that the content
    breaks: `planning.ratio_falls_with_risk`, `planning.ratio_above_cap`, `planning.sole_department_without_ground` …"""
    async with uow:
        uow.principal.require(DEPARTMENT_ADMIN)
        initiator, year = uow.principal.department, command.year
        content = await content_of(command.fields, PlanOf(initiator, year), uow)
        region = (await uow.rules.in_force(uow.today)).region_code
        plan = Plan(
            id=new_id(),
            district=uow.district,
            plan_no=plan_no(region, year, await uow.counters.next("plan", f"{region}/{year}")),
            year=year,
            initiator=initiator,
            version=1,
            revision=1,
            row_version=1,
            filing=Filing(WHAT, FilingState.DRAFT, (uow.principal.subject,)),
            content=content,
            created_at=uow.now,
        )
        await uow.plans.add(plan, step(uow, "filed"))
        await uow.commit(plan)
    return plan


async def revise_plan(command: RevisePlan, uow: PlanningUnitOfWork) -> Plan:
    """New content for a draft or a returned plan. Raises VersionChanged, NotEditable, NotYourDepartment, or the rule
    that the content breaks."""
    async with uow:
        plan = await the_plan(uow, command.plan_id)
        require_owner(uow.principal, plan.initiator)
        if plan.row_version != command.seen:
            raise VersionChanged
        content = await content_of(command.fields, PlanOf(plan.initiator, plan.year), uow)
        plan = plan.revise(content, uow.principal.subject)
        await uow.plans.save(plan, step(uow, "revised"), has_new_content=True)
        await uow.commit(plan)
    return plan
