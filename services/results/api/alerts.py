"""Work lists over HTTP: what ends soon, what is overdue, and how departments published what fell due."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import Field

from services.results.api.cursors import after_due_and_id
from services.results.domain.deadlines import Alert
from services.results.domain.exemptions import ExemptionCount, PublicationCount
from services.results.usecases.alerts import AlertQuery, Period, alerts_of, figures_of, page_of_alerts
from shared.runtime.app import Reading
from shared.runtime.exports import EXPORTED, Column, ExportForm, ExportFormat, Sheet, export, paged
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["期限提醒"])


class AlertOut(Out):
    """一个快到期或已逾期的期限。"""

    kind: str = Field(
        description="publication 公示期限，conclusion 检查后形成结果的期限，follow_up 后续处置期限；尚未录入的检查，"
        "形成结果的期限自企业打开检查码之日起算，至迟自检查期限届满之日起算",
        examples=["publication"],
    )
    subject_id: UUID = Field(description="检查结果编号；后续处置为其编号")
    department: str = Field(description="负责部门代码", examples=["SCJG"])
    entity_id: UUID = Field(description="检查对象编号")
    entity_name: str | None = Field(
        description="检查对象名称；不可见或尚未录入时为空", examples=["孟津示例食品有限公司"]
    )
    task_no: str = Field(description="任务编号（公开编号）", examples=["410308202603091001"])
    state: str = Field(description="办理状态", examples=["approved"])
    due_on: date = Field(description="到期日", examples=["2026-04-07"])
    is_provisional: bool = Field(description="是否暂定（跨入尚未公布节假日安排的年份）", examples=[False])
    days_left: int = Field(description="剩余工作日；负数表示已逾期", examples=[5])
    is_overdue: bool = Field(description="是否逾期", examples=[False])

    @classmethod
    def of(cls, one: Alert) -> AlertOut:
        return cls(
            kind=one.kind.value,
            subject_id=one.subject_id,
            department=one.department,
            entity_id=one.entity_id,
            entity_name=one.entity_name,
            task_no=one.task_no,
            state=one.state,
            due_on=one.due_on,
            is_provisional=one.is_provisional,
            days_left=one.days_left,
            is_overdue=one.is_overdue,
        )


class PublicationCountOut(Out):
    """一个部门对期内应公示结果的公示情况。"""

    department: str = Field(description="部门代码", examples=["SCJG"])
    due: int = Field(description="期内到期的结果数", examples=[40])
    in_time: int = Field(description="按期公示数", examples=[35])
    late: int = Field(description="逾期后公示数", examples=[2])
    overdue: int = Field(description="逾期仍未公示数", examples=[1])
    open: int = Field(description="未到期未公示数", examples=[1])
    exempted: int = Field(description="免予公示数", examples=[1])

    @classmethod
    def of(cls, count: PublicationCount) -> PublicationCountOut:
        return cls(
            department=count.department,
            due=count.due,
            in_time=count.in_time,
            late=count.late,
            overdue=count.overdue,
            open=count.open,
            exempted=count.exempted,
        )


class ExemptionCountOut(Out):
    """一个部门以一种事由免予公示的次数。"""

    department: str = Field(description="部门代码", examples=["SCJG"])
    ground: str = Field(description="免予公示事由代码", examples=["trade_secret"])
    count: int = Field(description="次数", examples=[1])

    @classmethod
    def of(cls, count: ExemptionCount) -> ExemptionCountOut:
        return cls(department=count.department, ground=count.ground, count=count.count)


class FiguresOut(Out):
    """公示情况统计。"""

    publication: list[PublicationCountOut] = Field(description="各部门公示情况，按到期日统计")
    exemptions: list[ExemptionCountOut] = Field(description="各部门、各事由免予公示次数，按免予公示日统计")


def alert_query(
    kind: Annotated[
        Literal["publication", "conclusion", "follow_up"] | None,
        Query(description="期限种类", examples=["publication"]),
    ] = None,
    department: Annotated[str | None, Query(description="负责部门代码", examples=["SCJG"])] = None,
    overdue: Annotated[bool | None, Query(description="true 只看逾期，false 只看未到期；不填为全部")] = None,
    within: Annotated[
        int | None,
        Query(description="只看几个工作日内到期的；不填为本区提醒规定的最长提前日数", ge=0, le=60, examples=[5]),
    ] = None,
    q: Annotated[
        str | None, Query(description="检查对象名称的一部分，或统一社会信用代码、任务编号的开头", max_length=100)
    ] = None,
) -> AlertQuery:
    return AlertQuery(kind, department, q or None, overdue, within)


Asked = Annotated[AlertQuery, Depends(alert_query)]
SHEET: Final[Sheet[Alert]] = Sheet(
    "期限提醒清单",
    (
        Column("期限种类", lambda one: one.kind.chinese),
        Column("负责部门", lambda one: one.department),
        Column("检查对象", lambda one: one.entity_name),
        Column("任务编号", lambda one: one.task_no),
        Column("到期日", lambda one: one.due_on),
        Column("是否暂定", lambda one: one.is_provisional),
        Column("剩余工作日", lambda one: one.days_left),
        Column("是否逾期", lambda one: one.is_overdue),
        Column("编号", lambda one: str(one.subject_id)),
    ),
)


@router.get(
    "/deadline-alerts",
    response_model=Page[AlertOut],
    summary="期限提醒",
    description="快到期和已逾期的公示、形成结果和后续处置，最急的在前；本部门的和本部门参加的，联席会议办公室可见各部门的。",
)
async def list_deadline_alerts(work: Reading, paging: Paging, asked: Asked) -> Page[AlertOut]:
    found = await page_of_alerts(asked, work, paging.size + 1, after_due_and_id(paging))
    shown = found[: paging.size]
    more = next_cursor([shown[-1].due_on, shown[-1].subject_id]) if len(found) > paging.size else None
    return Page[AlertOut](items=[AlertOut.of(one) for one in shown], next=more)


@router.get(
    "/deadline-alerts/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出期限提醒",
    description="按相同条件导出 CSV 或 XLSX，最多 10 万行。",
)
async def export_deadline_alerts(work: Reading, asked: Asked, form: ExportForm = ExportFormat.XLSX) -> Response:
    async with work:
        pages = paged(lambda size, after: alerts_of(asked, work, size, after), lambda one: (one.due_on, one.subject_id))
        return await export(work, SHEET, pages, form, asked)


@router.get(
    "/publication-figures",
    response_model=FiguresOut,
    summary="公示情况统计",
    description="各部门按期、逾期公示数和免予公示数；起止两日都包含在内。本部门的，联席会议办公室可见各部门的。",
)
async def get_publication_figures(
    work: Reading,
    first: Annotated[
        date | None, Query(alias="from", description="起始日；不填为今年第一天", examples=["2026-01-01"])
    ] = None,
    last: Annotated[date | None, Query(alias="to", description="截止日；不填为今天", examples=["2026-12-31"])] = None,
) -> FiguresOut:
    figures = await figures_of(Period(first, last), work)
    return FiguresOut(
        publication=[PublicationCountOut.of(one) for one in figures.publication],
        exemptions=[ExemptionCountOut.of(one) for one in figures.exemptions],
    )
