"""Visits over HTTP: what is to be inspected, by whom, and how far each department has come (D5)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.results.api.bodies import NewRecordIn
from services.results.api.cursors import after_id
from services.results.api.shown import ResultDetailOut
from services.results.domain.records import InspectionRecord
from services.results.domain.visit_codes import VisitCode
from services.results.domain.visits import Visit
from services.results.usecases.reading import VisitQuery, one_visit, page_of_visits
from services.results.usecases.record_inspection import RecordInspection, record_inspection
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Out, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/visits", tags=["检查任务"])


class DepartmentPartOut(Out):
    """一个部门在这次检查中的部分。"""

    result_id: UUID = Field(description="本部门检查记录（结果）的编号")
    department: str = Field(description="部门代码", examples=["SCJG"])
    inspector_ids: list[UUID] = Field(description="指派的检查人员，首位为组长")
    item_ids: list[UUID] = Field(description="应检查的事项")
    state: str = Field(
        description="状态：assigned 待检查，called_off 已取消，excused 互认免检，其余同检查结果", examples=["assigned"]
    )
    outcome: str | None = Field(description="检查情况", examples=["done"])
    concluded_on: date | None = Field(description="结果形成日期")
    due_on: date | None = Field(description="公示期限")

    @classmethod
    def of(cls, record: InspectionRecord) -> DepartmentPartOut:
        return cls(
            result_id=record.id,
            department=record.assignment.department,
            inspector_ids=list(record.assignment.inspector_ids),
            item_ids=list(record.assignment.item_ids),
            state=record.state.value,
            outcome=record.outcome,
            concluded_on=record.concluded_on,
            due_on=record.due_on,
        )


def code_state(code: VisitCode | None) -> str:
    if code is None:
        return "missing"
    return "unopened" if code.first_opened_at is None else "opened"


class VisitOut(Out):
    """一次上门检查：一个对象，多个部门。"""

    visit_id: UUID = Field(description="检查编号")
    draw_id: UUID = Field(description="抽取编号")
    task_id: UUID = Field(description="抽查任务编号")
    task_no: str = Field(description="任务编号（公开编号）", examples=["410308202603091001"])
    plan_id: UUID = Field(description="抽查计划编号")
    entity_id: UUID = Field(description="检查对象编号")
    initiator: str = Field(description="发起部门代码", examples=["SCJG"])
    window_start: date = Field(description="检查时段的第一天", examples=["2026-03-01"])
    window_end: date = Field(description="检查时段的最后一天", examples=["2026-05-31"])
    state: str = Field(
        description="assigned 已指派，substituted 已递补其他对象，voided 抽取作废，cancelled 任务取消",
        examples=["assigned"],
    )
    reason: str = Field(description="不再检查的理由", examples=["检查对象已注销"])
    substitute_visit_id: UUID | None = Field(description="递补的检查编号")
    origin: str = Field(description="draw 抽取，lead 线索核查，reinspection 复查", examples=["draw"])
    lead_id: UUID | None = Field(description="依据的线索（线索核查的）")
    reinspects_id: UUID | None = Field(description="复查哪个检查结果（复查的）")
    basis: str = Field(description="非抽取检查的事由", examples=["投诉举报核查"])
    code_state: str = Field(
        description="检查码：missing 没有检查码，unopened 企业还没有查看，opened 企业已查看", examples=["unopened"]
    )
    parts: list[DepartmentPartOut] = Field(description="各部门的部分（本部门可见的）")

    @classmethod
    def of(cls, visit: Visit, records: list[InspectionRecord], code: VisitCode | None) -> VisitOut:
        return cls(
            visit_id=visit.id,
            draw_id=visit.draw_id,
            task_id=visit.task_id,
            task_no=visit.task_no,
            plan_id=visit.plan_id,
            entity_id=visit.entity_id,
            initiator=visit.initiator,
            window_start=visit.window_start,
            window_end=visit.window_end,
            state=visit.state.value,
            reason=visit.reason,
            substitute_visit_id=visit.substitute_visit_id,
            origin=visit.origin,
            lead_id=visit.lead_id,
            reinspects_id=visit.reinspects_id,
            basis=visit.basis,
            code_state=code_state(code),
            parts=[DepartmentPartOut.of(record) for record in records],
        )


@router.get(
    "",
    response_model=Page[VisitOut],
    summary="检查任务列表",
    description="本部门参加的检查，按指派先后排列；`mine=true` 只看指派给本人的，`overdue=true` 只看过期未检查的。",
)
async def list_visits(
    work: Reading,
    paging: Paging,
    mine: Annotated[bool, Query(description="只看指派给本人的")] = False,
    department: Annotated[str | None, Query(description="参加部门代码", examples=["SCJG"])] = None,
    task: Annotated[UUID | None, Query(description="抽查任务编号")] = None,
    state: Annotated[
        Literal["assigned", "substituted", "voided", "cancelled"] | None, Query(description="检查的状态")
    ] = None,
    overdue: Annotated[bool, Query(description="只看检查时段已过、仍有部门未检查的")] = False,
    code: Annotated[
        Literal["missing", "unopened", "opened"] | None, Query(description="检查码的情况；missing 为没有检查码的")
    ] = None,
    origin: Annotated[Literal["draw", "lead", "reinspection"] | None, Query(description="检查的来由")] = None,
) -> Page[VisitOut]:
    query = VisitQuery(mine, department, task, state, overdue, code, origin)
    found = await page_of_visits(query, work, paging.size + 1, after_id(paging))
    shown = [VisitOut.of(*one) for one in found[: paging.size]]
    more = next_cursor([shown[-1].visit_id]) if len(found) > paging.size else None
    return Page[VisitOut](items=shown, next=more)


@router.get(
    "/{visit_id}", response_model=VisitOut, summary="查询检查任务", description="参加部门和联席会议办公室可见。"
)
async def get_visit(visit_id: UUID, work: Reading) -> VisitOut:
    return VisitOut.of(*await one_visit(visit_id, work))


@router.post(
    "/{visit_id}/records",
    status_code=201,
    response_model=ResultDetailOut,
    summary="录入检查结果",
    description="由指派到这次检查的本部门检查人员录入，生成检查结果草稿；部门以登录账号为准。离线录好的带上终端的标记，重复上传只记一次。",
)
async def create_inspection_record(visit_id: UUID, body: NewRecordIn, act: CurrentAct) -> Response:
    return await act.run(
        record_inspection,
        RecordInspection(visit_id, body.value(), body.stamp()),
        shows=lambda filled: ResultDetailOut.detailed(filled.record, filled.recording),
        status=201,
        headers=lambda filled: {
            "ETag": etag(filled.record.version),
            "Location": f"/v1/results/{filled.record.id}",
        },
    )
