"""Department tags and licences over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.registry.api.export_sheets import MARKS
from services.registry.api.fields import id_after
from services.registry.api.mark_models import MarkedEntityOut, MarkIn, MarkOut
from services.registry.domain.marks import Mark, MarkKind, MarkUnknown
from services.registry.usecases.mark_entity import MarkEntity, ReviseMark, mark_entity, revise_mark
from services.registry.usecases.read_entities import MarkFilter
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.exports import EXPORTED, ExportForm, ExportFormat, export, paged
from shared.runtime.http import ExpectedVersion, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1", tags=["标签和许可证"])
MarkId = Annotated[UUID, Path(description="标签或许可证的编号")]


def mark_filter(
    entity_id: Annotated[UUID | None, Query(description="检查对象标识")] = None,
    kind: Annotated[MarkKind | None, Query(description="tag 标签、licence 许可证")] = None,
    department: Annotated[str | None, Query(description="登记部门", examples=["SCJG"])] = None,
    name: Annotated[str | None, Query(description="名称", examples=["食品生产许可证"])] = None,
    valid_on: Annotated[date | None, Query(description="在此日有效", examples=["2026-12-01"])] = None,
    expires_by: Annotated[date | None, Query(description="有效期止于此日或之前", examples=["2026-12-31"])] = None,
    q: Annotated[str | None, Query(description="证号，或对象名称的一部分", min_length=2)] = None,
) -> MarkFilter:
    return MarkFilter(entity_id, kind, department, name, valid_on, expires_by, q)


Narrowed = Annotated[MarkFilter, Depends(mark_filter)]


def _headers(mark: Mark) -> dict[str, str]:
    return {"ETag": etag(mark.version), "Location": f"/v1/marks/{mark.id}"}


@router.post(
    "/entities/{entity_id}/marks",
    status_code=201,
    response_model=MarkOut,
    summary="加标签或登记许可证",
    description="由部门管理员或联席会议办公室办理，归其部门维护；有效期内的标签对名录库立即起作用。",
)
async def add_mark(
    entity_id: Annotated[UUID, Path(description="检查对象标识")], body: MarkIn, act: CurrentAct
) -> Response:
    command = MarkEntity(entity_id, body.content())
    return await act.run(mark_entity, command, shows=MarkOut.of, status=201, headers=_headers)


@router.get(
    "/marks",
    response_model=Page[MarkedEntityOut],
    summary="标签和许可证列表",
    description="可按对象、部门、名称、有效期筛选；用 expires_by 查看即将到期的。",
)
async def list_marks(work: Reading, paging: Paging, narrowed: Narrowed) -> Page[MarkedEntityOut]:
    after = id_after(paging)
    async with work:
        rows = await work.marks.page(narrowed, paging.size + 1, after)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].mark.id]) if len(rows) > paging.size else None
    return Page[MarkedEntityOut](items=[MarkedEntityOut.listed(row) for row in shown], next=more)


@router.get(
    "/marks/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出标签和许可证",
    description="筛选条件与列表相同。",
)
async def export_marks(work: Reading, narrowed: Narrowed, form: ExportForm = ExportFormat.CSV) -> Response:
    async with work:
        pages = paged(lambda size, after: work.marks.page(narrowed, size, after), lambda row: row.mark.id)
        return await export(work, MARKS, pages, form, narrowed)


@router.get("/marks/{mark_id}", response_model=MarkOut, summary="查询标签或许可证", description="现行版本。")
async def get_mark(mark_id: MarkId, work: Reading, response: Response) -> MarkOut:
    async with work:
        mark = await work.marks.find(mark_id)
    if mark is None:
        raise MarkUnknown(mark_id=mark_id)
    response.headers["ETag"] = etag(mark.version)
    return MarkOut.of(mark)


@router.put(
    "/marks/{mark_id}",
    response_model=MarkOut,
    summary="修改标签或许可证",
    description="由登记部门办理；要终止时填写有效期止，旧版本保留。",
)
async def put_mark(mark_id: MarkId, body: MarkIn, version: ExpectedVersion, act: CurrentAct) -> Response:
    command = ReviseMark(mark_id, version, body.content())
    return await act.run(revise_mark, command, shows=MarkOut.of, headers=_headers)
