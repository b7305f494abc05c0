"""Bulk import over HTTP: upload the file, start the job, follow it, accept or cancel its preview (L5)."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from services.registry.api.fields import id_after, number_after
from services.registry.api.import_models import FindingOut, ImportFileOut, ImportJobIn, ImportJobOut
from services.registry.domain.import_fields import header_of
from services.registry.domain.import_jobs import ImportJob
from services.registry.settings import RegistrySettings
from services.registry.usecases.read_imports import job_known, shown
from services.registry.usecases.start_import import (
    AcceptImport,
    CancelImport,
    StartImport,
    accept_import,
    cancel_import,
    start_import,
)
from shared.runtime.app import CurrentAct, CurrentProcess, Reading
from shared.runtime.http import Caller, Page, Paging, etag, next_cursor
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE

router = APIRouter(prefix="/v1", tags=["批量导入"])
JobId = Annotated[UUID, Path(description="任务编号")]


def _headers(job: ImportJob) -> dict[str, str]:
    return {"ETag": etag(job.version), "Location": f"/v1/import-jobs/{job.id}"}


@router.post(
    "/import-files",
    status_code=201,
    response_model=ImportFileOut,
    summary="上传导入文件",
    description="请求体就是文件本身（CSV 或 XLSX）。按内容的摘要加密保存，重复上传得到同一摘要。",
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}}},
)
async def add_import_file(request: Request, caller: Caller, process: CurrentProcess) -> ImportFileOut:
    caller.require(JOINT_OFFICE, DEPARTMENT_ADMIN)
    assert isinstance(process.settings, RegistrySettings)
    stored = await process.files.put(request.stream(), process.settings.import_file_limit_mb * 2**20, sealed=True)
    return ImportFileOut(digest=stored.digest, size=stored.size)


@router.post(
    "/import-jobs",
    status_code=202,
    response_model=ImportJobOut,
    summary="创建导入任务",
    description=(
        "由部门管理员（本部门负责的数据）或联席会议办公室（全部）办理。任务在后台校验、导入，按 Location 查询进展。"
    ),
)
async def add_import_job(body: ImportJobIn, act: CurrentAct) -> Response:
    command = StartImport(body.kind, body.source(), body.mode, body.preview, body.resend_of, body.as_of)
    return await act.run(start_import, command, shows=ImportJobOut.of, status=202, headers=_headers)


@router.get("/import-jobs", response_model=Page[ImportJobOut], summary="导入任务列表", description="最新的在前。")
async def list_import_jobs(work: Reading, paging: Paging) -> Page[ImportJobOut]:
    before = id_after(paging)
    async with work:
        rows = await work.imports.page(paging.size + 1, before)
        page = await shown(rows[: paging.size], work)
    more = next_cursor([page[-1].job.id]) if len(rows) > paging.size else None
    return Page[ImportJobOut](items=[ImportJobOut.shown(row) for row in page], next=more)


@router.get(
    "/import-jobs/{job_id}",
    response_model=ImportJobOut,
    summary="查询导入任务",
    description="状态、进度和各类行数；行数之和等于文件的行数，补报之后合计不变。",
)
async def get_import_job(job_id: JobId, work: Reading, response: Response) -> ImportJobOut:
    async with work:
        (found,) = await shown([await job_known(job_id, work)], work)
    response.headers["ETag"] = etag(found.job.version)
    return ImportJobOut.shown(found)


@router.get(
    "/import-jobs/{job_id}/rows",
    response_model=Page[FindingOut],
    summary="没有导入的行",
    description="按行号排列，一行可有几处问题；不合格的行可整行取回（rejected-rows.xlsx），改正后写明原任务补报。",
)
async def list_import_rows(
    job_id: JobId,
    work: Reading,
    paging: Paging,
    outcome: Annotated[
        Literal["wrong", "duplicate", "older"] | None, Query(description="只看不合格的、重复的或比库中旧的")
    ] = None,
) -> Page[FindingOut]:
    async with work:
        job = await job_known(job_id, work)
        rows = await work.imports.findings(job_id, outcome, paging.size + 1, number_after(paging) or 0)
    page = rows[: paging.size]
    more = next_cursor([page[-1][0]]) if len(rows) > paging.size else None
    items = [FindingOut.of(finding, header_of(job.kind, finding.field)) for _, finding in page]
    return Page[FindingOut](items=items, next=more)


@router.post(
    "/import-jobs/{job_id}/commit",
    status_code=202,
    response_model=ImportJobOut,
    summary="确认导入",
    description="预览之后确认提交；提交时按当时的库重新核对。",
)
async def add_import_commit(job_id: JobId, act: CurrentAct) -> Response:
    return await act.run(accept_import, AcceptImport(job_id), shows=ImportJobOut.of, status=202, headers=_headers)


@router.post(
    "/import-jobs/{job_id}/cancellation",
    status_code=200,
    response_model=ImportJobOut,
    summary="取消导入",
    description="尚未开始或等待确认的任务可以取消。",
)
async def add_import_cancellation(job_id: JobId, act: CurrentAct) -> Response:
    return await act.run(cancel_import, CancelImport(job_id), shows=ImportJobOut.of, headers=_headers)
