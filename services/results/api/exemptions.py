"""Exemptions from publication over HTTP (免予公示)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import Field

from services.results.api.cursors import after_due_and_id
from services.results.api.shown import here
from services.results.domain.exemptions import Exemption
from services.results.usecases.code_tables import wordings
from services.results.usecases.exemption_lists import ExemptionFilter, exemptions_of, page_of_exemptions
from shared.runtime.app import Reading
from shared.runtime.exports import EXPORTED, Column, ExportForm, ExportFormat, Sheet, export, paged
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1/exemptions", tags=["免予公示"])


class ExemptionOut(Out):
    """一次免予公示。"""

    result_id: UUID = Field(description="检查结果编号")
    department: str = Field(description="检查部门代码", examples=["SCJG"])
    ground: str = Field(description="事由代码，见代码表 exemption_ground", examples=["trade_secret"])
    basis: str = Field(description="依据（文号、条款）", examples=["政府信息公开条例第十五条"])
    reason: str = Field(description="理由", examples=["结果涉及企业未公开的配方"])
    approved_by: str = Field(description="批准人账号", examples=["officer:reviewer-1"])
    approved_at: datetime = Field(description="批准时间")
    exempted_on: date = Field(description="免予公示日", examples=["2026-03-20"])

    @classmethod
    def of(cls, one: Exemption) -> ExemptionOut:
        return cls(
            result_id=one.record_id,
            department=one.department,
            ground=one.ground,
            basis=one.basis,
            reason=one.reason,
            approved_by=one.approved_by,
            approved_at=here(one.approved_at),
            exempted_on=one.exempted_on,
        )


def exemption_filter(
    ground: Annotated[str | None, Query(description="事由代码", examples=["trade_secret"])] = None,
    department: Annotated[str | None, Query(description="检查部门代码", examples=["SCJG"])] = None,
    first: Annotated[date | None, Query(alias="from", description="起始日", examples=["2026-01-01"])] = None,
    last: Annotated[date | None, Query(alias="to", description="截止日", examples=["2026-12-31"])] = None,
) -> ExemptionFilter:
    return ExemptionFilter(ground, department, first, last)


Asked = Annotated[ExemptionFilter, Depends(exemption_filter)]


def sheet(grounds: Mapping[str, str]) -> Sheet[Exemption]:
    """Grounds in the table's words."""
    return Sheet(
        "免予公示清单",
        (
            Column("检查结果编号", lambda one: str(one.record_id)),
            Column("检查部门", lambda one: one.department),
            Column("事由", lambda one: grounds.get(one.ground, one.ground)),
            Column("依据", lambda one: one.basis),
            Column("理由", lambda one: one.reason),
            Column("批准人", lambda one: one.approved_by),
            Column("免予公示日", lambda one: one.exempted_on),
        ),
    )


@router.get(
    "",
    response_model=Page[ExemptionOut],
    summary="免予公示清单",
    description="依法免予公示的结果，按日期排列；本部门的，联席会议办公室可见各部门的。",
)
async def list_exemptions(work: Reading, paging: Paging, asked: Asked) -> Page[ExemptionOut]:
    found = await page_of_exemptions(asked, work, paging.size + 1, after_due_and_id(paging))
    shown = found[: paging.size]
    more = next_cursor([shown[-1].exempted_on, shown[-1].record_id]) if len(found) > paging.size else None
    return Page[ExemptionOut](items=[ExemptionOut.of(one) for one in shown], next=more)


@router.get(
    "/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出免予公示清单",
    description="按相同条件导出 CSV 或 XLSX，最多 10 万行。",
)
async def export_exemptions(work: Reading, asked: Asked, form: ExportForm = ExportFormat.XLSX) -> Response:
    async with work:
        pages = paged(
            lambda size, after: exemptions_of(asked, work, size, after),
            lambda one: (one.exempted_on, one.record_id),
        )
        words = await wordings(work, "exemption_ground")
        return await export(work, sheet(*words), pages, form, asked)
