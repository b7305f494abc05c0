"""Pages of plans and tasks: `/plans`, `/p/{plan_no}`, `/t/{task_no}` (N5, N6)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from services.disclosure.api.html import page, pages_router
from services.disclosure.api.pages.reading import PublicReading
from services.disclosure.usecases.show_plan import list_plans, show_plan, show_task
from shared.runtime.http import PageQuery, Paging, next_cursor
from shared.runtime.problems import BadCursor

router = pages_router()
_MOST = 20


@router.get("/plans")
async def get_plans_page(
    request: Request,
    paging: Paging,
    work: PublicReading,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="年度")] = None,
) -> Response:
    """Newest publication first. Raises BadCursor."""
    found = await list_plans(year, None, _after(paging), _MOST + 1, work)
    shown = found[:_MOST]
    more = len(found) > _MOST
    return page(
        request,
        "plans.html",
        plans=shown,
        years=sorted({plan.year for plan in shown} | ({year} if year else set()), reverse=True),
        filters={"year": year, "cursor": request.query_params.get("cursor")},
        next=next_cursor([shown[-1].published_at.isoformat(), str(shown[-1].plan_id)]) if more else None,
    )


def _after(paging: PageQuery) -> tuple[datetime, UUID] | None:
    if not paging.after:
        return None
    try:
        return datetime.fromisoformat(str(paging.after[0])), UUID(str(paging.after[1]))
    except (ValueError, IndexError) as error:
        raise BadCursor from error


@router.get("/p/{plan_no}")
async def get_plan_page(request: Request, plan_no: str, work: PublicReading) -> Response:
    """Raises PlanNotShown."""
    return page(request, "plan.html", plan=await show_plan(plan_no, work))


@router.get("/t/{task_no}")
async def get_task_page(request: Request, task_no: str, work: PublicReading) -> Response:
    """Raises TaskNotShown."""
    return page(request, "task.html", task=await show_task(task_no, work))
