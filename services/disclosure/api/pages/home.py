"""The front page and the status page (运行状态)."""

from __future__ import annotations

from fastapi import Request, Response

from services.disclosure.api.html import page, pages_router
from services.disclosure.api.pages.reading import PublicReading
from services.disclosure.usecases.show_status import show_home, show_status

router = pages_router()


@router.get("/")
async def get_home_page(request: Request, work: PublicReading) -> Response:
    return page(request, "home.html", home=await show_home(work))


@router.get("/status")
async def get_status_page(request: Request, work: PublicReading) -> Response:
    return page(request, "status.html", portal=await show_status(work))
