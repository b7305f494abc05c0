"""Evidence of duty done and missed over HTTP (尽职、失职的证据)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import Field

from services.results.api.cursors import after_id
from services.results.api.shown import here
from services.results.usecases.duty_evidence import DutyEvidence, DutyFilter, duties_of, page_of_duties
from shared.runtime.app import Reading
from shared.runtime.exports import EXPORTED, Column, ExportForm, ExportFormat, Sheet, export, paged
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1/duty-evidence", tags=["履职证据"])


class DutyEvidenceOut(Out):
    """一个部门对一次检查的履职情况，由办理记录得出。"""

    result_id: UUID = Field(description="检查记录（结果）编号")
    visit_id: UUID = Field(description="检查编号")
    task_no: str = Field(description="任务编号（公开编号）", examples=["410308202603091001"])
    department: str = Field(description="部门代码", examples=["SCJG"])
    entity_id: UUID = Field(description="检查对象编号")
    entity_name: str | None = Field(description="检查对象名称（录入后）", examples=["孟津示例食品有限公司"])
    inspector_ids: list[UUID] = Field(description="指派的检查人员")
    state: str = Field(description="办理状态", examples=["published"])
    window_start: date = Field(description="检查时段的第一天", examples=["2026-03-01"])
    window_end: date = Field(description="检查时段的最后一天", examples=["2026-05-31"])
    assigned_at: datetime | None = Field(description="指派时间")
    visited_on: date | None = Field(description="检查日期", examples=["2026-03-09"])
    recorded_at: datetime | None = Field(description="首次录入时间")
    concluded_on: date | None = Field(description="结果形成日期", examples=["2026-03-09"])
    due_on: date | None = Field(description="公示期限", examples=["2026-04-07"])
    published_on: date | None = Field(description="公示日期", examples=["2026-03-20"])
    follow_ups: int = Field(description="后续处置数", examples=[1])
    missed: list[str] = Field(
        description="未尽的职责：not_inspected 逾期未检查，no_conclusion 检查后逾期未形成结果，"
        "not_published 逾期未公示，published_late 逾期公示，follow_up_overdue 后续处置逾期未办结，"
        "follow_up_late 后续处置逾期办结，problem_unfollowed 发现问题未开展后续处置；为空表示至今都按期履职",
        examples=[["published_late"]],
    )

    @classmethod
    def of(cls, one: DutyEvidence) -> DutyEvidenceOut:
        facts = one.facts
        return cls(
            result_id=facts.record_id,
            visit_id=facts.visit_id,
            task_no=facts.task_no,
            department=facts.department,
            entity_id=facts.entity_id,
            entity_name=facts.entity_name,
            inspector_ids=list(facts.inspector_ids),
            state=facts.state.value,
            window_start=facts.window_start,
            window_end=facts.window_end,
            assigned_at=None if facts.assigned_at is None else here(facts.assigned_at),
            visited_on=facts.visited_on,
            recorded_at=None if facts.recorded_at is None else here(facts.recorded_at),
            concluded_on=facts.concluded_on,
            due_on=facts.due_on,
            published_on=facts.published_on,
            follow_ups=facts.follow_ups,
            missed=[kind.value for kind in one.missed],
        )


def duty_filter(
    inspector: Annotated[UUID | None, Query(description="检查人员编号")] = None,
    entity: Annotated[UUID | None, Query(description="检查对象编号")] = None,
    department: Annotated[str | None, Query(description="部门代码", examples=["SCJG"])] = None,
    task: Annotated[UUID | None, Query(description="抽查任务编号")] = None,
    first: Annotated[
        date | None, Query(alias="from", description="检查时段最后一天不早于", examples=["2026-01-01"])
    ] = None,
    last: Annotated[
        date | None, Query(alias="to", description="检查时段最后一天不晚于", examples=["2026-12-31"])
    ] = None,
) -> DutyFilter:
    return DutyFilter(inspector, entity, department, task, first, last)


Asked = Annotated[DutyFilter, Depends(duty_filter)]
SHEET: Final[Sheet[DutyEvidence]] = Sheet(
    "履职情况清单",
    (
        Column("任务编号", lambda one: one.facts.task_no),
        Column("部门", lambda one: one.facts.department),
        Column("检查对象", lambda one: one.facts.entity_name),
        Column("状态", lambda one: one.facts.state.chinese),
        Column("指派时间", lambda one: one.facts.assigned_at),
        Column("检查时段止", lambda one: one.facts.window_end),
        Column("检查日期", lambda one: one.facts.visited_on),
        Column("结果形成日期", lambda one: one.facts.concluded_on),
        Column("公示期限", lambda one: one.facts.due_on),
        Column("公示日期", lambda one: one.facts.published_on),
        Column("后续处置数", lambda one: one.facts.follow_ups),
        Column("未尽职责", lambda one: [kind.chinese for kind in one.missed]),
        Column("检查结果编号", lambda one: str(one.facts.record_id)),
    ),
)


@router.get(
    "",
    response_model=Page[DutyEvidenceOut],
    summary="履职证据",
    description="对任一检查对象或检查人员，应查、已查、按期公示、后续处置的时间和未尽的职责；监督机关可见各部门的。",
)
async def list_duty_evidence(work: Reading, paging: Paging, asked: Asked) -> Page[DutyEvidenceOut]:
    found = await page_of_duties(asked, work, paging.size + 1, after_id(paging))
    shown = found[: paging.size]
    more = next_cursor([shown[-1].facts.record_id]) if len(found) > paging.size else None
    return Page[DutyEvidenceOut](items=[DutyEvidenceOut.of(one) for one in shown], next=more)


@router.get(
    "/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出履职证据",
    description="按相同条件导出 CSV 或 XLSX，最多 10 万行。",
)
async def export_duty_evidence(work: Reading, asked: Asked, form: ExportForm = ExportFormat.XLSX) -> Response:
    async with work:
        pages = paged(lambda size, after: duties_of(asked, work, size, after), lambda one: one.facts.record_id)
        return await export(work, SHEET, pages, form, asked)
