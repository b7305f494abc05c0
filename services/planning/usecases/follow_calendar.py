"""A notice of days off that results tells of: terms of leads nobody has checked yet are computed anew (R2, S1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.planning.domain.rules import Rules
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find import step
from shared.events.planning import LeadRescheduledV1
from shared.events.results import CalendarChangedV1
from shared.runtime.unit_of_work import SHANGHAI


async def follow_calendar(told: Sequence[CalendarChangedV1], uow: PlanningUnitOfWork) -> None:
    """A lead keeps the number of days that its rule gave it on the day it was registered."""
    await uow.calendars.save(told)
    calendar, rules = await uow.calendars.in_force(), dict[date, Rules]()
    for lead in await uow.leads.waiting():
        day = lead.registered_at.astimezone(SHANGHAI).date()
        if day not in rules:
            rules[day] = await uow.rules.in_force(day)
        days = rules[day].lead_check_days_of(lead.content.kind.value)
        if days is None:
            continue
        due_on = calendar.deadline(lead.content.received_on, days).on
        if due_on != lead.due_on:
            moved = lead.rescheduled(due_on)
            await uow.leads.save(moved, step(uow, "rescheduled"))
            uow.emit(LeadRescheduledV1(aggregate_version=moved.row_version, lead_id=moved.id, due_on=due_on))
