"""`/openapi.json` and a page of it that people read, offline, without a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from gateway.adapters.documents import joined_document

router = APIRouter(include_in_schema=False)
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("pages")), autoescape=select_autoescape(["html"]), trim_blocks=True
)


async def _joined(request: Request) -> dict[str, Any]:
    state = request.app.state
    return await joined_document(request.app.openapi(), state.upstreams, state.routes)


@router.get("/openapi.json")
async def get_openapi(request: Request) -> JSONResponse:
    return JSONResponse(await _joined(request))


@router.get("/docs")
async def get_docs(request: Request) -> HTMLResponse:
    document = await _joined(request)
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            tag = operation.get("tags", ["其他"])[0]
            groups.setdefault(tag, []).append({"method": method.upper(), "path": path, **operation})
    page = _PAGES.get_template("docs.html").render(document=document, groups=groups)
    return HTMLResponse(page, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})


@router.get("/")
async def get_root() -> HTMLResponse:
    return HTMLResponse(
        _PAGES.get_template("home.html").render(),
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )
