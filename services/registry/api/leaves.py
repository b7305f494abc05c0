"""Leaves of inspectors over HTTP, under the inspector they belong to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from services.registry.api.fields import Plain
from services.registry.domain.leaves import Leave
from services.registry.usecases.plan_leave import CancelLeave, PlanLeave, cancel_leave, plan_leave
from services.registry.usecases.read_people import inspector_known
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page

router = APIRouter(prefix="/v1/inspectors/{inspector_id}/leaves", tags=["执法检查人员"])
InspectorId = Annotated[UUID, Path(description="执法检查人员标识")]


class LeaveIn(In):
    """登记一次休假；起止两日都在内。"""

    starts_on: date = Field(description="开始日期", examples=["2026-12-01"])
    ends_on: date = Field(description="结束日期", examples=["2026-12-10"])
    reason: Plain = Field(description="原因", min_length=2, max_length=100, examples=["年休假"])


class LeaveOut(Out):
    """一次休假；休假期间不会被抽取。"""

    id: UUID = Field(description="休假编号")
    version: int = Field(description="版本", examples=[1])
    inspector_id: UUID = Field(description="执法检查人员标识")
    starts_on: date = Field(description="开始日期", examples=["2026-12-01"])
    ends_on: date = Field(description="结束日期", examples=["2026-12-10"])
    reason: str = Field(description="原因", examples=["年休假"])
    is_cancelled: bool = Field(description="是否已取消", examples=[False])
    changed_by: str = Field(description="由谁登记或取消", examples=["officer:zhang"])
    changed_at: datetime = Field(description="本版本的时间")

    @classmethod
    def of(cls, leave: Leave) -> LeaveOut:
        return cls.model_validate({name: getattr(leave, name) for name in cls.model_fields})


@router.post(
    "",
    status_code=201,
    response_model=LeaveOut,
    summary="登记休假",
    description="由本部门管理员办理；休假期间的抽取不再匹配此人。",
)
async def add_leave(inspector_id: InspectorId, body: LeaveIn, act: CurrentAct) -> Response:
    command = PlanLeave(inspector_id, body.starts_on, body.ends_on, body.reason)
    return await act.run(plan_leave, command, shows=LeaveOut.of, status=201)


@router.get("", response_model=Page[LeaveOut], summary="休假列表", description="最近的在前，已取消的也列出。")
async def list_leaves(inspector_id: InspectorId, work: Reading) -> Page[LeaveOut]:
    async with work:
        await inspector_known(inspector_id, work)
        rows = await work.leaves.of(inspector_id)
    return Page[LeaveOut](items=[LeaveOut.of(row) for row in rows], next=None)


@router.post(
    "/{leave_id}/cancellation",
    status_code=201,
    response_model=LeaveOut,
    summary="取消休假",
    description="由本部门管理员办理；此后的抽取可以匹配此人。",
)
async def add_leave_cancellation(
    inspector_id: InspectorId, leave_id: Annotated[UUID, Path(description="休假编号")], act: CurrentAct
) -> Response:
    return await act.run(cancel_leave, CancelLeave(inspector_id, leave_id), shows=LeaveOut.of, status=201)
