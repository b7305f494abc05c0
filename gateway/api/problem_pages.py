"""The pages that the `type` of an error points at: one per code of the published catalogue (错误目录)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.api.documents import page_of
from shared.runtime.problems import TYPE_ROOT, RouteMissing, status_of
from shared.values.errors import DomainError

PROBLEMS: Final = TYPE_ROOT
_CATALOGUE: Final = Path(__file__).resolve().parents[2] / "docs" / "errors.md"
_ROW: Final = re.compile(r"^\| `([a-z_.]+)` \| (\d{3}) \| (.*) \|$", re.MULTILINE)
router = APIRouter(include_in_schema=False)


@cache
def catalogue() -> dict[str, tuple[str, str]]:
    """Code → HTTP status and Chinese message, as `make snapshots` wrote them; empty where they were not shipped."""
    text = _CATALOGUE.read_text("utf-8") if _CATALOGUE.is_file() else ""
    return {code: (status, message.replace("\\|", "|")) for code, status, message in _ROW.findall(text)}


def is_for_people(path: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a browser asked for a page of the public side."""
    return not path.startswith("/api/") and any(name == b"accept" and b"text/html" in value for name, value in headers)


def refusal_page(error: DomainError, request_id: str) -> HTMLResponse:
    """A refusal at the door in words, for whoever typed an address or came too often."""
    page = page_of("refused.html", code=error.code, message=error.detail, request_id=request_id)
    page.status_code = status_of(error)
    page.headers["Cache-Control"] = "no-store"
    return page


@router.get(PROBLEMS + "{code}")
async def get_problem(code: str) -> HTMLResponse:
    if code not in catalogue():
        raise RouteMissing
    status, message = catalogue()[code]
    return page_of("problem.html", code=code, status=status, message=message)
