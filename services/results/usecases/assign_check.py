"""Assign a check without a draw (指派非抽取检查): of a lead or a re-inspection."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from services.results.domain.officers import CertificateNotValid
from services.results.domain.records import InspectionRecord, ResultUnknown
from services.results.domain.undrawn import (
    Cause,
    CheckPlan,
    CheckWithoutCause,
    Lead,
    LeadUnknown,
    OfficerOfOthers,
    Origin,
    cause_of_lead,
    undrawn_visit,
)
from services.results.domain.visit_codes import VisitCode
from services.results.domain.visits import Visit
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.issuing_codes import issue_codes
from shared.runtime.principal import DEPARTMENT_ADMIN
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class AssignCheck:
    """The department is the caller's; exactly one of `lead_id` and `reinspects_id` is its cause."""

    plan: CheckPlan
    lead_id: UUID | None
    reinspects_id: UUID | None


@dataclass(frozen=True, slots=True)
class AssignedCheck:
    visit: Visit
    records: list[InspectionRecord]
    code: VisitCode | None


async def assign_check(command: AssignCheck, uow: ResultsUnitOfWork) -> AssignedCheck:
    """Raises CheckWithoutCause, LeadUnknown, LeadClosed, ResultUnknown, OfficerNotInRegistry, OfficerOfOthers,
    CertificateNotValid, EntityNotInRegistry, PeerUnavailable, and what `undrawn_visit` raises."""
    uow.principal.require(DEPARTMENT_ADMIN)
    department = uow.principal.department
    async with uow.beside() as before:
        cause = await _cause(command, before)
        planned = undrawn_visit(new_id(), department, command.plan, cause, before.today)
    await _ask_registry(uow, command.plan, planned.entity_id)
    async with uow:
        cause = await _cause(command, uow)
        visit = undrawn_visit(new_id(), department, command.plan, cause, uow.today)
        await uow.inspection.undrawn.add_check(visit, new_id(), command.plan.inspector_ids, command.plan.items)
        await uow.review.deadlines.watch()
        await issue_codes(uow, [visit.id])
        codes = await uow.inspection.codes.of_visits([visit.id])
        assigned = AssignedCheck(visit, await uow.records.of_visits([visit.id]), codes.get(visit.id))
        await uow.commit(assigned)
    return assigned


async def page_of_leads(uow: ResultsUnitOfWork, size: int, after: UUID | None, *, is_closed: bool | None) -> list[Lead]:
    async with uow:
        return await uow.inspection.undrawn.leads(size, after, is_closed=is_closed)


async def _ask_registry(uow: ResultsUnitOfWork, plan: CheckPlan, entity_id: UUID) -> None:
    """The object is known; the officers are the department's own and may inspect on the first day."""
    on, asked_by = plan.window_start, uow.principal
    await uow.registry.entity(entity_id, asked_by)
    cards = await asyncio.gather(*(uow.registry.card(officer, on, asked_by) for officer in plan.inspector_ids))
    for card in cards:
        if card.department != asked_by.department:
            raise OfficerOfOthers(inspector_id=card.inspector_id)
        if not card.valid:
            raise CertificateNotValid(inspector_id=card.inspector_id, on=on, status="不在岗或已过期")


async def _cause(command: AssignCheck, uow: ResultsUnitOfWork) -> Cause:
    if (command.lead_id is None) == (command.reinspects_id is None):
        raise CheckWithoutCause
    if command.lead_id is not None:
        lead = await uow.inspection.undrawn.lead(command.lead_id)
        if lead is None or lead.department != uow.principal.department:
            raise LeadUnknown
        return cause_of_lead(lead)
    result_id = command.reinspects_id
    earlier = None if result_id is None else await uow.records.find(result_id)
    if earlier is None or earlier.assignment.department != uow.principal.department:
        raise ResultUnknown
    where = earlier.assignment
    return Cause(Origin.REINSPECTION, where.task_no, where.entity_id, reinspects_id=earlier.id)
