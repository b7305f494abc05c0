"""Visits over HTTP, for the departments that take part; and for other services."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.draw.api.cursors import after_id
from services.draw.api.draws import GapOut
from services.draw.domain.substitution_request import last_day_to_answer
from services.draw.domain.visit_plan import Seat
from services.draw.domain.visit_warnings import VisitWarning
from services.draw.usecases.accept_seat import AcceptSeat, accept_seat
from services.draw.usecases.reading_after import VisitView, explained_visit
from services.draw.usecases.reading_visits import SeenVisit, VisitQuery, one_visit, page_of_visits
from shared.runtime.app import CurrentAct, Reading, peers_only
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1/visits", tags=["检查分派"])
internal = APIRouter(prefix="/internal/v1/visits", tags=["内部"], dependencies=[Depends(peers_only)])


class SeatOut(Out):
    """检查组的一个席位。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    idx: int = Field(description="席位序号，从 0 起", examples=[0])
    is_expert: bool = Field(description="是否专家席位")
    tags: list[str] = Field(description="所需专业标签", examples=[["食品安全"]])
    inspector_id: UUID | None = Field(description="人员编号；空表示未能配备")
    answer: Literal["accepted", "pending", "deemed"] | None = Field(
        description="人员的答复：accepted 已接受，pending 待答复，deemed 逾期未答复视为接受；专家和空缺席位没有",
        examples=["pending"],
    )
    answer_by: date | None = Field(description="答复期限", examples=["2026-11-27"])

    @classmethod
    def of(cls, seat: Seat, seen: SeenVisit) -> SeatOut:
        last_day = None if seat.inspector_id is None else last_day_to_answer(seat.seated_on, seen.calendar)
        return cls(
            answer=_answer(seat, seen, last_day),
            answer_by=None if seat.is_expert else last_day,
            department=seat.department,
            idx=seat.idx,
            is_expert=seat.is_expert,
            tags=list(seat.tags),
            inspector_id=seat.inspector_id,
        )


def _answer(seat: Seat, seen: SeenVisit, last_day: date | None) -> Literal["accepted", "pending", "deemed"] | None:
    if seat.is_expert or seat.inspector_id is None or last_day is None:
        return None
    if seat.inspector_id in seen.accepted:
        return "accepted"
    return "pending" if seen.today <= last_day else "deemed"


class VisitWarningOut(Out):
    """一项检查频次提醒；提醒不阻止检查。"""

    days: int = Field(description="阈值的天数", examples=[7])
    visits: int = Field(description="阈值的次数", examples=[2])
    others: int = Field(description="本次以外已做和已安排的检查次数", examples=[1])
    text: str = Field(description="说明", examples=["7 天内可能检查 2 次（含本次），达到 2 次的提醒阈值"])

    @classmethod
    def of(cls, warning: VisitWarning) -> VisitWarningOut:
        return cls(days=warning.days, visits=warning.visits, others=warning.others, text=warning.text())


class VisitOut(Out):
    """一次上门检查的分派。"""

    visit_id: UUID = Field(description="检查编号")
    draw_id: UUID = Field(description="抽取编号")
    task_id: UUID = Field(description="抽查任务编号")
    entity_id: UUID = Field(description="检查对象编号")
    object_token: str = Field(description="对象标识，十六进制", examples=["3f2a9c01d47b8e65"])
    batch: int = Field(description="批次，从 1 起", examples=[1])
    state: str = Field(description="assigned 已指派，substituted 已递补，voided 抽取作废", examples=["assigned"])
    window_start: date = Field(description="检查时段的第一天", examples=["2026-11-24"])
    window_end: date = Field(description="检查时段的最后一天", examples=["2026-12-31"])
    departments: list[str] = Field(description="参加部门代码", examples=[["scjg", "yjj"]])
    open_seats: int = Field(description="未能配备人员的席位数", examples=[0])
    seats: list[SeatOut] = Field(description="席位，按部门和序号")
    quiet_days: list[date] = Field(description="检查时段内不安排检查的日子（企业安静期）", examples=[["2026-12-16"]])
    warnings: list[VisitWarningOut] = Field(description="检查频次提醒，按天数")

    @classmethod
    def of(cls, seen: SeenVisit) -> VisitOut:
        visit = seen.visit
        return cls(
            visit_id=visit.id,
            draw_id=visit.draw_id,
            task_id=visit.task_id,
            entity_id=visit.entity_id,
            object_token=visit.object_token.hex(),
            batch=visit.batch,
            state=visit.state.value,
            window_start=visit.window_start,
            window_end=visit.window_end,
            departments=list(visit.departments),
            open_seats=visit.open_seats,
            seats=[SeatOut.of(seat, seen) for seat in visit.seats],
            quiet_days=list(seen.quiet_days),
            warnings=[VisitWarningOut.of(warning) for warning in seen.warnings],
        )


