"""Statistics (统计) of a year: drawings with the tables beside them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from services.disclosure.api.html import page, pages_router
from services.disclosure.api.pages.reading import PublicReading
from services.disclosure.api.pages.statistics_charts import charts_of
from services.disclosure.usecases.show_statistics import show_statistics

router = pages_router()


@router.get("/statistics")
async def get_statistics_page(
    request: Request,
    work: PublicReading,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="年度")] = None,
) -> Response:
    found = await show_statistics(year, work)
    return page(request, "statistics.html", figures=found, charts=charts_of(found))
