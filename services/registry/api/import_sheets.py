"""Reports of import jobs and templates for import files, as CSV and XLSX."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response, StreamingResponse

from services.registry.adapters.sheets import CSV_TYPE, XLSX_TYPE, csv_blocks, xlsx_file
from services.registry.domain.import_fields import KIND_TITLES
from services.registry.domain.import_rows import ImportKind
from services.registry.usecases.read_imports import (
    REPORT_HEADER,
    ReadRejects,
    all_findings,
    job_known,
    read_rejects,
    report_rows,
    template_rows,
)
from shared.runtime.app import Reading
from shared.runtime.http import Caller
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE

router = APIRouter(prefix="/v1", tags=["批量导入"])
JobId = Annotated[UUID, Path(description="任务编号")]
Kind = Annotated[ImportKind, Path(description="内容", examples=["entities"])]
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {CSV_TYPE: {"example": "行号,处理,列,所填内容,代码,说明"}}, "description": "CSV（UTF-8 带 BOM）"}
}
_XLSX: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX_TYPE: {}}, "description": "XLSX 工作簿"}}


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


@router.get(
    "/import-jobs/{job_id}/report.csv",
    response_class=Response,
    responses=_CSV,
    summary="导入报告（CSV）",
    description="每处问题一行：行号、列、所填内容、代码、说明；个人信息已隐去。",
)
async def get_import_report_csv(job_id: JobId, work: Reading) -> Response:
    async with work:
        job = await job_known(job_id, work)
        findings = await all_findings(job_id, work)
    blocks = csv_blocks(REPORT_HEADER, report_rows(job.kind, findings))
    return StreamingResponse(blocks, media_type=CSV_TYPE, headers=_attachment("导入报告.csv"))


@router.get(
    "/import-jobs/{job_id}/report.xlsx",
    response_class=Response,
    responses=_XLSX,
    summary="导入报告（XLSX）",
    description="内容与 CSV 报告相同。",
)
async def get_import_report_xlsx(job_id: JobId, work: Reading) -> Response:
    async with work:
        job = await job_known(job_id, work)
        findings = await all_findings(job_id, work)
    content = xlsx_file("导入报告", REPORT_HEADER, report_rows(job.kind, findings))
    return Response(content, media_type=XLSX_TYPE, headers=_attachment("导入报告.xlsx"))


@router.get(
    "/import-jobs/{job_id}/rejected-rows.xlsx",
    response_class=Response,
    responses=_XLSX,
    summary="取回等待更正的行（XLSX）",
    description=(
        "不合格的行，内容与上传时相同，前两列是原文件行号和需要更正之处；改正后可直接作为补报文件上传（前两列不用删）。"
        "含个人信息，只供导入的部门取回，取回会记入审计；保留到补报完成，或任务结束后 180 天。"
    ),
)
async def get_import_rejects(job_id: JobId, caller: Caller, work: Reading) -> Response:
    caller.require(JOINT_OFFICE, DEPARTMENT_ADMIN)
    job, rows = await read_rejects(ReadRejects(job_id), work)
    content = xlsx_file(KIND_TITLES[job.kind], rows[0], rows[1:])
    return Response(content, media_type=XLSX_TYPE, headers=_attachment("等待更正的行.xlsx"))


@router.get(
    "/import-templates/{kind}.csv",
    response_class=Response,
    responses=_CSV,
    summary="导入模板（CSV）",
    description="标题行和一行示例，UTF-8 带 BOM。",
)
async def get_import_template_csv(kind: Kind, caller: Caller) -> Response:
    header, example = template_rows(kind)
    content = "".join(csv_blocks(header, [example]))
    return Response(content, media_type=CSV_TYPE, headers=_attachment(f"{KIND_TITLES[kind]}导入模板.csv"))


@router.get(
    "/import-templates/{kind}.xlsx",
    response_class=Response,
    responses=_XLSX,
    summary="导入模板（XLSX）",
    description="标题行和一行示例。",
)
async def get_import_template_xlsx(kind: Kind, caller: Caller) -> Response:
    header, example = template_rows(kind)
    content = xlsx_file(KIND_TITLES[kind], header, [example])
    return Response(content, media_type=XLSX_TYPE, headers=_attachment(f"{KIND_TITLES[kind]}导入模板.xlsx"))
