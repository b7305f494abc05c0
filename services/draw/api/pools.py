"""Pools over HTTP: freeze, look at the counts, withdraw."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from services.draw.api.bodies import PoolIn, ReasonIn
from services.draw.api.cursors import after_warning
from services.draw.api.shown import DrawOut
from services.draw.api.shown_pools import PoolOut, WarnedObjectOut
from services.draw.usecases.freeze_pool import freeze_pool
from services.draw.usecases.reading import one_pool
from services.draw.usecases.reading_visits import page_of_pool_warnings
from services.draw.usecases.withdraw_pool import WithdrawPool, withdraw_pool
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/pools", tags=["抽取名册"])


@router.post(
    "",
    status_code=201,
    response_model=DrawOut,
    summary="冻结名册",
    description="按任务范围从名录库取快照，分层、生成标识、排定检查组规则。由发起部门或联席会议办公室办理；"
    "公布承诺书须由另一人办理。",
)
async def create_pool(body: PoolIn, act: CurrentAct) -> Response:
    return await act.run(
        freeze_pool,
        body.command(),
        shows=DrawOut.of,
        status=201,
        headers=lambda made: {"ETag": etag(made.version), "Location": f"/v1/pools/{made.id}"},
    )


@router.get(
    "/{draw_id}",
    response_model=PoolOut,
    summary="查看名册",
    description="各分层对象数、平均抽取数、各部门人员和预计的缺口。发起和参加部门、联席会议办公室可见。",
)
async def get_pool(draw_id: UUID, work: Reading) -> PoolOut:
    return PoolOut.of(await one_pool(draw_id, work))


@router.get(
    "/{draw_id}/visit-warnings",
    response_model=Page[WarnedObjectOut],
    summary="名册的检查频次提醒",
    description="公布承诺书之前可看：名册中哪些对象若被抽中，连同已做和已安排的检查会达到任务的提醒阈值，各因何阈值。"
    "提醒不阻止抽取。发起部门、联席会议办公室和监督机关可见。",
)
async def list_visit_warnings(draw_id: UUID, work: Reading, paging: Paging) -> Page[WarnedObjectOut]:
    found = await page_of_pool_warnings(draw_id, work, paging.size + 1, after_warning(paging))
    shown = [WarnedObjectOut.of(name, warning) for name, warning in found[: paging.size]]
    more = next_cursor([shown[-1].entity_id, shown[-1].days]) if len(found) > paging.size else None
    return Page[WarnedObjectOut](items=shown, next=more)


@router.post(
    "/{draw_id}/withdrawal",
    response_model=DrawOut,
    summary="撤回名册",
    description="尚未公布承诺书的名册可以撤回，之后可重新冻结；步骤留痕。",
)
async def create_withdrawal(draw_id: UUID, body: ReasonIn, act: CurrentAct) -> Response:
    return await act.run(
        withdraw_pool,
        WithdrawPool(draw_id, body.text()),
        shows=DrawOut.of,
        headers=lambda draw: {"ETag": etag(draw.version)},
    )
