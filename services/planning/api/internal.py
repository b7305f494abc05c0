"""What other services may ask of planning."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.planning.api.path_ids import TaskId
from services.planning.api.sheet_models import SheetOut
from services.planning.api.task_models import TaskOut
from services.planning.domain.tasks import TaskUnknown
from services.planning.usecases.show_task import TaskView
from shared.runtime.app import Reading, peers_only

router = APIRouter(prefix="/internal/v1/tasks", tags=["内部"], dependencies=[Depends(peers_only)])


@router.get(
    "/{task_id}", response_model=TaskOut, summary="任务（内部）", description="任务的全部内容和进度，供抽取和检查使用。"
)
async def get_task_for_peers(task_id: TaskId, work: Reading) -> TaskOut:
    async with work:
        task = await work.tasks.find(task_id)
        if task is None:
            raise TaskUnknown
        progress = await work.progress.of([task.id])
    return TaskOut.of(TaskView(task, progress[task.id]))


@router.get(
    "/{task_id}/sheet",
    response_model=SheetOut,
    summary="检查表（内部）",
    description="一个部门（不写部门则各部门）在任务中的检查事项，用计划所依据的清单版本的文字。",
)
async def get_sheet(
    task_id: TaskId,
    work: Reading,
    department: Annotated[str | None, Query(description="部门代码")] = None,
) -> SheetOut:
    async with work:
        task = await work.tasks.find(task_id)
        if task is None:
            raise TaskUnknown
        items = await work.sheets.of_task(task_id, department)
    return SheetOut.of(task, department, items)
