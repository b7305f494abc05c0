"""Pages for the enterprise that answers a public result (陈述申辩, B6) with the code from its notice (检查码)."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Request, Response

from services.disclosure.adapters.results_desk import StatementRefused
from services.disclosure.api.forms import FormUnreadable, key_of, new_form_key, read_form
from services.disclosure.api.headers import UNKEPT
from services.disclosure.api.html import page, pages_router
from services.disclosure.api.rooms import CurrentRooms, Rooms
from services.disclosure.domain.statements import LONGEST, StatementEmpty, StatementTooLong, check_words
from services.disclosure.usecases.units import Desk
from shared.values.errors import NotFound

router = pages_router()
_CODE_UNKNOWN: Final = "检查码不对，或它不是这条检查结果的检查码。检查码印在检查通知书上。"


def _desk(rooms: Rooms) -> Desk:
    desk = rooms.nobody().around.desk
    if desk is None:
        raise RuntimeError("this process was opened without results as a peer")
    return desk


@router.get("/statements/new")
async def show_statement_form(request: Request, result: Annotated[str, Query(max_length=40)] = "") -> Response:
    return _form(request, result)


def _form(request: Request, result: str, text: str = "", error: str = "", key: str = "") -> Response:
    view: dict[str, Any] = {"result": result, "text": text, "error": error, "longest": LONGEST}
    return page(request, "statement_new.html", cache=UNKEPT, form_key=key or new_form_key(), **view)


@router.post("/statements")
async def post_statement(request: Request, rooms: CurrentRooms) -> Response:
    """Results keeps it and has it read. Raises TooManyForms, FormUnreadable, PeerUnavailable."""
    form = await read_form(request)
    result, text, key = form.get("result", ""), form.get("text", ""), key_of(form)
    try:
        result_id = UUID(result)
    except ValueError as error:
        raise FormUnreadable from error
    try:
        check_words(text)
        made = await _desk(rooms).state(form.get("code", ""), result_id, text, key)
    except NotFound:
        return _form(request, result, text, _CODE_UNKNOWN, key)
    except (StatementEmpty, StatementTooLong, StatementRefused) as refused:
        return _form(request, result, text, refused.detail, key)
    return page(request, "statement_done.html", cache=UNKEPT, made=made)


@router.get("/statements")
async def show_statement_question(request: Request) -> Response:
    return page(request, "statement_status.html", cache=UNKEPT, found=None, error="")


@router.post("/statements/status")
async def post_statement_question(request: Request, rooms: CurrentRooms) -> Response:
    form = await read_form(request)
    try:
        found = await _desk(rooms).statements(form.get("code", ""))
    except NotFound:
        return page(request, "statement_status.html", cache=UNKEPT, found=None, error=_CODE_UNKNOWN)
    except StatementRefused as refused:
        return page(request, "statement_status.html", cache=UNKEPT, found=None, error=refused.detail)
    return page(request, "statement_status.html", cache=UNKEPT, found=found, error="")
