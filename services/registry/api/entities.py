"""Objects of inspection over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.api.entity_models import EntityDetailOut, EntityIn, EntityOut, PastVersionOut
from services.registry.api.fields import id_after, number_after
from services.registry.domain.entities import Entity
from services.registry.usecases.edit_entity import CreateEntity, ReviseEntity, create_entity, revise_entity
from services.registry.usecases.read_entities import EntityFilter, entity_by_key, history_of
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import ExpectedVersion, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/entities", tags=["检查对象"])
Key = Annotated[str, Path(description="统一社会信用代码，或检查对象标识", examples=["91410308MA0000001U"])]


def _headers(entity: Entity) -> dict[str, str]:
    return {"ETag": etag(entity.version), "Location": f"/v1/entities/{entity.id}"}


@router.get("", response_model=Page[EntityOut], summary="检查对象列表", description="按标识排列，可按条件筛选。")
async def list_entities(
    work: Reading,
    paging: Paging,
    kind: Annotated[str | None, Query(description="类别", examples=["enterprise"])] = None,
    status: Annotated[str | None, Query(description="登记状态", examples=["active"])] = None,
    town: Annotated[str | None, Query(description="镇街或区代码（含下级）", examples=["410308100"])] = None,
    credit_class: Annotated[str | None, Query(description="信用风险等级", examples=["B"])] = None,
    department: Annotated[str | None, Query(description="监管部门代码", examples=["SCJG"])] = None,
    tag: Annotated[str | None, Query(description="标签", examples=["食品生产"])] = None,
    q: Annotated[str | None, Query(description="名称的一部分，或统一社会信用代码", min_length=2)] = None,
) -> Page[EntityOut]:
    narrowed = EntityFilter(kind, status, town, credit_class, department, tag, q)
    after = id_after(paging)
    async with work:
        rows = await work.entity_lists.page(narrowed, paging.size + 1, after)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[EntityOut](items=[EntityOut.of(row) for row in shown], next=more)


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
    description="按统一社会信用代码或检查对象标识查询。",
)
async def get_entity(key: Key, work: Reading, response: Response) -> EntityDetailOut:
    async with work:
        entity = await entity_by_key(key, work)
        producer = await work.entities.producer_id(entity.content.producer_external_no)
    response.headers["ETag"] = etag(entity.version)
    return EntityDetailOut(**EntityOut.of(entity).model_dump(), producer_id=producer)


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
