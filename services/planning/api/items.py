"""Published items over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from services.planning.api.cursors import pair_cursor
from services.planning.api.filters import Level, Owner, Sought, Year
from services.planning.api.item_models import ItemOut
from services.planning.domain.filters import ItemFilter
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
    department: Owner = None,
    level: Level = None,
    q: Sought = None,
    year: Year = None,
) -> Page[ItemOut]:
    async with work:
        wanted = ItemFilter(year or work.today.year, department, level, q)
        rows = await work.items.page(wanted, paging.size + 1, pair_cursor(paging.after))
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].department, shown[-1].item.code]) if len(rows) > paging.size else None
    return Page[ItemOut](items=[ItemOut.of(row) for row in shown], next=more)
