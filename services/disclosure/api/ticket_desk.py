"""Data-error tickets over HTTP for the officers who handle them (B23)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.disclosure.domain.tickets import Outcome, SubjectKind, Ticket
from services.disclosure.usecases.handle_tickets import (
    AnswerTicket,
    ModerateTicket,
    TicketFilter,
    answer_ticket,
    moderate_ticket,
    one_ticket,
    page_of_tickets,
)
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page, Paging, etag, next_cursor
from shared.values.text import clean

router = APIRouter(prefix="/v1/tickets", tags=["纠错工单"])


class AnswerIn(In):
    """对纠错工单的答复。"""

    outcome: Outcome = Field(
        description="corrected 已更正，correct_as_it_is 经核查无误，passed_on 已转有关部门，not_clear 所述内容无法核查",
        examples=["corrected"],
    )
    answer: str = Field(
        description="答复内容，审核后可能公开；不要写个人信息",
        min_length=1,
        max_length=2000,
        examples=["经核查，结论日期录入有误，已于今日更正。"],
    )


class TicketModerationIn(In):
    """审核答复。"""

    is_fit: bool = Field(description="答复是否可以发出；否则退回重新核查", examples=[True])
    is_shown: bool = Field(False, description="是否在有关页面公开核查结论和答复", examples=[True])
    opinion: str = Field("", description="审核意见", max_length=1000, examples=[""])


class TicketOut(Out):
    """一个纠错工单。"""

    ticket_id: UUID = Field(description="工单编号")
    version: int = Field(description="版本（ETag）", examples=[1])
    number: str = Field(description="工单号，提交者据此查询", examples=["2026112400012345"])
    department: str = Field(description="承办部门代码；空表示联席会议办公室", examples=["SCJG"])
    subject_kind: SubjectKind = Field(
        description="纠错对象：result 检查结果，entity 检查对象，plan 计划，task 任务，draw 抽取，page 其他",
        examples=["result"],
    )
    subject_id: str = Field(description="纠错对象的编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])
    words: str = Field(description="提交者所写内容；不公开", examples=["结论日期应为 11 月 20 日。"])
    opened_at: datetime = Field(description="提交时间")
    due_on: date = Field(description="办理期限", examples=["2026-12-22"])
    state: str = Field(description="open 核查中，answered 答复待审核，closed 已办结", examples=["open"])
    handler: str | None = Field(description="核查人员账号", examples=["officer:li"])
    outcome: Outcome | None = Field(description="核查结论", examples=["corrected"])
    answer: str | None = Field(description="答复内容", examples=["已更正。"])
    moderator: str | None = Field(description="审核人员账号", examples=["officer:wang"])
    opinion: str = Field(description="审核意见", examples=[""])
    is_shown: bool = Field(description="结论和答复是否公开", examples=[False])

    @classmethod
    def of(cls, ticket: Ticket) -> TicketOut:
        same = ("version", "number", "department", "words", "opened_at", "due_on", "handler", "outcome", "answer")
        return cls(
            ticket_id=ticket.id,
            subject_kind=ticket.subject.kind,
            subject_id=ticket.subject.id,
            state=ticket.state.value,
            **{name: getattr(ticket, name) for name in (*same, "moderator", "opinion", "is_shown")},
        )


@router.get(
    "",
    response_model=Page[TicketOut],
    summary="纠错工单清单",
    description="本部门记录的纠错工单；联席会议办公室可见全部。",
)
async def list_tickets(
    work: Reading,
    paging: Paging,
    state: Annotated[Literal["open", "answered", "closed"] | None, Query(description="状态", examples=["open"])] = None,
    subject_kind: Annotated[SubjectKind | None, Query(description="纠错对象的种类", examples=["result"])] = None,
    department: Annotated[str | None, Query(description="承办部门代码", max_length=64, examples=["SCJG"])] = None,
    overdue: Annotated[bool, Query(description="只看超过期限的")] = False,
) -> Page[TicketOut]:
    wanted = TicketFilter(state, None if subject_kind is None else subject_kind.value, department)
    found = await page_of_tickets(wanted, overdue, work, paging.size + 1, paging.after_id)
    shown = [TicketOut.of(one) for one in found[: paging.size]]
    more = next_cursor([shown[-1].ticket_id]) if len(found) > paging.size else None
    return Page[TicketOut](items=shown, next=more)


@router.get("/{ticket_id}", response_model=TicketOut, summary="查询纠错工单", description="工单内容和办理情况。")
async def get_ticket(ticket_id: UUID, work: Reading, response: Response) -> TicketOut:
    found = await one_ticket(ticket_id, work)
    response.headers["ETag"] = etag(found.version)
    return TicketOut.of(found)


@router.post(
    "/{ticket_id}/answers",
    response_model=TicketOut,
    summary="答复纠错工单",
    description="由没有参与办理这条记录的人员核查并答复；审核之前谁也看不到。",
)
async def create_ticket_answer(ticket_id: UUID, body: AnswerIn, act: CurrentAct) -> Response:
    command = AnswerTicket(ticket_id, body.outcome, clean(body.answer))
    return await act.run(answer_ticket, command, shows=TicketOut.of, headers=lambda made: {"ETag": etag(made.version)})


@router.post(
    "/{ticket_id}/moderation",
    response_model=TicketOut,
    summary="审核纠错答复",
    description="由答复人以外的人员审核；通过后提交者可以查到，公开的显示在有关页面。",
)
async def create_ticket_moderation(ticket_id: UUID, body: TicketModerationIn, act: CurrentAct) -> Response:
    command = ModerateTicket(ticket_id, body.is_fit, body.is_shown, clean(body.opinion))
    return await act.run(
        moderate_ticket, command, shows=TicketOut.of, headers=lambda made: {"ETag": etag(made.version)}
    )
