"""`/openapi.json` and a page of it that people read, offline, without a script."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from gateway.adapters.documents import Audience, joined_document

router = APIRouter(include_in_schema=False)
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("pages")), autoescape=select_autoescape(["html"]), trim_blocks=True
)


For = Annotated[Audience | None, Query(description="只列出这类使用者可以调用的接口")]
_KEPT_SECONDS = 30.0
"""Joining the documents of all services is work; nobody can have it done more often than this."""


async def _joined(request: Request, audience: Audience | None) -> dict[str, Any]:
    state = request.app.state
    kept: dict[Audience | None, tuple[float, dict[str, Any]]] = state.__dict__.setdefault("documents", {})
    if audience in kept and time.monotonic() - kept[audience][0] < _KEPT_SECONDS:
        return kept[audience][1]
    document = await joined_document(request.app.openapi(), state.upstreams, state.routes, audience)
    if "x-unavailable" not in document:
        kept[audience] = (time.monotonic(), document)
    return document


@router.get("/openapi.json")
async def get_openapi(request: Request, audience: For = None) -> JSONResponse:
    return JSONResponse(await _joined(request, audience))


@router.get("/docs")
async def get_docs(request: Request, audience: For = None) -> HTMLResponse:
    document = await _joined(request, audience)
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            tag = operation.get("tags", ["其他"])[0]
            groups.setdefault(tag, []).append({"method": method.upper(), "path": path, **operation})
    return page_of("docs.html", document=document, groups=groups)


@router.get("/developers")
async def get_root() -> HTMLResponse:
    return page_of("home.html")


def page_of(name: str, **facts: Any) -> HTMLResponse:
    """A page of the gateway: no script, nothing from elsewhere."""
    page = _PAGES.get_template(name).render(**facts)
    return HTMLResponse(page, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})
