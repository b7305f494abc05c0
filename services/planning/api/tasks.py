"""Tasks over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Response

from services.planning.api.cursors import id_cursor
from services.planning.api.filters import TasksWanted
from services.planning.api.path_ids import PlanId, TaskId
from services.planning.api.task_models import ExtensionIn, TaskIn, TaskOut
from services.planning.api.words import ReasonIn
from services.planning.domain.tasks import TaskUnknown
from services.planning.usecases.cancel_task import CancelTask, cancel_task
from services.planning.usecases.extend_task import ExtendTask, extend_task
from services.planning.usecases.issue_task import IssueTask, issue_task
from services.planning.usecases.plan_task import plan_task
from services.planning.usecases.show_task import TaskView
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1", tags=["抽查任务"])


def _tag(view: TaskView) -> dict[str, str]:
    return {"ETag": etag(view.task.row_version)}


@router.post(
    "/plans/{plan_id}/tasks",
    status_code=201,
    response_model=TaskOut,
    summary="安排抽查任务",
    description="发起部门从已公布的计划安排一个任务（草稿）并取得编号；比例、检查时间不超出计划，每个部门不少于两名执法人员。",
)
async def create_task(plan_id: PlanId, body: TaskIn, act: CurrentAct) -> Response:
    return await act.run(
        plan_task,
        body.command(plan_id),
        shows=TaskOut.of,
        status=201,
        headers=lambda view: _tag(view) | {"Location": f"/v1/tasks/{view.task.id}"},
    )


@router.get(
    "/tasks",
    response_model=Page[TaskOut],
    summary="抽查任务列表",
    description="本部门发起或参与的任务及其进度，新的在前。",
)
async def list_tasks(
    work: Reading,
    paging: Paging,
    wanted: TasksWanted,
) -> Page[TaskOut]:
    async with work:
        rows = await work.tasks.page(wanted, paging.size + 1, id_cursor(paging.after))
        progress = await work.progress.of([task.id for task in rows])
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[TaskOut](items=[TaskOut.of(TaskView(task, progress[task.id])) for task in shown], next=more)


@router.get(
    "/tasks/{task_id}",
    response_model=TaskOut,
    summary="查询抽查任务",
    description="任务及其进度；进度由抽取和检查结果推算，全部结果公示后才算办结。",
)
async def get_task(task_id: TaskId, work: Reading, response: Response) -> TaskOut:
    async with work:
        task = await work.tasks.find(task_id)
        if task is None:
            raise TaskUnknown
        progress = await work.progress.of([task.id])
    response.headers["ETag"] = etag(task.row_version)
    return TaskOut.of(TaskView(task, progress[task.id]))


@router.post(
    "/tasks/{task_id}/issuance",
    response_model=TaskOut,
    summary="下达抽查任务",
    description="发起部门下达后名册随即冻结，任务不再改动；需要改动的，取消后另行安排。",
)
async def create_task_issuance(task_id: TaskId, act: CurrentAct) -> Response:
    return await act.run(issue_task, IssueTask(task_id), shows=TaskOut.of, headers=_tag)


@router.post(
    "/tasks/{task_id}/extensions",
    response_model=TaskOut,
    summary="延长检查时间",
    description="发起部门写明理由，把已下达任务的检查时间延长到计划的检查时间之内；其他内容不变，抽取结果不受影响。",
)
async def create_task_extension(task_id: TaskId, body: ExtensionIn, act: CurrentAct) -> Response:
    command = ExtendTask(task_id, body.window_end, body.reason)
    return await act.run(extend_task, command, shows=TaskOut.of, headers=_tag)


@router.post(
    "/tasks/{task_id}/cancellation",
    response_model=TaskOut,
    summary="取消抽查任务",
    description="发起部门或联席会议办公室写明理由取消；已办结的任务不能取消。",
)
async def create_task_cancellation(task_id: TaskId, body: ReasonIn, act: CurrentAct) -> Response:
    return await act.run(cancel_task, CancelTask(task_id, body.reason), shows=TaskOut.of, headers=_tag)
