"""The verifier (核验程序): its page with digests, its files, and the page that verifies a draw in a browser (B4)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.disclosure.adapters.verifier_files import FILES, VerifierFile, online_page, verifier_file
from services.disclosure.api.headers import REVALIDATED, guard_headers, is_known
from services.disclosure.api.html import page, pages_router
from services.disclosure.api.rooms import CurrentRooms
from services.disclosure.usecases.read_draws import one_draw
from shared.runtime.problems import RouteMissing

router = pages_router()
files = APIRouter(include_in_schema=False)


@router.get("/verifier")
async def show_verifier(request: Request) -> Response:
    return page(request, "verifier.html", files=[verifier_file(name) for name in FILES])


@files.get("/verifier/{name}")
async def get_verifier_file(request: Request, name: Annotated[str, Path(max_length=40)]) -> Response:
    """Raises RouteMissing."""
    found = verifier_file(name)
    if found is None:
        raise RouteMissing
    return _file(request, found, {"Content-Disposition": f'attachment; filename="{name}"'})


@files.get("/d/{draw_id}/verify")
async def verify_draw(request: Request, draw_id: UUID, rooms: CurrentRooms) -> Response:
    """The page loads this draw's record from beside it, and then needs no network. Raises DrawNotPublic."""
    await one_draw(draw_id, rooms.nobody())
    return _file(request, online_page(), {})


def _file(request: Request, found: VerifierFile, more: dict[str, str]) -> Response:
    headers = guard_headers(found.policy) | {"Cache-Control": REVALIDATED, "ETag": f'"{found.sha256[:32]}"'} | more
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)
