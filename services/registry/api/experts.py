"""Experts and institutions over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.registry.api.expert_models import ExpertIn, ExpertOut, ExpertSuspensionIn
from services.registry.api.export_sheets import EXPERTS
from services.registry.api.fields import id_after
from services.registry.domain.experts import Expert, ExpertKind
from services.registry.usecases.edit_expert import (
    CreateExpert,
    ReinstateExpert,
    ReviseExpert,
    SuspendExpert,
    create_expert,
    expert_known,
    reinstate_expert,
    revise_expert,
    suspend_expert,
)
from services.registry.usecases.read_people import ExpertFilter
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.exports import EXPORTED, ExportForm, ExportFormat, export, paged
from shared.runtime.http import ExpectedVersion, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/experts", tags=["专家"])
Id = Annotated[UUID, Path(description="专家标识")]


def expert_filter(
    field: Annotated[str | None, Query(description="专业领域", examples=["食品检验"])] = None,
    kind: Annotated[ExpertKind | None, Query(description="person 个人、institution 机构")] = None,
    status: Annotated[str | None, Query(description="状态", examples=["active"])] = None,
    valid_on: Annotated[date | None, Query(description="在此日可以提供意见", examples=["2026-12-01"])] = None,
    q: Annotated[str | None, Query(description="编号，或姓名、单位的一部分", min_length=1)] = None,
) -> ExpertFilter:
    return ExpertFilter(field, kind, status, valid_on, q)


Narrowed = Annotated[ExpertFilter, Depends(expert_filter)]


def _headers(expert: Expert) -> dict[str, str]:
    return {"ETag": etag(expert.version), "Location": f"/v1/experts/{expert.id}"}


@router.get(
    "", response_model=Page[ExpertOut], summary="专家列表", description="按标识排列，可按专业领域、类型和有效期筛选。"
)
async def list_experts(work: Reading, paging: Paging, narrowed: Narrowed) -> Page[ExpertOut]:
    after = id_after(paging)
    async with work:
        rows = await work.experts.page(narrowed, paging.size + 1, after)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[ExpertOut](items=[ExpertOut.of(row) for row in shown], next=more)


@router.get(
    "/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出专家",
    description="筛选条件与列表相同；不含联系电话。",
)
async def export_experts(work: Reading, narrowed: Narrowed, form: ExportForm = ExportFormat.CSV) -> Response:
    async with work:
        pages = paged(lambda size, after: work.experts.page(narrowed, size, after), lambda row: row.id)
        return await export(work, EXPERTS, pages, form, narrowed)


@router.get("/{expert_id}", response_model=ExpertOut, summary="查询专家", description="现行版本。")
async def get_expert(expert_id: Id, work: Reading, response: Response) -> ExpertOut:
    async with work:
        expert = await expert_known(expert_id, work)
    response.headers["ETag"] = etag(expert.version)
    return ExpertOut.of(expert)


@router.post("", status_code=201, response_model=ExpertOut, summary="登记专家", description="由联席会议办公室办理。")
async def add_expert(body: ExpertIn, act: CurrentAct) -> Response:
    command = CreateExpert(body.cells(), body.phone)
    return await act.run(create_expert, command, shows=ExpertOut.of, status=201, headers=_headers)


@router.put(
    "/{expert_id}",
    response_model=ExpertOut,
    summary="修改专家",
    description="由联席会议办公室办理；按 If-Match 给出的版本修改。",
)
async def put_expert(expert_id: Id, body: ExpertIn, version: ExpectedVersion, act: CurrentAct) -> Response:
    command = ReviseExpert(expert_id, version, body.cells(), body.kept_phone())
    return await act.run(revise_expert, command, shows=ExpertOut.of, headers=_headers)


@router.post(
    "/{expert_id}/suspensions",
    status_code=201,
    response_model=ExpertOut,
    summary="暂停专家资格",
    description="由联席会议办公室办理；此后的抽取不再匹配此人。",
)
async def add_expert_suspension(expert_id: Id, body: ExpertSuspensionIn, act: CurrentAct) -> Response:
    command = SuspendExpert(expert_id, body.reason)
    return await act.run(suspend_expert, command, shows=ExpertOut.of, status=201, headers=_headers)


@router.post(
    "/{expert_id}/reinstatements",
    status_code=201,
    response_model=ExpertOut,
    summary="恢复专家资格",
    description="由联席会议办公室办理。",
)
async def add_expert_reinstatement(expert_id: Id, act: CurrentAct) -> Response:
    command = ReinstateExpert(expert_id)
    return await act.run(reinstate_expert, command, shows=ExpertOut.of, status=201, headers=_headers)
