"""Objects of inspection over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.registry.api.entity_details import EntityDetailOut, VisitOut
from services.registry.api.entity_models import EntityIn, EntityOut, PastVersionOut
from services.registry.api.export_sheets import ENTITIES
from services.registry.api.fields import AsOf, id_after, moment_of, number_after
from services.registry.domain.entities import Entity
from services.registry.usecases.edit_entity import CreateEntity, ReviseEntity, create_entity, revise_entity
from services.registry.usecases.read_entities import EntityFilter, entity_at, entity_by_key, history_of
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.exports import EXPORTED, ExportForm, ExportFormat, export, paged
from shared.runtime.http import ExpectedVersion, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/entities", tags=["检查对象"])
Key = Annotated[str, Path(description="统一社会信用代码，或检查对象标识", examples=["91410308MA0000001U"])]


def entity_filter(
    kind: Annotated[str | None, Query(description="类别", examples=["enterprise"])] = None,
    status: Annotated[str | None, Query(description="登记状态", examples=["active"])] = None,
    town: Annotated[str | None, Query(description="镇街或区代码（含下级）", examples=["410308100"])] = None,
    credit_class: Annotated[str | None, Query(description="信用风险等级", examples=["B"])] = None,
    department: Annotated[str | None, Query(description="监管部门代码", examples=["SCJG"])] = None,
    tag: Annotated[
        str | None, Query(description="标签，登记的或部门在有效期内的", min_length=1, examples=["食品生产"])
    ] = None,
    q: Annotated[str | None, Query(description="名称的一部分、编号、信用代码或其开头", min_length=2)] = None,
) -> EntityFilter:
    return EntityFilter(kind, status, town, credit_class, department, tag, q)


Narrowed = Annotated[EntityFilter, Depends(entity_filter)]


def _headers(entity: Entity) -> dict[str, str]:
    return {"ETag": etag(entity.version), "Location": f"/v1/entities/{entity.id}"}


@router.get(
    "",
    response_model=Page[EntityOut],
    summary="检查对象列表",
    description="按标识排列，可按条件筛选；可以查看过去某时的情况。",
)
async def list_entities(work: Reading, paging: Paging, narrowed: Narrowed, as_of: AsOf = None) -> Page[EntityOut]:
    after = id_after(paging)
    async with work:
        moment = moment_of(as_of, work.today)
        rows = await work.entity_lists.page(narrowed, moment, paging.size + 1, after)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[EntityOut](items=[EntityOut.of(row) for row in shown], next=more)


@router.get(
    "/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出检查对象",
    description="筛选条件与列表相同；不含联系电话。",
)
async def export_entities(
    work: Reading, narrowed: Narrowed, as_of: AsOf = None, form: ExportForm = ExportFormat.CSV
) -> Response:
    async with work:
        moment = moment_of(as_of, work.today)
        pages = paged(lambda size, after: work.entity_lists.page(narrowed, moment, size, after), lambda row: row.id)
        return await export(work, ENTITIES, pages, form, narrowed)


@router.post(
    "",
    status_code=201,
    response_model=EntityOut,
    summary="登记检查对象",
    description="由监管部门的管理员或联席会议办公室办理；部门登记的对象，监管部门中须有本部门。",
)
async def add_entity(body: EntityIn, act: CurrentAct) -> Response:
    command = CreateEntity(body.cells(), body.legal_rep_phone)
    return await act.run(create_entity, command, shows=EntityOut.of, status=201, headers=_headers)


@router.get(
    "/{key}",
    response_model=EntityDetailOut,
    summary="查询检查对象",
    description="按统一社会信用代码或检查对象标识查询，带部门标签、许可证和监管部门；可以查看过去某时的情况。",
)
async def get_entity(key: Key, work: Reading, response: Response, as_of: AsOf = None) -> EntityDetailOut:
    async with work:
        found = await entity_at(key, moment_of(as_of, work.today), work)
    response.headers["ETag"] = etag(found.entity.version)
    return EntityDetailOut.at(found)


@router.put(
    "/{entity_id}",
    response_model=EntityOut,
    summary="修改检查对象",
    description="由负责该对象的部门的管理员或联席会议办公室办理；按 If-Match 给出的版本修改。",
)
async def put_entity(
    entity_id: Annotated[UUID, Path(description="检查对象标识")],
    body: EntityIn,
    version: ExpectedVersion,
    act: CurrentAct,
) -> Response:
    command = ReviseEntity(entity_id, version, body.cells(), body.phone())
    return await act.run(revise_entity, command, shows=EntityOut.of, headers=_headers)


@router.get(
    "/{key}/history",
    response_model=Page[PastVersionOut],
    summary="检查对象的历史",
    description="每个版本：谁、何时、来源、改了什么，最新的在前。",
)
async def list_entity_history(key: Key, work: Reading, paging: Paging) -> Page[PastVersionOut]:
    async with work:
        versions = await history_of(key, paging.size, number_after(paging), work)
    items = [PastVersionOut.of(past, earlier) for past, earlier in versions.shown]
    return Page[PastVersionOut](items=items, next=next_cursor([versions.next]) if versions.next else None)


@router.get(
    "/{key}/visits",
    response_model=Page[VisitOut],
    summary="检查对象的检查",
    description="已公示且有效的检查结果：哪个部门、何时；按结果排列。",
)
async def list_entity_visits(key: Key, work: Reading, paging: Paging) -> Page[VisitOut]:
    after = id_after(paging)
    async with work:
        entity = await entity_by_key(key, work)
        rows = await work.visits.of(entity.id, paging.size + 1, after)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].result_id]) if len(rows) > paging.size else None
    return Page[VisitOut](items=[VisitOut.of(row) for row in shown], next=more)


@router.get(
    "/{key}/belongings",
    response_model=Page[EntityOut],
    summary="所属的产品、项目、场所和行为",
    description="以该对象为生产（建设、经营）单位的检查对象，按标识排列。",
)
async def list_entity_belongings(key: Key, work: Reading, paging: Paging) -> Page[EntityOut]:
    after = id_after(paging)
    async with work:
        entity = await entity_by_key(key, work)
        number = entity.content.external_no
        rows = await work.visits.belonging(number, paging.size + 1, after) if number else []
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[EntityOut](items=[EntityOut.of(row) for row in shown], next=more)
