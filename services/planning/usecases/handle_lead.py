"""A lead is registered (登记), checked (核查), disposed of (处理) and linked (关联): S1, S3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.planning.domain.leads import (
    Lead,
    LeadCheck,
    LeadContent,
    LeadLinks,
    LeadOutcome,
    LeadState,
    LeadUnknown,
)
from services.planning.domain.numbers import lead_no
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step
from services.planning.usecases.permissions import require_owner_or_office
from shared.events.planning import LeadClosedV1, LeadRegisteredV1
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class RegisterLead:
    content: LeadContent


@dataclass(frozen=True, slots=True)
class CheckLead:
    lead_id: UUID
    checked_on: date
    finding: str


@dataclass(frozen=True, slots=True)
class DisposeLead:
    lead_id: UUID
    outcome: LeadOutcome
    disposal: str
    links: LeadLinks


@dataclass(frozen=True, slots=True)
class LinkLead:
    lead_id: UUID
    links: LeadLinks


async def register_lead(command: RegisterLead, uow: PlanningUnitOfWork) -> Lead:
    """By the department that answers, or by the joint office for it. Raises RoleMissing, NotYourDepartment,
    RegionCodeMissing, NumbersUsedUp, or what `LeadContent.check` raises."""
    async with uow:
        content = command.content
        require_owner_or_office(uow.principal, content.department)
        content.check()
        rules = await uow.rules.in_force(uow.today)
        days, region = rules.lead_check_days_of(content.kind.value), rules.region_code
        calendar = await uow.calendars.in_force()
        place = await uow.counters.next("lead", f"{region}/{uow.today:%Y%m%d}")
        lead = Lead(
            id=new_id(),
            district=uow.district,
            lead_no=lead_no(region, uow.today, place),
            content=content,
            state=LeadState.REGISTERED,
            row_version=1,
            registered_at=uow.now,
            due_on=None if days is None else calendar.deadline(content.received_on, days).on,
        )
        await uow.leads.add(lead, step(uow, "registered"))
        uow.emit(_registered(lead))
        await uow.commit(lead)
    return lead


async def check_lead(command: CheckLead, uow: PlanningUnitOfWork) -> Lead:
    """Raises LeadUnknown, NotYourDepartment, LeadNotRegistered, CheckBeforeReceipt or ReasonMissing."""
    async with uow:
        lead = await _the_lead(command.lead_id, uow)
        lead = lead.checked(LeadCheck(command.checked_on, command.finding))
        await uow.leads.save(lead, step(uow, "checked"))
        await uow.commit(lead)
    return lead


async def dispose_lead(command: DisposeLead, uow: PlanningUnitOfWork) -> Lead:
    """Raises LeadUnknown, NotYourDepartment, LeadNotChecked, OutcomeNotForKind or ReasonMissing."""
    async with uow:
        lead = await _the_lead(command.lead_id, uow)
        lead = lead.disposed(command.outcome, command.disposal, command.links, uow.now)
        await uow.leads.save(lead, step(uow, "closed"))
        uow.emit(_closed(lead, command.outcome))
        await uow.commit(lead)
    return lead


async def link_lead(command: LinkLead, uow: PlanningUnitOfWork) -> Lead:
    """Raises LeadUnknown or NotYourDepartment."""
    async with uow:
        lead = (await _the_lead(command.lead_id, uow)).linked(command.links)
        await uow.leads.save(lead, step(uow, "linked"))
        await uow.commit(lead)
    return lead


async def _the_lead(lead_id: UUID, uow: PlanningUnitOfWork) -> Lead:
    lead = await uow.leads.find(lead_id, for_update=True)
    if lead is None:
        raise LeadUnknown
    require_owner_or_office(uow.principal, lead.content.department)
    return lead


def _registered(lead: Lead) -> LeadRegisteredV1:
    return LeadRegisteredV1(
        aggregate_version=lead.row_version,
        lead_id=lead.id,
        lead_no=lead.lead_no,
        kind=lead.content.kind.value,
        department=lead.content.department,
        entity_id=lead.content.entity_id,
        received_on=lead.content.received_on,
        due_on=lead.due_on,
        registered_at=lead.registered_at,
    )


def _closed(lead: Lead, outcome: LeadOutcome) -> LeadClosedV1:
    return LeadClosedV1(
        aggregate_version=lead.row_version,
        lead_id=lead.id,
        department=lead.content.department,
        outcome=outcome.value,
        result_ids=list(lead.links.result_ids),
        plan_id=lead.links.plan_id,
        closed_at=lead.closed_at or lead.registered_at,
    )
