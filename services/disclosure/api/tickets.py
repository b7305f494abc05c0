"""Pages of data-error tickets (纠错工单, B23): the form of every public page, what it answers, the status."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response

from services.disclosure.api.forms import key_of, new_form_key, read_form
from services.disclosure.api.headers import UNKEPT
from services.disclosure.api.html import page, pages_router
from services.disclosure.api.rooms import CurrentRooms
from services.disclosure.domain.tickets import (
    LONGEST,
    Subject,
    SubjectKind,
    Ticket,
    TicketEmpty,
    TicketTooLong,
    TicketUnknown,
)
from services.disclosure.usecases.handle_tickets import OpenTicket, open_ticket, ticket_status

router = pages_router()


def _kind(typed: str) -> SubjectKind:
    try:
        return SubjectKind(typed)
    except ValueError:
        return SubjectKind.PAGE


@router.get("/tickets/new")
async def show_ticket_form(
    request: Request,
    kind: Annotated[str, Query(max_length=20)] = "page",
    id: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    return _form(request, Subject(_kind(kind), id))


def _form(request: Request, subject: Subject, words: str = "", error: str = "", key: str = "") -> Response:
    view: dict[str, Any] = {"subject": subject, "words": words, "error": error, "longest": LONGEST}
    return page(request, "ticket_new.html", cache=UNKEPT, form_key=key or new_form_key(), **view)


@router.post("/tickets")
async def post_ticket(request: Request, rooms: CurrentRooms) -> Response:
    """Raises TooManyForms, FormUnreadable, TicketUnknown, TooManyTickets."""
    form = await read_form(request)
    subject = Subject(_kind(form.get("kind", "")), form.get("id", "")[:200])
    key = key_of(form)
    try:
        command = OpenTicket(subject, form.get("words", ""), key)
        ticket, code = await open_ticket(command, rooms.service())
    except (TicketEmpty, TicketTooLong) as refused:
        return _form(request, subject, form.get("words", ""), refused.detail, key)
    return page(request, "ticket_done.html", cache=UNKEPT, ticket=ticket, code=code)


@router.get("/tickets")
async def show_ticket_question(request: Request) -> Response:
    return _status(request)


@router.post("/tickets/status")
async def post_ticket_question(request: Request, rooms: CurrentRooms) -> Response:
    """By POST, so that the code stands in no address and no log."""
    form = await read_form(request)
    number = form.get("number", "")
    try:
        ticket = await ticket_status(number, form.get("code", ""), rooms.service())
    except TicketUnknown as refused:
        return _status(request, number=number, error=refused.detail)
    today = rooms.service()
    async with today:
        overdue = ticket.is_overdue(today.today)
    return _status(request, number=number, ticket=ticket, overdue=overdue)


def _status(
    request: Request, number: str = "", error: str = "", ticket: Ticket | None = None, overdue: bool = False
) -> Response:
    view: dict[str, Any] = {"number": number, "error": error, "ticket": ticket, "overdue": overdue}
    return page(request, "ticket_status.html", cache=UNKEPT, **view)