@router.get(
    "",
    response_model=Page[VisitOut],
    summary="检查分派列表",
    description="本部门发起或参加的检查，按分派先后排列。",
)
async def list_visits(
    work: Reading,
    paging: Paging,
    draw: Annotated[UUID | None, Query(description="抽取编号")] = None,
    task: Annotated[UUID | None, Query(description="抽查任务编号")] = None,
    department: Annotated[str | None, Query(description="参加部门代码", examples=["scjg"])] = None,
    inspector: Annotated[UUID | None, Query(description="人员编号")] = None,
    state: Annotated[Literal["assigned", "substituted", "voided"] | None, Query(description="状态")] = None,
) -> Page[VisitOut]:
    wanted = VisitQuery(draw, task, department, inspector, state)
    found = await page_of_visits(wanted, work, paging.size + 1, after_id(paging))
    shown = [VisitOut.of(visit) for visit in found[: paging.size]]
    more = next_cursor([shown[-1].visit_id]) if len(found) > paging.size else None
    return Page[VisitOut](items=shown, next=more)


@router.get(
    "/{visit_id}", response_model=VisitOut, summary="查询检查分派", description="发起和参加部门、联席会议办公室可见。"
)
async def get_visit(visit_id: UUID, work: Reading) -> VisitOut:
    return VisitOut.of(await one_visit(visit_id, work))


@router.post(
    "/{visit_id}/acceptances",
    response_model=VisitOut,
    summary="接受检查任务",
    description="由检查组的执法人员本人在答复期限（分派后三个工作日）内办理；接受后无法定事由不能再推辞，"
    "逾期未答复的视为接受。",
)
async def create_acceptance(visit_id: UUID, act: CurrentAct) -> Response:
    return await act.run(accept_seat, AcceptSeat(visit_id), shows=VisitOut.of)


class DrawnFromOut(Out):
    """一个抽取范围、分层抽中此对象的经过。"""

    scope: str = Field(description="抽取范围", examples=["joint"])
    stratum: str = Field(description="分层编号", examples=["S1"])
    size: int = Field(description="分层对象数", examples=[1300])
    n: int = Field(description="抽取数", examples=[39])
    ticket: str = Field(description="本对象签号，十六进制", examples=["01a2" + "0" * 60])
    cut: str | None = Field(description="抽中界线；递补抽中的没有", examples=["07c4" + "0" * 60])
    batch: int | None = Field(description="批次；递补抽中的没有", examples=[1])
    instead_of: str | None = Field(description="递补抽中的，所递补对象的标识", examples=["5c98" + "0" * 60])
    text: str = Field(
        description="说明",
        examples=[
            "抽取范围 joint、分层 S1：1300 个对象中抽取 39 个，本对象签号 01a2…，在界线 07c4… 之内，抽中，第 1 批。"
        ],
    )


class ExchangeOut(Out):
    """检查组一个席位的一次递补。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    idx: int = Field(description="席位序号，从 0 起", examples=[0])
    old: str = Field(description="原人员标识，十六进制", examples=["9f01" + "0" * 60])
    new: str | None = Field(description="现人员标识；空表示没有人可以递补", examples=["3d77" + "0" * 60])


class VisitExplanationOut(Out):
    """一次检查因何而来、检查组如何配备。"""

    visit_id: UUID = Field(description="检查编号")
    draw_id: UUID = Field(description="抽取编号")
    object_token: str = Field(description="对象标识，十六进制", examples=["5c98" + "0" * 60])
    drawn: list[DrawnFromOut] = Field(description="抽中的经过")
    exchanged: list[ExchangeOut] = Field(description="检查组的递补，先后为序")
    given_up_for: str | None = Field(
        description="对象已被递补的，接替对象的标识；空文本表示没有可递补的对象", examples=["77ab" + "0" * 60]
    )
    gaps: list[GapOut] = Field(description="未能配备人员的席位及原因")

    @classmethod
    def of(cls, view: VisitView) -> VisitExplanationOut:
        story = view.story
        return cls(
            visit_id=view.visit.id,
            draw_id=view.visit.draw_id,
            object_token=view.visit.object_token.hex(),
            drawn=[DrawnFromOut(**asdict(one), text=one.text()) for one in story.drawn],
            exchanged=[
                ExchangeOut(department=department, idx=idx, old=old, new=new)
                for department, idx, old, new in story.exchanged
            ],
            given_up_for=story.gone_for,
            gaps=[GapOut.model_validate(gap) for gap in view.gaps],
        )


@router.get(
    "/{visit_id}/explanation",
    response_model=VisitExplanationOut,
    summary="检查分派说明",
    description="此对象因何抽中（签号与界线），检查组的递补和缺口；都可由公开记录重算。",
)
async def get_visit_explanation(visit_id: UUID, work: Reading) -> VisitExplanationOut:
    return VisitExplanationOut.of(await explained_visit(visit_id, work))


@internal.get("/{visit_id}", response_model=VisitOut, summary="检查分派", description="供其他服务查询。")
async def get_visit_for_service(visit_id: UUID, work: Reading) -> VisitOut:
    return VisitOut.of(await one_visit(visit_id, work))
