"""Files of the portal's own: style sheet, scripts, marks. The address names the content, so they are kept for ever."""

from __future__ import annotations

import mimetypes
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from services.disclosure.api.headers import FOR_EVER, UNKEPT, guard_headers
from services.disclosure.api.html import STATIC, asset, asset_digest
from shared.runtime.problems import RouteMissing

router = APIRouter(include_in_schema=False)
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".html": "text/html"}


@router.get("/static/{digest}/{name}")
async def get_asset(digest: str, name: str) -> Response:
    """A file under its digest; under another one (an old page) the way to the present file. Raises RouteMissing."""
    present = asset_digest(name)
    if present is None:
        raise RouteMissing
    if digest != present:
        return RedirectResponse(asset(name), 302, {"Cache-Control": UNKEPT})
    suffix = name[name.rfind(".") :]
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(
        (STATIC / name).read_bytes(), media_type=kind, headers=guard_headers() | {"Cache-Control": FOR_EVER}
    )


@router.get("/favicon.ico")
async def get_icon() -> Response:
    return RedirectResponse(asset("mark.svg"), 302, {"Cache-Control": "public, max-age=86400"})


@router.get("/robots.txt")
async def get_robots() -> Response:
    """Everything may be read; whoever wants all of it is shown the files made for that (SEC22)."""
    told = "User-agent: *\nDisallow: /search\nDisallow: /v/\nCrawl-delay: 2\n# 批量数据请使用 /open-data\n"
    return Response(told, media_type="text/plain; charset=utf-8", headers=guard_headers())
