"""Lists over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.credit.api.shapes import ListingOut, after_of
from services.credit.domain.history import ListingFilter
from services.credit.usecases.read_archive import read_listings
from shared.runtime.app import Reading
from shared.runtime.http import Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["名单"])


@router.get(
    "/listings",
    response_model=Page[ListingOut],
    summary="名单列入记录",
    description="每条列入记录的最新版本，决定日期新的在前；可按名单、状态、检查对象和决定日期筛选。",
)
async def list_listings(
    work: Reading,
    paging: Paging,
    list_code: Annotated[str | None, Query(description="名单代码", examples=["abnormal_operations"])] = None,
    state: Annotated[str | None, Query(description="状态：entered、removed、annulled", examples=["entered"])] = None,
    entity_id: Annotated[UUID | None, Query(description="检查对象编号")] = None,
    decided_from: Annotated[date | None, Query(description="决定日期不早于")] = None,
    decided_to: Annotated[date | None, Query(description="决定日期不晚于")] = None,
) -> Page[ListingOut]:
    wanted = ListingFilter(list_code, state, entity_id, decided_from, decided_to)
    after: Any = after_of(paging, date.fromisoformat, UUID)
    rows, measures = await read_listings(wanted, paging.size + 1, after, work)
    shown = rows[: paging.size]
    last = shown[-1].listing if len(rows) > paging.size else None
    more = None if last is None else next_cursor([last.decision.decided_on, last.id])
    return Page[ListingOut](items=[ListingOut.of(row, measures) for row in shown], next=more)
