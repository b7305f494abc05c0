"""Published items over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from services.planning.api.cursors import pair_cursor
from services.planning.api.item_models import ItemOut
from services.planning.domain.filters import ItemFilter
from services.planning.domain.items import ItemLevel
from shared.runtime.app import Reading
from shared.runtime.http import Page, Paging, next_cursor

router = APIRouter(prefix="/v1/items", tags=["抽查事项清单"])


@router.get(
    "",
    response_model=Page[ItemOut],
    summary="现行抽查事项",
    description="各部门已公布清单中的事项：每个部门取不晚于所查年度的最近一份，按部门和事项编码排列。",
)
async def list_items(
    work: Reading,
    paging: Paging,
    department: Annotated[str | None, Query(description="部门代码")] = None,
    level: Annotated[ItemLevel | None, Query(description="general 一般检查事项，key 重点检查事项")] = None,
    q: Annotated[str | None, Query(description="在名称和编码中查找的文字", min_length=1, max_length=100)] = None,
    year: Annotated[int | None, Query(description="年度，默认本年", ge=2000, le=2100)] = None,
) -> Page[ItemOut]:
    async with work:
        wanted = ItemFilter(year or work.today.year, department, level, q)
        rows = await work.items.page(wanted, paging.size + 1, pair_cursor(paging.after))
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].department, shown[-1].item.code]) if len(rows) > paging.size else None
    return Page[ItemOut](items=[ItemOut.of(row) for row in shown], next=more)
