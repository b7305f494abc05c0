"""Feedback of executing departments over HTTP (执行反馈, C4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.credit.api.shapes import Instant, after_of
from services.credit.domain.feedbacks import OUTCOME_NAMES, FeedbackFilter, FeedbackLine, Outcome
from services.credit.usecases.access import READ, require_scope
from services.credit.usecases.report_feedback import ReportFeedback, read_feedbacks, report_feedback
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.exports import EXPORTED, Column, ExportForm, ExportFormat, Sheet, export, paged
from shared.runtime.http import In, Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["惩戒执行反馈"])


class FeedbackIn(In):
    """执行部门对一个惩戒标记的执行反馈。"""

    uscc: str = Field(description="统一社会信用代码或检查对象编号", max_length=64, examples=["91410308MXYT81MC3Y"])
    flag_id: UUID = Field(description="惩戒标记编号")
    outcome: Outcome = Field(
        description="carried_out 已执行，no_occasion 未遇到适用情形，not_carried_out 未执行", examples=["carried_out"]
    )
    taken_on: date = Field(description="执行日期", examples=["2026-11-24"])
    text: str = Field(description="执行情况", min_length=1, max_length=1000, examples=["取消其参加本项目投标的资格"])


class FeedbackOut(Out):
    """一条执行反馈。"""

    feedback_id: UUID = Field(description="反馈编号")
    department: str = Field(description="执行部门", examples=["CZJ"])
    flag_id: UUID = Field(description="惩戒标记编号")
    entity_id: UUID = Field(description="检查对象编号")
    uscc: str | None = Field(description="统一社会信用代码", examples=["91410308MXYT81MC3Y"])
    entity_name: str | None = Field(description="名称", examples=["孟津区丰穗霖保安服务有限公司"])
    area: str = Field(description="惩戒领域代码", examples=["government_procurement"])
    measure_code: str = Field(description="措施代码", examples=["CJ-ZFCG-01"])
    outcome: Outcome = Field(description="结果代码", examples=["carried_out"])
    outcome_name: str = Field(description="结果", examples=["已执行"])
    taken_on: date = Field(description="执行日期")
    text: str = Field(description="执行情况", examples=["取消其参加本项目投标的资格"])
    reported_by: str = Field(description="反馈人", examples=["officer:wang"])
    reported_at: Instant = Field(description="反馈时间")

    @classmethod
    def of(cls, line: FeedbackLine) -> FeedbackOut:
        one = line.feedback
        return cls(
            feedback_id=one.id,
            department=one.owner_department,
            flag_id=one.flag_id,
            entity_id=one.entity_id,
            uscc=line.uscc,
            entity_name=line.entity_name,
            area=one.area,
            measure_code=one.measure_code,
            outcome=one.outcome,
            outcome_name=OUTCOME_NAMES[one.outcome],
            taken_on=one.taken_on,
            text=one.text,
            reported_by=one.reported_by,
            reported_at=one.reported_at,
        )


async def wanted_feedbacks(
    area: Annotated[str | None, Query(description="惩戒领域代码", examples=["bidding"])] = None,
    measure_code: Annotated[str | None, Query(description="措施代码", examples=["CJ-ZTB-01"])] = None,
    outcome: Annotated[Outcome | None, Query(description="结果代码", examples=["carried_out"])] = None,
    department: Annotated[str | None, Query(description="执行部门", examples=["CZJ"])] = None,
    entity_id: Annotated[UUID | None, Query(description="检查对象编号")] = None,
    flag_id: Annotated[UUID | None, Query(description="惩戒标记编号")] = None,
    taken_from: Annotated[date | None, Query(description="执行日期不早于")] = None,
    taken_to: Annotated[date | None, Query(description="执行日期不晚于")] = None,
    q: Annotated[str | None, Query(description="名称中的文字或统一社会信用代码", max_length=100)] = None,
) -> FeedbackFilter:
    return FeedbackFilter(area, measure_code, outcome, department, entity_id, flag_id, taken_from, taken_to, q)


Wanted = Annotated[FeedbackFilter, Depends(wanted_feedbacks)]
_SHEET: Final[Sheet[FeedbackLine]] = Sheet(
    "联合惩戒执行反馈",
    (
        Column("统一社会信用代码", lambda line: line.uscc),
        Column("名称", lambda line: line.entity_name),
        Column("惩戒领域", lambda line: line.feedback.area),
        Column("措施代码", lambda line: line.feedback.measure_code),
        Column("执行部门", lambda line: line.feedback.owner_department),
        Column("结果", lambda line: OUTCOME_NAMES[line.feedback.outcome]),
        Column("执行日期", lambda line: line.feedback.taken_on),
        Column("执行情况", lambda line: line.feedback.text),
        Column("反馈时间", lambda line: line.feedback.reported_at),
    ),
)


@router.post(
    "/measure-feedbacks",
    response_model=FeedbackOut,
    status_code=201,
    summary="报送执行反馈",
    description="由执行部门对一个惩戒标记报送执行情况，执行日期须在标记的有效期内；可多次报送，每次单独留存。",
)
async def create_measure_feedback(body: FeedbackIn, act: CurrentAct) -> Response:
    command = ReportFeedback(body.uscc, body.flag_id, body.outcome, body.taken_on, body.text)
    return await act.run(report_feedback, command, shows=FeedbackOut.of, status=201)


@router.get(
    "/measure-feedbacks",
    response_model=Page[FeedbackOut],
    summary="执行反馈",
    description="新报送的在前。各部门看本部门的，联席会议办公室和监督机关看全部。",
)
async def list_measure_feedbacks(work: Reading, paging: Paging, wanted: Wanted) -> Page[FeedbackOut]:
    after: Any = after_of(paging, datetime.fromisoformat, UUID)
    lines, _ = await read_feedbacks(wanted, paging.size + 1, after, work)
    shown = lines[: paging.size]
    last = shown[-1].feedback if len(lines) > paging.size else None
    more = None if last is None else next_cursor([last.reported_at, last.id])
    return Page[FeedbackOut](items=[FeedbackOut.of(line) for line in shown], next=more)


@router.get(
    "/measure-feedbacks/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出执行反馈",
    description="按同样的条件导出为 CSV 或 XLSX，导出行为留痕。",
)
async def export_measure_feedbacks(work: Reading, wanted: Wanted, form: ExportForm = ExportFormat.XLSX) -> Response:
    require_scope(work.principal, READ)
    async with work:

        async def page(size: int, after: tuple[datetime, UUID] | None) -> Sequence[FeedbackLine]:
            found: Sequence[FeedbackLine] = await work.feedbacks.newest(wanted, size, after)
            return found

        pages = paged(page, lambda line: (line.feedback.reported_at, line.feedback.id))
        return await export(work, _SHEET, pages, form, wanted)
