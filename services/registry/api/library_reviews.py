"""The yearly review of the libraries over HTTP: sign, and see who signed what and what is missing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.registry.api.export_sheets import REVIEWS
from services.registry.api.fields import Plain
from services.registry.domain.reviews import Review, ReviewStanding, ReviewState, ReviewSubject, due_on
from services.registry.usecases.review_library import SignReview, review_standings, sign_review
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.exports import EXPORTED, ExportForm, ExportFormat, at_once, export
from shared.runtime.http import In, Out

router = APIRouter(prefix="/v1/library-reviews", tags=["名录库年度核查"])
Year = Annotated[int, Query(ge=2000, le=2100, description="年度", examples=[2026])]
Department = Annotated[str | None, Query(description="部门代码；专家库为 joint_office；不填为全部", examples=["SCJG"])]


class ReviewIn(In):
    """签署一个库的年度核查。"""

    year: int = Field(description="年度", ge=2000, le=2100, examples=[2026])
    subject: ReviewSubject = Field(description="objects 检查对象名录库、inspectors 本部门人员库、experts 专家库")
    library_id: UUID | None = Field(None, description="名录库编号，核查检查对象名录库时填写")
    note: Plain | None = Field(None, description="说明", max_length=500, examples=["已逐户核对，注销的已移出"])


class ReviewOut(Out):
    """一次签署。"""

    id: UUID = Field(description="签署编号")
    year: int = Field(description="年度", examples=[2026])
    department: str = Field(description="部门代码", examples=["SCJG"])
    subject: str = Field(description="核查的库", examples=["objects"])
    library_id: UUID | None = Field(description="名录库编号")
    library_version: int | None = Field(description="签署时的版本", examples=[2])
    members: int = Field(description="签署时的数量", examples=[1250])
    note: str | None = Field(description="说明", examples=["已逐户核对"])
    signed_by: str = Field(description="签署人", examples=["officer:zhang"])
    signed_at: datetime = Field(description="签署时间")

    @classmethod
    def of(cls, review: Review) -> ReviewOut:
        return cls.model_validate({name: getattr(review, name) for name in cls.model_fields})


class StandingOut(Out):
    """一个库的年度核查情况。"""

    department: str = Field(description="部门代码", examples=["SCJG"])
    subject: str = Field(description="核查的库", examples=["objects"])
    library_id: UUID | None = Field(description="名录库编号")
    library_version: int | None = Field(description="现在的版本", examples=[2])
    name: str = Field(description="名称", examples=["食品生产单位"])
    state: str = Field(
        description="signed 已签署、changed_since 签署后又有修改、missing 尚未签署、overdue 逾期未签署",
        examples=["missing"],
    )
    review: ReviewOut | None = Field(description="最近一次签署")

    @classmethod
    def of(cls, standing: ReviewStanding) -> StandingOut:
        wanted = standing.wanted
        return cls(
            department=wanted.department,
            subject=wanted.subject,
            library_id=wanted.library_id,
            library_version=wanted.library_version,
            name=wanted.name,
            state=standing.state,
            review=None if standing.review is None else ReviewOut.of(standing.review),
        )


class StandingsOut(Out):
    """一年的名录库核查：应于 12 月 31 日前全部签署。"""

    year: int = Field(description="年度", examples=[2026])
    due_on: date = Field(description="截止日期", examples=["2026-12-31"])
    signed: int = Field(description="已签署的", examples=[12])
    open: int = Field(description="尚未签署或需重签的", examples=[3])
    items: list[StandingOut] = Field(description="按部门排列的各库")


@router.post(
    "",
    status_code=201,
    response_model=ReviewOut,
    summary="签署名录库年度核查",
    description="由维护该库的部门管理员签署，专家库由联席会议办公室签署；库有修改后须重签。",
)
async def add_library_review(body: ReviewIn, act: CurrentAct) -> Response:
    command = SignReview(body.year, body.subject.value, body.library_id, body.note)
    return await act.run(sign_review, command, shows=ReviewOut.of, status=201)


@router.get(
    "",
    response_model=StandingsOut,
    summary="名录库年度核查情况",
    description="每个应核查的库：谁在何时签署，哪些还没有。",
)
async def list_library_reviews(year: Year, work: Reading, department: Department = None) -> StandingsOut:
    async with work:
        found = await review_standings(year, department, work)
    signed = sum(one.state == ReviewState.SIGNED for one in found)
    items = [StandingOut.of(one) for one in found]
    return StandingsOut(year=year, due_on=due_on(year), signed=signed, open=len(items) - signed, items=items)


@router.get(
    "/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出名录库年度核查情况",
    description="条件与查询相同。",
)
async def export_library_reviews(
    year: Year, work: Reading, department: Department = None, form: ExportForm = ExportFormat.CSV
) -> Response:
    async with work:
        found = await review_standings(year, department, work)
        return await export(work, REVIEWS, at_once(found), form, f"{year} {department or ''}")
