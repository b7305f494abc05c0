"""Undrawn checks over HTTP: leads heard of, checks assigned."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.results.api.cursors import after_id
from services.results.api.inspection_bodies import Short
from services.results.api.visits import VisitOut
from services.results.domain.undrawn import CheckItem, CheckPlan, Lead
from services.results.usecases.assign_check import AssignCheck, assign_check, page_of_leads
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page, Paging, next_cursor
from shared.values.text import clean

router = APIRouter(prefix="/v1", tags=["非抽取检查"])


class CheckItemIn(In):
    """一个检查事项。"""

    item_id: UUID = Field(description="本部门抽查事项清单中的事项编号")
    item_name: Short = Field(description="事项名称", examples=["食品经营许可检查"])


class CheckIn(In):
    """指派一次非抽取检查：依据一条线索，或者复查一个已有的结果。"""

    lead_id: UUID | None = Field(None, description="依据的线索", examples=["01890a5d-ac96-774b-bcce-b302099a8201"])
    reinspects_id: UUID | None = Field(None, description="复查哪个检查结果")
    entity_id: UUID | None = Field(None, description="检查对象；线索或被复查结果已写明的可以不填")
    inspector_ids: list[UUID] = Field(description="指派的检查人员，至少两名，首位为组长", max_length=20)
    items: list[CheckItemIn] = Field(description="检查的事项", max_length=200)
    window_start: date = Field(description="检查时段的第一天", examples=["2026-03-09"])
    window_end: date = Field(description="检查时段的最后一天", examples=["2026-03-20"])
    basis: Short = Field(description="检查事由，企业扫检查码时可见", examples=["投诉举报核查"])

    def command(self) -> AssignCheck:
        plan = CheckPlan(
            entity_id=self.entity_id,
            inspector_ids=tuple(dict.fromkeys(self.inspector_ids)),
            items=tuple(CheckItem(item.item_id, clean(item.item_name)) for item in self.items),
            window_start=self.window_start,
            window_end=self.window_end,
            basis=clean(self.basis),
        )
        return AssignCheck(plan, self.lead_id, self.reinspects_id)


class LeadOut(Out):
    """本部门的一条线索（内容在计划服务查看）。"""

    lead_id: UUID = Field(description="线索编号（内部）")
    lead_no: str = Field(description="线索编号", examples=["XS2026030001"])
    kind: str = Field(
        description="complaint 投诉举报，transfer 转办，assignment 交办，monitoring 监测，unlicensed 无证无照",
        examples=["complaint"],
    )
    entity_id: UUID | None = Field(description="检查对象")
    received_on: date = Field(description="收到日期")
    due_on: date | None = Field(description="办理期限")
    is_closed: bool = Field(description="是否已经办结")

    @classmethod
    def of(cls, lead: Lead) -> LeadOut:
        return cls(
            lead_id=lead.id,
            lead_no=lead.lead_no,
            kind=lead.kind,
            entity_id=lead.entity_id,
            received_on=lead.received_on,
            due_on=lead.due_on,
            is_closed=lead.is_closed,
        )


@router.post(
    "/checks",
    status_code=201,
    response_model=VisitOut,
    summary="指派非抽取检查",
    description="由部门管理员依据线索或复查需要指派；此后与抽取的检查一样：两名检查人员、检查码、逐项记录、公示。",
)
async def create_check(body: CheckIn, act: CurrentAct) -> Response:
    return await act.run(
        assign_check,
        body.command(),
        shows=lambda assigned: VisitOut.of(assigned.visit, assigned.records, assigned.code),
        status=201,
        headers=lambda assigned: {"Location": f"/v1/visits/{assigned.visit.id}"},
    )


@router.get(
    "/check-leads",
    response_model=Page[LeadOut],
    summary="可据以检查的线索",
    description="由本部门办理的线索，登记先后为序。",
)
async def list_check_leads(
    work: Reading,
    paging: Paging,
    closed: Annotated[bool | None, Query(description="只看已办结的，或只看未办结的")] = None,
) -> Page[LeadOut]:
    found = await page_of_leads(work, paging.size + 1, after_id(paging), is_closed=closed)
    shown = found[: paging.size]
    more = next_cursor([shown[-1].id]) if len(found) > paging.size else None
    return Page[LeadOut](items=[LeadOut.of(lead) for lead in shown], next=more)
