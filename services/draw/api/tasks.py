"""Tasks as draw has heard of them, each with its live draw: the operator's work list."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from services.draw.api.cursors import after_id
from services.draw.domain.drawing_plan import Task
from services.draw.usecases.reading import page_of_tasks
from shared.runtime.app import Reading
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1/tasks", tags=["待抽取任务"])


class DrawableTaskOut(Out):
    """一个已下达的抽查任务。"""

    task_id: UUID = Field(description="抽查任务编号")
    task_no: str = Field(description="任务编号（公开编号）", examples=["410308202611241001"])
    title: str = Field(description="任务名称", examples=["餐饮单位联合抽查第一批"])
    initiator: str = Field(description="发起部门代码", examples=["scjg"])
    departments: list[str] = Field(description="参加部门代码", examples=[["scjg", "yjj"]])
    window_start: date = Field(description="检查时段的第一天", examples=["2026-11-24"])
    window_end: date = Field(description="检查时段的最后一天", examples=["2026-12-31"])
    is_cancelled: bool = Field(description="是否已取消")
    draw_id: UUID | None = Field(description="正在进行或已完成的抽取；空表示待抽取")

    @classmethod
    def of(cls, task: Task, draw_id: UUID | None) -> DrawableTaskOut:
        return cls(
            task_id=task.id,
            task_no=task.task_no,
            title=task.title,
            initiator=task.initiator,
            departments=list(task.participants),
            window_start=task.window_start,
            window_end=task.window_end,
            is_cancelled=task.is_cancelled,
            draw_id=draw_id,
        )


@router.get(
    "",
    response_model=Page[DrawableTaskOut],
    summary="待抽取任务",
    description="本服务收到的抽查任务及其抽取情况；发起和参加部门、联席会议办公室可见。",
)
async def list_tasks(work: Reading, paging: Paging) -> Page[DrawableTaskOut]:
    found = await page_of_tasks(work, paging.size + 1, after_id(paging))
    shown = [DrawableTaskOut.of(task, draw_id) for task, draw_id in found[: paging.size]]
    more = next_cursor([shown[-1].task_id]) if len(found) > paging.size else None
    return Page[DrawableTaskOut](items=shown, next=more)
