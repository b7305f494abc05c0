"""Credit repair over HTTP (信用修复, C6): application, acceptance, decision, and the status page (B6)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from services.credit.api.repair_shapes import (
    RepairAcceptanceIn,
    RepairDecisionIn,
    RepairFileOut,
    RepairIn,
    RepairOut,
    RepairStatusOut,
    RepairVersionsOut,
    RepairWithdrawalIn,
)
from services.credit.api.shapes import after_of
from services.credit.domain.repairs import RepairKind, RepairState
from services.credit.usecases.repair_credit import (
    AcceptRepair,
    RepairFilter,
    WithdrawRepair,
    accept_repair,
    apply_for_repair,
    decide_repair,
    read_evidence,
    read_repair,
    read_repairs,
    withdraw_repair,
)
from shared.runtime.app import CurrentAct, CurrentProcess, Reading
from shared.runtime.exports import disposition
from shared.runtime.http import Caller, Page, Paging, etag, next_cursor
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE, REVIEWER, service_principal

router = APIRouter(prefix="/v1", tags=["信用修复"])
FILE_LIMIT: Final = 20 * 2**20
RepairId = Annotated[UUID, Path(description="信用修复申请编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])]


@router.post(
    "/repair-files",
    status_code=201,
    response_model=RepairFileOut,
    summary="上传信用修复证明材料",
    description="请求体就是文件本身，不超过 20 MB。按内容的摘要保存，重复上传得到同一摘要，申请时填写该摘要。",
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}}},
)
async def add_repair_file(request: Request, caller: Caller, process: CurrentProcess) -> RepairFileOut:
    caller.require(DEPARTMENT_ADMIN, REVIEWER, JOINT_OFFICE)
    stored = await process.files.put(request.stream(), FILE_LIMIT, sealed=True)
    return RepairFileOut(digest=stored.digest, size=stored.size)


@router.post(
    "/repairs",
    response_model=RepairOut,
    status_code=201,
    summary="提出信用修复申请",
    description="在作出原决定的部门窗口登记企业的申请和证明材料；联席会议办公室可代为登记，由原决定部门办理。",
)
async def create_repair(body: RepairIn, act: CurrentAct) -> Response:
    return await act.run(apply_for_repair, body.command(), shows=RepairOut.of, status=201)


@router.post(
    "/repairs/{repair_id}/acceptance",
    response_model=RepairOut,
    summary="受理或不予受理",
    description="由作出原决定的部门办理；受理之日起计算决定时限（工作日）。",
)
async def create_repair_acceptance(repair_id: RepairId, body: RepairAcceptanceIn, act: CurrentAct) -> Response:
    return await act.run(accept_repair, AcceptRepair(repair_id, body.accept, body.reason), shows=RepairOut.of)


@router.post(
    "/repairs/{repair_id}/decision",
    response_model=RepairOut,
    summary="准予或不予修复",
    description="由作出原决定的部门受理人以外的人办理。准予后名单、惩戒标记、信用等级和公示随之变化。",
)
async def create_repair_decision(repair_id: RepairId, body: RepairDecisionIn, act: CurrentAct) -> Response:
    return await act.run(decide_repair, body.command(repair_id), shows=RepairOut.of)


@router.post(
    "/repairs/{repair_id}/withdrawal",
    response_model=RepairOut,
    summary="登记申请人撤回",
    description="作出决定之前，申请人可以撤回。",
)
async def create_repair_withdrawal(repair_id: RepairId, body: RepairWithdrawalIn, act: CurrentAct) -> Response:
    return await act.run(withdraw_repair, WithdrawRepair(repair_id, body.reason), shows=RepairOut.of)


@router.get(
    "/repairs",
    response_model=Page[RepairOut],
    summary="信用修复申请",
    description="新申请的在前；可按状态、种类、检查对象筛选。",
)
async def list_repairs(
    work: Reading,
    paging: Paging,
    state: Annotated[RepairState | None, Query(description="状态", examples=["accepted"])] = None,
    kind: Annotated[RepairKind | None, Query(description="种类", examples=["listing"])] = None,
    entity_id: Annotated[UUID | None, Query(description="检查对象编号")] = None,
) -> Page[RepairOut]:
    after: Any = after_of(paging, datetime.fromisoformat, UUID)
    rows = await read_repairs(RepairFilter(state, kind, entity_id), paging.size + 1, after, work)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].applied_at, shown[-1].id]) if len(rows) > paging.size else None
    return Page[RepairOut](items=[RepairOut.of(row) for row in shown], next=more)


@router.get(
    "/repairs/{repair_id}",
    response_model=RepairVersionsOut,
    summary="一件信用修复申请",
    description="最新状态和办理过程的每一步。",
)
async def get_repair(repair_id: RepairId, work: Reading, response: Response) -> RepairVersionsOut:
    versions = await read_repair(repair_id, work)
    response.headers["ETag"] = etag(versions[-1].version)
    return RepairVersionsOut.of(versions)


@router.get(
    "/repairs/{repair_id}/evidence/{digest}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "材料原文"}},
    summary="下载信用修复证明材料",
    description="供办理部门查看申请所附的材料。",
)
async def get_repair_evidence(
    repair_id: RepairId,
    digest: Annotated[str, Path(description="材料的摘要", pattern="^[0-9a-f]{64}$", examples=["0" * 64])],
    work: Reading,
) -> Response:
    name, content = await read_evidence(repair_id, digest, work)
    headers = {"Content-Disposition": disposition(name), "X-Content-Type-Options": "nosniff"}
    return Response(content, headers=headers, media_type="application/octet-stream")


@router.get(
    "/repairs/{repair_id}/status",
    response_model=RepairStatusOut,
    summary="信用修复办理进度",
    description="供申请人凭申请编号查询办到哪一步、最迟何时办结；不含人员信息和材料内容。",
)
async def get_repair_status(repair_id: RepairId, caller: Caller, process: CurrentProcess) -> RepairStatusOut:
    # Whoever knows the number may ask; rows of departments are read in the service's own name.
    work = process.open(service_principal("credit", caller.district))
    return RepairStatusOut.of(await read_repair(repair_id, work))
