"""What registry answers to other services."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse

from services.registry.api.internal_models import (
    ChangeRowsOut,
    ChangeSetOut,
    DepartmentBriefOut,
    EntitiesOut,
    EntityBriefOut,
    IdsIn,
    InspectorBriefOut,
    InspectorIdsIn,
    InspectorsOut,
    SnapshotIn,
)
from services.registry.domain.change_sets import ChangeSet
from services.registry.domain.departments import DepartmentUnknown
from services.registry.domain.snapshots import SnapshotDistrictDiffers
from services.registry.usecases.read_change_sets import change_rows
from services.registry.usecases.read_entities import entity_by_key
from services.registry.usecases.read_libraries import library_known
from services.registry.usecases.read_people import inspector_on, inspectors_on
from services.registry.usecases.stream_snapshot import SnapshotRequest, stream_snapshot
from shared.runtime.app import CurrentProcess, Reading, peers_only
from shared.runtime.http import Caller

router = APIRouter(prefix="/internal/v1", tags=["内部"], dependencies=[Depends(peers_only)])
NDJSON = "application/x-ndjson"
_LINES: dict[int | str, dict[str, Any]] = {
    200: {"content": {NDJSON: {"example": '{"t":"h","district":"mengjin"}'}}, "description": "逐行的 JSON"}
}


@router.post(
    "/snapshots",
    response_class=StreamingResponse,
    responses=_LINES,
    summary="冻结名册",
    description=(
        "在一个可重复读事务中，按规范次序逐行送出：h 行（头）、o 行（对象，按 entity_id）、i 行（执法检查人员，"
        "按部门和标识）、x 行（专家，按标识，要求时才有）、e 行（数量和此前全部字节的 SHA-256）。"
        "没有 e 行或摘要不符，就不是完整的名册。"
    ),
)
async def create_snapshot(
    body: SnapshotIn, caller: Caller, work: Reading, process: CurrentProcess
) -> StreamingResponse:
    if body.district != caller.district:
        raise SnapshotDistrictDiffers(asked=body.district, known=caller.district)
    async with work:
        await library_known(body.library_id, body.library_version, work)
    request = SnapshotRequest(
        body.library_id, body.library_version, tuple(body.departments), body.on, body.with_experts
    )
    return StreamingResponse(stream_snapshot(request, process, caller), media_type=NDJSON)


@router.get(
    "/change-sets/{change_set_id}/rows",
    response_model=ChangeRowsOut,
    summary="变更批次的行",
    description="一个变更批次写下的版本，按标识分页。",
)
async def list_change_set_rows(
    change_set_id: Annotated[UUID, Path(description="变更批次")],
    work: Reading,
    after: Annotated[UUID | None, Query(description="上一页最后的标识")] = None,
    limit: Annotated[int, Query(ge=1, le=5000, description="最多返回行数")] = 1000,
) -> ChangeRowsOut:
    async with work:
        page = await change_rows(change_set_id, after, limit, work)
    names = (name for name in ChangeSet.__slots__ if name not in ("district", "actor"))
    told = ChangeSetOut.model_validate({name: getattr(page.change_set, name) for name in names})
    return ChangeRowsOut(change_set=told, items=page.rows, next=page.next)


@router.get(
    "/entities/{key}",
    response_model=EntityBriefOut,
    summary="检查对象",
    description="按检查对象标识或统一社会信用代码查询。",
)
async def get_entity_brief(key: Annotated[str, Path(description="标识或信用代码")], work: Reading) -> EntityBriefOut:
    async with work:
        return EntityBriefOut.of(await entity_by_key(key, work))


@router.post(
    "/entities/batch",
    response_model=EntitiesOut,
    summary="一批检查对象",
    description="按标识或信用代码查询；没有的不列出。",
)
async def list_entity_briefs(body: IdsIn, work: Reading) -> EntitiesOut:
    async with work:
        found = await work.entities.many(body.ids, body.usccs)
    return EntitiesOut(items=[EntityBriefOut.of(entity) for entity in found])


@router.get(
    "/departments/{code}",
    response_model=DepartmentBriefOut,
    summary="部门",
    description="按代码查询部门的名称。",
)
async def get_department_brief(
    code: Annotated[str, Path(description="部门代码", examples=["SCJG"])], work: Reading
) -> DepartmentBriefOut:
    async with work:
        found = await work.departments.find(code)
    if found is None:
        raise DepartmentUnknown(code=code)
    return DepartmentBriefOut(code=found.code, name=found.name, short_name=found.short_name)


@router.get(
    "/inspectors/{inspector_id}",
    response_model=InspectorBriefOut,
    summary="执法检查人员",
    description="某日的情况，以当日结束时所知为准；不给日期则为今天。",
)
async def get_inspector_brief(
    inspector_id: Annotated[UUID, Path(description="执法检查人员标识")],
    work: Reading,
    on: Annotated[date | None, Query(description="在哪一天", examples=["2026-12-01"])] = None,
) -> InspectorBriefOut:
    async with work:
        day = on or work.today
        found = await inspector_on(inspector_id, day, work)
    return InspectorBriefOut.of(found.inspector, day, found.standing)


@router.post(
    "/inspectors/batch",
    response_model=InspectorsOut,
    summary="一批执法检查人员",
    description="某日的情况，以当日结束时所知为准；没有的不列出。",
)
async def list_inspector_briefs(body: InspectorIdsIn, work: Reading) -> InspectorsOut:
    async with work:
        found = await inspectors_on(body.ids, body.on, work)
    return InspectorsOut(items=[InspectorBriefOut.of(one.inspector, body.on, one.standing) for one in found])
