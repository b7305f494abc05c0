"""Items that find nothing, over HTTP (监管真空, L6)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.planning.api.cursors import pair_cursor
from services.planning.api.filters import Level, Owner, Sought, Year
from services.planning.domain.filters import ItemFilter
from services.planning.domain.vacuum import GAP_NAMES, Gap, ItemReach
from services.planning.usecases.find_vacuum import find_vacuum
from shared.runtime.app import Reading
from shared.runtime.exports import EXPORTED, Column, ExportForm, ExportFormat, Sheet, at_once, export
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1/item-vacuums", tags=["监管真空"])
Missing = Annotated[Gap | None, Query(description="objects 没有检查对象，inspectors 没有合格人员；不填为任一")]
SHEET: Sheet[ItemReach] = Sheet(
    "监管真空事项",
    (
        Column("部门", lambda one: one.listed.department),
        Column("事项编码", lambda one: one.listed.item.code),
        Column("事项名称", lambda one: one.listed.item.name),
        Column("缺什么", lambda one: [GAP_NAMES[gap] for gap in one.gaps]),
        Column("检查对象数", lambda one: one.objects),
        Column("合格人员数", lambda one: one.inspectors),
        Column("执法领域", lambda one: one.listed.item.fields),
    ),
)


class VacuumOut(Out):
    """一个找不到检查对象或合格人员的现行事项。"""

    item_id: UUID = Field(description="事项编号")
    department: str = Field(description="检查主体（部门代码）", examples=["scjg"])
    code: str = Field(description="事项编码", examples=["scjg-001"])
    name: str = Field(description="事项名称", examples=["市场主体登记事项检查"])
    gaps: list[Gap] = Field(description="objects 没有检查对象，inspectors 没有合格人员", examples=[["inspectors"]])
    objects: int = Field(description="由该部门监管、属于事项类别的存续对象数", examples=[120])
    inspectors: int = Field(description="该部门今天可以执法检查、执法领域相符的人数", examples=[0])

    @classmethod
    def of(cls, one: ItemReach) -> VacuumOut:
        return cls(
            item_id=one.listed.id,
            department=one.listed.department,
            code=one.listed.item.code,
            name=one.listed.item.name,
            gaps=list(one.gaps),
            objects=one.objects,
            inspectors=one.inspectors,
        )


@router.get(
    "",
    response_model=Page[VacuumOut],
    summary="监管真空事项",
    description="现行事项中没有检查对象的、没有合格执法检查人员的，按部门和事项编码排列，以今天的名录库计算。",
)
async def list_item_vacuums(
    work: Reading,
    paging: Paging,
    gap: Missing = None,
    department: Owner = None,
    level: Level = None,
    q: Sought = None,
    year: Year = None,
) -> Page[VacuumOut]:
    after = pair_cursor(paging.after) or ("", "")
    found = await find_vacuum(await _wanted(work, year, department, level, q), gap, work)
    rows = [one for one in found if _key(one) > after]
    shown = rows[: paging.size]
    more = next_cursor(_key(shown[-1])) if len(rows) > paging.size else None
    return Page[VacuumOut](items=[VacuumOut.of(row) for row in shown], next=more)


@router.get(
    "/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出监管真空事项",
    description="筛选条件与列表相同。",
)
async def export_item_vacuums(
    work: Reading,
    gap: Missing = None,
    department: Owner = None,
    level: Level = None,
    q: Sought = None,
    year: Year = None,
    form: ExportForm = ExportFormat.CSV,
) -> Response:
    wanted = await _wanted(work, year, department, level, q)
    found = await find_vacuum(wanted, gap, work)
    async with work:
        return await export(work, SHEET, at_once(found), form, wanted)


async def _wanted(work: Reading, year: int | None, department: str | None, level: Level, q: str | None) -> ItemFilter:
    async with work.beside() as other:
        return ItemFilter(year or other.today.year, department, level, q)


def _key(one: ItemReach) -> tuple[str, str]:
    return one.listed.department, one.listed.item.code
