"""Search over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.disclosure.api.caching import public_json
from services.disclosure.api.public_shapes import EntityHitOut, PlanLineOut, ResultLineOut
from services.disclosure.domain.views import SearchPage
from services.disclosure.usecases.search_public import AskSearch, a_query, search_public
from shared.runtime.app import Reading
from shared.runtime.http import Out, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["公示查询"])


class SearchOut(Out):
    """查询结果：有查询内容时给出检查对象，只有筛选条件时给出检查结果。"""

    exact: str | None = Field(description="查询内容正好是某个编号时，其页面地址", examples=[None])
    entities: list[EntityHitOut] = Field(description="找到的检查对象，名称以查询内容开头的在前")
    results: list[ResultLineOut] = Field(description="符合筛选条件的检查结果，新公示的在前")
    plans: list[PlanLineOut] = Field(description="名称含有查询内容的抽查计划，最多五个")
    total: int = Field(description="总数：检查对象最多数到 100，检查结果最多数到 1000", examples=[1])
    is_capped: bool = Field(description="是否超过所数到的总数", examples=[False])
    next: str | None = Field(description="下一页的翻页标记", examples=[None])

    @classmethod
    def of(cls, page: SearchPage) -> SearchOut:
        return cls(
            exact=page.exact,
            entities=[EntityHitOut.of(hit) for hit in page.hits],
            results=[ResultLineOut.of(line) for line in page.lines],
            plans=[PlanLineOut.of(line) for line in page.plans],
            total=page.total,
            is_capped=page.is_capped,
            next=None if page.next_key is None else next_cursor(page.next_key),
        )


@router.get(
    "/search",
    response_model=SearchOut,
    summary="查询公示信息",
    description="按名称（两个汉字以上，开头或中间，拼音首字母）、统一社会信用代码、编号查询；可以加筛选条件。",
)
async def search(
    request: Request,
    work: Reading,
    paging: Paging,
    q: Annotated[str | None, Query(description="名称、统一社会信用代码、编号", max_length=200)] = None,
    plan_no: Annotated[str | None, Query(description="抽查计划编号", max_length=60)] = None,
    task_no: Annotated[str | None, Query(description="抽查任务编号", max_length=60)] = None,
    department: Annotated[str | None, Query(description="部门代码", max_length=20)] = None,
    from_on: Annotated[date | None, Query(description="检查完成日期自")] = None,
    to_on: Annotated[date | None, Query(description="检查完成日期至")] = None,
    result_type: Annotated[
        str | None, Query(description="检查结果代码；problem 发现问题，clean 未发现问题", max_length=20)
    ] = None,
) -> Response:
    query = a_query(q, plan_no, task_no, department, (from_on, to_on), result_type)
    page = await search_public(AskSearch(query, paging.size, paging.after), work)
    return public_json(request, SearchOut.of(page))
