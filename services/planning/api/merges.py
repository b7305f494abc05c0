"""Overlaps of plans and their merges over HTTP (N4)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.planning.api.cursors import id_cursor
from services.planning.api.overlap_models import OverlapOut, PlanMergeIn, PlanMergeOut
from services.planning.api.path_ids import MergeId
from services.planning.usecases.find_overlaps import overlaps_of_year
from services.planning.usecases.merge_plans import merge_plans
from services.planning.usecases.read_merges import the_merge
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["计划合并"])


@router.get(
    "/plan-overlaps",
    response_model=list[OverlapOut],
    summary="范围和时间重叠的计划",
    description="一个年度已提交、批准或公布的计划中，抽查范围有共同对象、检查时间有共同日期的每一对，"
    "按合并预计减少的户次从多到少。对象数为名录库的实数。",
)
async def list_plan_overlaps(
    work: Reading, year: Annotated[int, Query(description="计划年度", ge=2000, le=2100)]
) -> list[OverlapOut]:
    return [OverlapOut.of(one) for one in await overlaps_of_year(year, work)]


@router.post(
    "/plan-merges",
    status_code=201,
    response_model=PlanMergeOut,
    summary="合并抽查计划",
    description="由联席会议办公室办理：主计划并入其他计划的部门和事项，取共同的检查时间和各等级较高的比例，"
    "经办公室其他人员批准、公布后生效，并入的计划同时取消。合并后不得遗漏原有对象，且须减少检查。",
)
async def create_plan_merge(body: PlanMergeIn, act: CurrentAct) -> Response:
    return await act.run(
        merge_plans,
        body.command(),
        shows=PlanMergeOut.of,
        status=201,
        headers=lambda made: {"Location": f"/v1/plan-merges/{made.id}"},
    )


@router.get(
    "/plan-merges",
    response_model=Page[PlanMergeOut],
    summary="计划合并列表",
    description="本部门参与的合并及各方所得，新的在前；联席会议办公室可见全部。",
)
async def list_plan_merges(work: Reading, paging: Paging) -> Page[PlanMergeOut]:
    async with work:
        rows = await work.merges.page(paging.size + 1, id_cursor(paging.after))
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[PlanMergeOut](items=[PlanMergeOut.of(row) for row in shown], next=more)


@router.get(
    "/plan-merges/{plan_merge_id}",
    response_model=PlanMergeOut,
    summary="查询计划合并",
    description="一次合并及各方所得。",
)
async def get_plan_merge(plan_merge_id: MergeId, work: Reading) -> PlanMergeOut:
    return PlanMergeOut.of(await the_merge(plan_merge_id, work))
