"""Open data (开放数据): today's files, the data dictionary, what was superseded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request, Response

from services.disclosure.api.html import page, pages_router
from services.disclosure.api.pages.reading import PublicReading
from services.disclosure.domain.views import OpenDataPage
from services.disclosure.domain.words import DATASETS
from services.disclosure.usecases.name_departments import name_departments
from services.disclosure.usecases.show_open_data import show_open_data

router = pages_router()
_FORMS: Final = {"csv": "CSV", "jsonl": "JSON Lines"}


@router.get("/open-data")
async def get_open_data_page(request: Request, work: PublicReading) -> Response:
    data = await show_open_data(work)
    return page(request, "open_data.html", **open_data_view(data, await name_departments(work)))


def open_data_view(data: OpenDataPage, departments: Mapping[str, str]) -> dict[str, Any]:
    """The template's variables."""

    def scope_words(scope: str) -> str:
        """`all`, `delta`, `2026`, `2026/market` in words."""
        if scope in ("all", "delta"):
            return {"all": "全部", "delta": "当日变化"}[scope]
        year, _, department = scope.replace("-", "/", 1).partition("/")
        return f"{year}年" + (f"，{departments.get(department, department)}" if department else "")

    return {"data": data, "forms": _FORMS, "names": DATASETS, "scope": scope_words}
