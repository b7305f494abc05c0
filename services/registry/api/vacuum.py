"""Regulatory vacuum over HTTP (监管真空, L6): objects that no department answers for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.registry.api.entity_models import EntityOut
from services.registry.api.export_sheets import UNANSWERED
from services.registry.api.fields import id_after
from services.registry.usecases.find_vacuum import VacuumFilter, count_unanswered, unanswered
from shared.runtime.app import Reading
from shared.runtime.exports import EXPORTED, ExportForm, ExportFormat, export, paged
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1/unanswered-entities", tags=["监管真空"])


def vacuum_filter(
    kind: Annotated[str | None, Query(description="类别", examples=["enterprise"])] = None,
    town: Annotated[str | None, Query(description="镇街或区代码（含下级）", examples=["410308100"])] = None,
) -> VacuumFilter:
    return VacuumFilter(kind, town)


Narrowed = Annotated[VacuumFilter, Depends(vacuum_filter)]


class UnansweredCountsOut(Out):
    """没有部门监管的存续对象有多少。"""

    total: int = Field(description="总数", examples=[37])
    by_town: dict[str, int] = Field(description="按所在镇街代码", examples=[{"410308100": 30, "410308102": 7}])


@router.get(
    "",
    response_model=Page[EntityOut],
    summary="没有部门监管的检查对象",
    description="存续、没有登记监管部门、没有在有效期内的许可证、行业也没有主管部门的对象，按标识排列。",
)
async def list_unanswered_entities(work: Reading, paging: Paging, narrowed: Narrowed) -> Page[EntityOut]:
    after = id_after(paging)
    async with work:
        rows = await unanswered(narrowed, paging.size + 1, after, work)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[EntityOut](items=[EntityOut.of(row) for row in shown], next=more)


@router.get(
    "/counts",
    response_model=UnansweredCountsOut,
    summary="没有部门监管的检查对象数",
    description="按镇街统计，筛选条件与列表相同。",
)
async def count_unanswered_entities(work: Reading, narrowed: Narrowed) -> UnansweredCountsOut:
    async with work:
        counts = await count_unanswered(narrowed, work)
    return UnansweredCountsOut(total=sum(counts.values()), by_town=dict(counts))


@router.get(
    "/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出没有部门监管的检查对象",
    description="筛选条件与列表相同；不含联系电话。",
)
async def export_unanswered_entities(
    work: Reading, narrowed: Narrowed, form: ExportForm = ExportFormat.CSV
) -> Response:
    async with work:
        pages = paged(lambda size, after: unanswered(narrowed, size, after, work), lambda row: row.id)
        return await export(work, UNANSWERED, pages, form, narrowed)
