"""Lists as files: plans, items, tasks, leads (CSV, XLSX). Filters are those of the list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.planning.api.export_sheets import ITEM_LIST, ITEMS, LEADS, PLANS, TASKS
from services.planning.api.filters import LeadsWanted, Level, Owner, PlansWanted, Sought, TasksWanted, Year
from services.planning.api.path_ids import ItemListId
from services.planning.domain.filters import ItemFilter, TaskFilter
from services.planning.domain.item_lists import ItemListUnknown
from services.planning.domain.plans import Plan
from services.planning.usecases.show_task import TaskView
from shared.runtime.app import Reading
from shared.runtime.exports import EXPORTED, ExportForm, ExportFormat, at_once, export, paged

router = APIRouter(prefix="/v1", tags=["导出"])


@router.get(
    "/plans/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出抽查计划",
    description="筛选条件与列表相同；内容为现行公开版本，未公布的为最近一次填报。",
)
async def export_plans(work: Reading, wanted: PlansWanted, form: ExportForm = ExportFormat.CSV) -> Response:
    async def read(size: int, before: UUID | None) -> Sequence[Plan]:
        return [view.plan for view in await work.plans.page(wanted, size, before)]

    async with work:
        return await export(work, PLANS, paged(read, lambda plan: plan.id), form, wanted)


@router.get(
    "/items/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出现行抽查事项",
    description="筛选条件与列表相同。",
)
async def export_items(
    work: Reading,
    department: Owner = None,
    level: Level = None,
    q: Sought = None,
    year: Year = None,
    form: ExportForm = ExportFormat.CSV,
) -> Response:
    async with work:
        wanted = ItemFilter(year or work.today.year, department, level, q)
        pages = paged(
            lambda size, after: work.items.page(wanted, size, after), lambda row: (row.department, row.item.code)
        )
        return await export(work, ITEMS, pages, form, wanted)


@router.get(
    "/item-lists/{item_list_id}/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出抽查事项清单",
    description="一份清单的全部事项，按清单顺序。",
)
async def export_item_list(item_list_id: ItemListId, work: Reading, form: ExportForm = ExportFormat.CSV) -> Response:
    async with work:
        found = await work.item_lists.find(item_list_id)
        if found is None:
            raise ItemListUnknown
        items = await work.items.of_list(found.id, found.revision)
        return await export(work, ITEM_LIST, at_once(items), form, {"item_list_id": str(item_list_id)})


@router.get(
    "/tasks/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出抽查任务",
    description="筛选条件与列表相同；带进度。",
)
async def export_tasks(work: Reading, wanted: TasksWanted, form: ExportForm = ExportFormat.CSV) -> Response:
    async with work:
        return await export(work, TASKS, _task_views(work, wanted), form, wanted)


@router.get(
    "/leads/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出案件线索",
    description="筛选条件与列表相同；不含反映人的任何信息。",
)
async def export_leads(work: Reading, wanted: LeadsWanted, form: ExportForm = ExportFormat.CSV) -> Response:
    async with work:
        pages = paged(lambda size, before: work.leads.page(wanted, size, before), lambda row: row.id)
        return await export(work, LEADS, pages, form, wanted)


def _task_views(work: Any, wanted: TaskFilter) -> AsyncIterator[Sequence[TaskView]]:
    async def read(size: int, before: UUID | None) -> Sequence[TaskView]:
        tasks = await work.tasks.page(wanted, size, before)
        progress = await work.progress.of([task.id for task in tasks])
        return [TaskView(task, progress[task.id]) for task in tasks]

    return paged(read, lambda view: view.task.id)
