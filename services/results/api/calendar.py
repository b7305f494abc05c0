"""Notices of days off over HTTP (节假日安排): the calendar that every deadline counts by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict, Field, JsonValue

from services.results.api.shown import here
from services.results.domain.notices import CalendarNotice
from services.results.usecases.load_notice import (
    ApprovedNotice,
    ApproveNotice,
    FileNotice,
    approve_notice,
    file_notice,
)
from services.results.usecases.read_calendar import YearCalendar, calendar_notices, year_calendar
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out
from shared.values.text import clean

router = APIRouter(prefix="/v1", tags=["工作日历"])
YearOf = Annotated[int, Path(description="年份", ge=2000, le=2100, examples=[2027])]
_OFF_2027 = [
    "2027-01-01",
    "2027-01-02",
    "2027-01-03",
    "2027-02-05",
    "2027-02-06",
    "2027-02-07",
    "2027-02-08",
    "2027-02-09",
    "2027-02-10",
    "2027-02-11",
    "2027-05-01",
    "2027-10-01",
]
NOTICE_EXAMPLE: dict[str, JsonValue] = {
    "year": 2027,
    "document_no": "国办发明电〔2026〕9号",
    "published_on": "2026-11-20",
    "days_off": list(_OFF_2027),
    "working_weekends": ["2027-01-31", "2027-02-20"],
}


class NoticeIn(In):
    """国务院办公厅关于一年部分节假日安排的通知。"""

    model_config = ConfigDict(json_schema_extra={"examples": [NOTICE_EXAMPLE]})

    year: int = Field(description="年份", ge=2000, le=2100, examples=[2027])
    document_no: str = Field(description="文号", min_length=1, max_length=100, examples=["国办发明电〔2026〕9号"])
    published_on: date = Field(description="发布日期", examples=["2026-11-20"])
    days_off: list[date] = Field(
        description="放假调休日（含其间的周末），可含上年最后一周", min_length=1, max_length=100, examples=[_OFF_2027]
    )
    working_weekends: list[date] = Field(
        default_factory=list, description="调休上班的周末", max_length=50, examples=[["2027-01-31", "2027-02-20"]]
    )


class NoticeOut(Out):
    """一年节假日安排的一个版本。"""

    year: int = Field(description="年份", examples=[2027])
    version: int = Field(description="版本；0 为随系统发布的安排", examples=[1])
    document_no: str = Field(description="文号", examples=["国办发明电〔2026〕9号"])
    published_on: date | None = Field(description="发布日期；随系统发布的为空", examples=["2026-11-20"])
    days_off: list[date] = Field(description="放假调休日", examples=[["2027-01-01"]])
    working_weekends: list[date] = Field(description="调休上班的周末", examples=[["2027-01-31"]])
    state: str = Field(description="waiting 待复核，effective 已生效", examples=["waiting"])
    filed_by: str = Field(description="录入人账号", examples=["officer:office-1"])
    filed_at: datetime | None = Field(description="录入时间")
    approved_by: str | None = Field(description="复核人账号", examples=["officer:office-2"])
    approved_at: datetime | None = Field(description="复核时间")

    @classmethod
    def of(cls, notice: CalendarNotice) -> NoticeOut:
        return cls(
            year=notice.year,
            version=notice.version,
            document_no=notice.document_no,
            published_on=notice.published_on,
            days_off=list(notice.days_off),
            working_weekends=list(notice.working_weekends),
            state="effective" if notice.is_effective else "waiting",
            filed_by=notice.filed_by,
            filed_at=None if notice.filed_at is None else here(notice.filed_at),
            approved_by=notice.approved_by,
            approved_at=None if notice.approved_at is None else here(notice.approved_at),
        )


class NoticesOut(Out):
    """载入的节假日安排。"""

    items: list[NoticeOut] = Field(description="按年份和版本")


class ApprovedNoticeOut(Out):
    """复核的结果：安排已生效，未办结的期限已重新计算。"""

    notice: NoticeOut = Field(description="已生效的安排")
    moved_results: int = Field(description="公示期限因此改变的检查结果数", examples=[12])
    moved_follow_ups: int = Field(description="期限因此改变的后续处置数", examples=[3])

    @classmethod
    def of_approval(cls, approved: ApprovedNotice) -> ApprovedNoticeOut:
        return cls(
            notice=NoticeOut.of(approved.notice),
            moved_results=approved.moved_results,
            moved_follow_ups=approved.moved_follow_ups,
        )


class YearCalendarOut(Out):
    """一年的工作日历。"""

    year: int = Field(description="年份", examples=[2026])
    document_no: str | None = Field(
        description="所依据通知的文号；通知未发布时为空", examples=["国办发明电〔2025〕7号"]
    )
    is_provisional: bool = Field(description="是否暂定：通知未发布，按周一至周五计算", examples=[False])
    days_off: list[date] = Field(description="放假调休日", examples=[["2026-01-01"]])
    working_weekends: list[date] = Field(description="调休上班的周末", examples=[["2026-01-04"]])

    @classmethod
    def of(cls, found: YearCalendar) -> YearCalendarOut:
        return cls(
            year=found.year,
            document_no=found.document_no,
            is_provisional=found.document_no is None,
            days_off=list(found.days_off),
            working_weekends=list(found.working_weekends),
        )


@router.get(
    "/calendar-notices",
    response_model=NoticesOut,
    summary="节假日安排",
    description="载入的各年节假日安排的全部版本，含待复核的；随系统发布的年份见 /v1/working-calendar/{year}。",
)
async def list_calendar_notices(work: Reading) -> NoticesOut:
    return NoticesOut(items=[NoticeOut.of(one) for one in await calendar_notices(work)])


@router.post(
    "/calendar-notices",
    status_code=201,
    response_model=NoticeOut,
    summary="录入节假日安排",
    description="联席会议办公室按国务院办公厅通知录入；同一年可以再录入（通知年中有调整时），经另一人复核后才生效。",
)
async def create_calendar_notice(body: NoticeIn, act: CurrentAct) -> Response:
    command = FileNotice(
        year=body.year,
        document_no=clean(body.document_no),
        published_on=body.published_on,
        days_off=tuple(body.days_off),
        working_weekends=tuple(body.working_weekends),
    )
    return await act.run(file_notice, command, shows=NoticeOut.of, status=201)


@router.post(
    "/calendar-notices/{year}/versions/{version}/approval",
    response_model=ApprovedNoticeOut,
    summary="复核节假日安排",
    description="由录入人以外的人复核；随即生效，全部未公示结果和未办结后续处置的期限重新计算，暂定期限转为确定。",
)
async def create_calendar_notice_approval(
    year: YearOf, version: Annotated[int, Path(description="版本", ge=1, examples=[1])], act: CurrentAct
) -> Response:
    return await act.run(approve_notice, ApproveNotice(year, version), shows=ApprovedNoticeOut.of_approval)


@router.get(
    "/working-calendar/{year}",
    response_model=YearCalendarOut,
    summary="一年的工作日历",
    description="现行的放假日和调休上班日；期限都按它计算。",
)
async def get_working_calendar(year: YearOf, work: Reading) -> YearCalendarOut:
    return YearCalendarOut.of(await year_calendar(year, work))
