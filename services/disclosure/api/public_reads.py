"""Everything that has a page, as JSON: objects, results, plans, figures, state, printed codes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from services.disclosure.api.badge import badge_svg
from services.disclosure.api.caching import public_bytes, public_json
from services.disclosure.api.public_figures import CodeOut, PlanOut, StatisticsOut, StatusOut
from services.disclosure.api.public_shapes import A_PLAN, EntityOut, PlanLineOut, ResultOut
from services.disclosure.usecases.check_code import check_code
from services.disclosure.usecases.search_public import line_place
from services.disclosure.usecases.show_entity import show_entity
from services.disclosure.usecases.show_plan import list_plans, show_plan
from services.disclosure.usecases.show_result import show_result
from services.disclosure.usecases.show_statistics import show_statistics
from services.disclosure.usecases.show_status import show_status
from shared.runtime.app import Reading
from shared.runtime.http import Page, Paging, next_cursor
from shared.runtime.problems import Problem

router = APIRouter(prefix="/v1", tags=["公示查询"])
AnEntity = Annotated[
    str, Path(description="对象编号或统一社会信用代码", max_length=60, examples=["91410308MA00000019"])
]


@router.get(
    "/entities/{entity}",
    response_model=EntityOut,
    summary="检查对象的公示信息",
    description="全部公示的检查结果和依法公示的名单列入。没有抽中、没有发现问题不等于保证守法。",
)
async def read_entity(request: Request, entity: AnEntity, work: Reading) -> Response:
    return public_json(request, EntityOut.of(await show_entity(entity, work)))


@router.get(
    "/entities/{entity}/badge.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}, "description": "徽标"}},
    summary="检查对象的徽标",
    description="SVG 图片：最近一次公示的检查结果，可以放在其他网站上。",
)
async def read_badge(request: Request, entity: AnEntity, work: Reading) -> Response:
    return public_bytes(request, badge_svg(await show_entity(entity, work)).encode(), "image/svg+xml")


@router.get(
    "/results/{result_id}",
    response_model=ResultOut,
    responses={410: {"model": Problem, "description": "不再公示，说明理由"}},
    summary="一条检查结果",
    description="公示内容、版本和差异、数字指纹。不再公示的答复 410，说明理由。",
)
async def read_result(request: Request, result_id: UUID, work: Reading) -> Response:
    return public_json(request, ResultOut.of(await show_result(result_id, work)))


@router.get(
    "/plans",
    response_model=Page[PlanLineOut],
    summary="抽查计划列表",
    description="按本版本公布时间排列，新的在前。",
)
async def list_public_plans(
    request: Request,
    work: Reading,
    paging: Paging,
    year: Annotated[int | None, Query(description="年度", ge=1900, le=9999)] = None,
    q: Annotated[str | None, Query(description="名称中含有", max_length=100)] = None,
) -> Response:
    lines = await list_plans(year, q, line_place(paging.after), paging.size + 1, work)
    shown = lines[: paging.size]
    more = next_cursor([shown[-1].published_at.isoformat(), shown[-1].plan_id]) if len(lines) > paging.size else None
    return public_json(request, Page[PlanLineOut](items=[PlanLineOut.of(line) for line in shown], next=more))


@router.get(
    "/plans/{plan_no}",
    response_model=PlanOut,
    summary="一个抽查计划",
    description="各公布版本及其差异和理由。",
)
async def read_plan(
    request: Request,
    plan_no: Annotated[str, Path(description="计划编号", max_length=60, examples=[A_PLAN])],
    work: Reading,
) -> Response:
    return public_json(request, PlanOut.of(await show_plan(plan_no, work)))


@router.get(
    "/statistics",
    response_model=StatisticsOut,
    summary="统计",
    description="一年的覆盖、按期公示率和问题发现率，按部门、行业门类和月份。",
)
async def read_statistics(
    request: Request,
    work: Reading,
    year: Annotated[int | None, Query(description="年度；不填为今年", ge=1900, le=9999)] = None,
) -> Response:
    return public_json(request, StatisticsOut.of(await show_statistics(year, work)))


@router.get(
    "/status",
    response_model=StatusOut,
    summary="公示数据的状态",
    description="数据截至何时，各来源最近签名的检查点。",
)
async def read_status(request: Request, work: Reading) -> Response:
    return public_json(request, StatusOut.of(await show_status(work)))


@router.get(
    "/codes/{code}",
    response_model=CodeOut,
    summary="核验印刷的编号",
    description="检查码、部门、事项、任务、计划、结果、对象的编号；不对的编号也有答复。",
)
async def read_code(
    code: Annotated[str, Path(description="印刷的编号", max_length=100, examples=["SCJG"])], work: Reading
) -> Response:
    found = CodeOut.of(await check_code(code, work))
    return Response(found.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})
