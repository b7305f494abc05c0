"""Pages of draws: the list, one draw in its three states, the big screen, "was I in the pool" (`experience.md` 2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Request, Response

from services.disclosure.api.html import SHANGHAI, moment, page, pages_router
from services.disclosure.api.rooms import CurrentRooms
from services.disclosure.domain.draw_page_documents import DrawState
from services.disclosure.domain.draw_page_tokens import TokenMalformed, read_token
from services.disclosure.domain.draw_page_views import DrawPage, Phase
from services.disclosure.domain.tickets import Subject, SubjectKind
from services.disclosure.usecases.handle_tickets import shown_tickets
from services.disclosure.usecases.read_draws import (
    DrawFilter,
    WindowStillOpen,
    one_draw,
    page_of_draws,
    where_stands,
)
from shared.runtime.http import next_cursor, page_query
from shared.runtime.problems import BadCursor
from shared.values.text import clean

router = pages_router()
_ROWS: Final = 200
"""Drawn objects on one page."""
_LINES: Final = 30
STATES: Final = {
    "before": (DrawState.COMMITTED.value,),
    "live": (DrawState.SEALED.value, DrawState.REVEALED.value),
    "after": (DrawState.PUBLISHED.value,),
    "void": (DrawState.VOID.value,),
}


@router.get("/draws")
async def list_draws_page(
    request: Request,
    rooms: CurrentRooms,
    q: Annotated[str, Query(max_length=100)] = "",
    state: Annotated[str, Query(pattern="^(before|live|after|void)?$")] = "",
    task_no: Annotated[str, Query(max_length=64)] = "",
    plan_no: Annotated[str, Query(max_length=64)] = "",
    from_on: Annotated[str, Query(max_length=10)] = "",
    to_on: Annotated[str, Query(max_length=10)] = "",
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    asked = {"q": q, "state": state, "task_no": task_no, "plan_no": plan_no, "from_on": from_on, "to_on": to_on}
    wanted = DrawFilter(
        text=clean(q) or None,
        task_no=clean(task_no) or None,
        plan_no=clean(plan_no) or None,
        states=STATES.get(state),
        from_on=_day(from_on),
        to_on=_day(to_on),
    )
    found = await page_of_draws(wanted, rooms.nobody(), _LINES + 1, await _after(cursor))
    lines = found[:_LINES]
    more = next_cursor([lines[-1].committed_at.isoformat(), lines[-1].draw_id]) if len(found) > _LINES else None
    return page(request, "draw_list.html", lines=lines, filters=asked, next=more, is_first=cursor is None)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return None


async def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Raises BadCursor."""
    if cursor is None:
        return None
    after = (await page_query(1, cursor)).after or []
    try:
        return datetime.fromisoformat(str(after[0])), UUID(str(after[1]))
    except (ValueError, IndexError) as error:
        raise BadCursor from error


@router.get("/d/{draw_id}")
async def show_draw(
    request: Request,
    draw_id: UUID,
    rooms: CurrentRooms,
    rows: Annotated[int, Query(ge=1, le=5000, description="抽中名单的第几页")] = 1,
) -> Response:
    work = rooms.nobody()
    draw = await one_draw(draw_id, work)
    corrections = await shown_tickets(Subject(SubjectKind.DRAW, str(draw_id)), rooms.nobody())
    return page(request, "draw.html", corrections=corrections, **_view(draw, rows, work.now))


def _view(draw: DrawPage, rows: int, now: datetime) -> dict[str, Any]:
    start = (rows - 1) * _ROWS
    return {
        "draw": draw,
        "phase": draw.phase.value,
        "refreshes": draw.phase is Phase.LIVE,
        "shown": draw.drawn[start : start + _ROWS],
        "rows": rows,
        "more": start + _ROWS < len(draw.drawn),
        "moments": [(one, remaining(one.at, now)) for one in draw.moments],
        "labels": labels_of(draw),
        "second": second,
        "clock": clock,
    }


def labels_of(draw: DrawPage) -> dict[str, str]:
    return {row.stratum: row.label for row in draw.strata}


def clock(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%H:%M:%S}"


def second(at: datetime) -> str:
    """2026年11月24日 17:05:09: steps of a ceremony may be seconds apart."""
    return f"{moment(at)}:{at.astimezone(SHANGHAI):%S}"


def remaining(at: datetime, now: datetime) -> str:
    """How long until then, in words that are right without a script."""
    seconds = int((at - now).total_seconds())
    if seconds <= 0:
        return "已到"
    days, rest = divmod(seconds, 86400)
    hours, minutes = divmod(rest // 60, 60)
    words = [f"{days} 天"] if days else []
    words += [f"{hours} 小时"] if hours else []
    words += [f"{minutes} 分"] if minutes and not days else []
    return "还有 " + " ".join(words or ["不到 1 分钟"])


@router.get("/d/{draw_id}/screen")
async def show_draw_screen(request: Request, draw_id: UUID, rooms: CurrentRooms) -> Response:
    """For a hall: large, one look, the same data as the page."""
    work = rooms.nobody()
    draw = await one_draw(draw_id, work)
    return page(request, "draw_screen.html", **_view(draw, 1, work.now))


@router.get("/d/{draw_id}/pool")
async def show_pool_place(
    request: Request, draw_id: UUID, rooms: CurrentRooms, token: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Was I in the pool, and why was I drawn or not (B4): by the token of one's own, after the window."""
    work = rooms.nobody()
    draw = await one_draw(draw_id, work)
    found, error = None, ""
    is_open = work.today > draw.window_end
    if token and is_open:
        try:
            found = await where_stands(draw_id, read_token(token), rooms.nobody())
        except (TokenMalformed, WindowStillOpen) as refused:
            error = refused.detail
    return page(
        request,
        "draw_pool.html",
        draw=draw,
        token=token,
        found=found,
        error=error,
        is_open=is_open,
        labels=labels_of(draw),
    )
