"""Data-error tickets: opened by anybody, handled by an officer without part in the record, read by another (B23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.disclosure.domain.privacy import scrubbed
from services.disclosure.domain.tickets import (
    MOST_OPEN,
    WORKING_DAYS,
    Outcome,
    RecorderMayNotHandle,
    ShownTicket,
    Subject,
    SubjectKind,
    Ticket,
    TicketUnknown,
    TooManyTickets,
    check_words,
    code_hash,
    code_of,
    number_of,
)
from services.disclosure.storage.tickets import TicketFilter as TicketFilter
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE, REVIEWER
from shared.values.calendar_data import OFFICIAL_CALENDAR
from shared.values.ids import new_id

_PUBLIC = "public"
"""Who opens a ticket: nobody we know."""


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """`form_key`: the form's own secret; sent twice it opens one ticket."""

    subject: Subject
    words: str = field(metadata={"personal": True})
    form_key: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class AnswerTicket:
    ticket_id: UUID
    outcome: Outcome
    answer: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class ModerateTicket:
    """`is_fit`: the answer may be read; `is_shown`: by everybody beside the record."""

    ticket_id: UUID
    is_fit: bool
    is_shown: bool
    opinion: str


async def open_ticket(command: OpenTicket, uow: DisclosureUnitOfWork) -> tuple[Ticket, str]:
    """The ticket and its code, which is told this once. By the service for the reader, who has no account.

    Raises TicketEmpty, TicketTooLong, TicketUnknown for a record that is not there, TooManyTickets."""
    check_words(command.words)
    code = code_of(command.form_key)
    hashed = code_hash(code)
    async with uow:
        known = await uow.tickets.by_code(hashed)
        if known is not None:
            return known, code
        owner = await uow.tickets.owner_of(command.subject)
        if owner is None:
            raise TicketUnknown
        waiting = await uow.tickets.waiting(command.subject)
        if waiting >= MOST_OPEN:
            raise TooManyTickets(count=waiting)
        ticket = Ticket(
            id=new_id(),
            version=1,
            department=owner,
            number=number_of(uow.today, hashed),
            code_hash=hashed,
            subject=command.subject,
            words=scrubbed(command.words),
            opened_at=uow.now,
            due_on=OFFICIAL_CALENDAR.deadline(uow.today, WORKING_DAYS).on,
        )
        uow.acting("open_ticket", command)
        if not await uow.tickets.add(ticket, _PUBLIC):
            raise TicketUnknown
        await uow.commit(ticket)
    return ticket, code


async def ticket_status(number: str, code: str, uow: DisclosureUnitOfWork) -> Ticket:
    """Raises TicketUnknown, the same for a wrong number and a wrong code."""
    async with uow:
        found = await uow.tickets.by_code(code_hash(code))
    if found is None or found.number != "".join(number.split()):
        raise TicketUnknown
    return found


async def shown_tickets(subject: Subject, uow: DisclosureUnitOfWork) -> list[ShownTicket]:
    """What everybody reads beside a record."""
    async with uow:
        return await uow.tickets.shown(subject)


async def answer_ticket(command: AnswerTicket, uow: DisclosureUnitOfWork) -> Ticket:
    """Raises RoleMissing, TicketUnknown, RecorderMayNotHandle, TicketNotOpen, TicketEmpty."""
    uow.principal.require(REVIEWER, DEPARTMENT_ADMIN, JOINT_OFFICE)
    await _require_outsider(await one_ticket(command.ticket_id, uow), uow)
    async with uow:
        ticket = await _locked(command.ticket_id, uow)
        answered = ticket.answered(command.outcome, scrubbed(command.answer), uow.principal.subject, uow.now)
        await uow.tickets.save(answered, uow.principal.subject, uow.now)
        await uow.commit(answered)
    return answered


async def moderate_ticket(command: ModerateTicket, uow: DisclosureUnitOfWork) -> Ticket:
    """Raises RoleMissing, TicketUnknown, TicketNotOpen, SecondReaderNeeded."""
    uow.principal.require(REVIEWER, DEPARTMENT_ADMIN, JOINT_OFFICE)
    async with uow:
        ticket = await _locked(command.ticket_id, uow)
        by = uow.principal.subject
        moderated = ticket.moderated(command.is_fit, command.is_shown, command.opinion, by, uow.now)
        await uow.tickets.save(moderated, by, uow.now)
        await uow.commit(moderated)
    return moderated


async def one_ticket(ticket_id: UUID, uow: DisclosureUnitOfWork) -> Ticket:
    """Raises TicketUnknown, also for another department's."""
    async with uow:
        found = await uow.tickets.find(ticket_id)
    if found is None:
        raise TicketUnknown
    return found


async def page_of_tickets(
    wanted: TicketFilter, is_overdue: bool, uow: DisclosureUnitOfWork, size: int, after: UUID | None
) -> Sequence[Ticket]:
    async with uow:
        overdue_on: date | None = uow.today if is_overdue else None
        asked = TicketFilter(wanted.state, wanted.subject_kind, wanted.department, overdue_on)
        return await uow.tickets.page(asked, size, after)


async def _locked(ticket_id: UUID, uow: DisclosureUnitOfWork) -> Ticket:
    found = await uow.tickets.find(ticket_id, for_update=True)
    if found is None:
        raise TicketUnknown
    return found


async def _require_outsider(ticket: Ticket, uow: DisclosureUnitOfWork) -> None:
    """Results knows who recorded, inspected and reviewed. Raises RecorderMayNotHandle, PeerUnavailable."""
    if ticket.subject.kind is not SubjectKind.RESULT:
        return
    if uow.around.desk is None:
        raise RuntimeError("this process was opened without results as a peer")
    by = uow.principal
    if await uow.around.desk.took_part(UUID(ticket.subject.id), by.subject, by.inspector_id):
        raise RecorderMayNotHandle
