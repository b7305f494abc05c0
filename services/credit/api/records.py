"""Credit records over HTTP: who reads an entity's class, why it is what it is, and how it came about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from services.credit.api.record_shapes import CreditRecordOut, HistoryLineOut
from services.credit.api.shapes import EntityKey, FlagOut, after_of
from services.credit.usecases.read_archive import read_flags, read_history, read_record
from services.credit.usecases.read_as_of import read_as_of
from shared.runtime.app import Reading
from shared.runtime.http import Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/entities/{uscc}", tags=["信用记录"])


@router.get(
    "/credit-record",
    response_model=CreditRecordOut,
    summary="查询信用记录",
    description=(
        "信用风险等级、得分、来由、现行有效的记录和当日有效的惩戒标记。没有任何事实的检查对象为 U（未分类）。"
        "给出 on 时为过去某日的情况（按该日结束时所知）；再给出 known_at 时，按该时刻所知的情况看那一日。"
        "同样的 on 和 known_at 任何时候都得到逐字节相同的内容。"
    ),
)
async def get_credit_record(
    uscc: EntityKey,
    work: Reading,
    response: Response,
    on: Annotated[date | None, Query(description="哪一日，缺省为今天", examples=["2026-11-23"])] = None,
    known_at: Annotated[
        AwareDatetime | None, Query(description="按何时所知，缺省为该日结束时", examples=["2026-11-23T18:00:00+08:00"])
    ] = None,
) -> CreditRecordOut:
    view = await (read_record(uscc, work) if on is known_at is None else read_as_of(uscc, on, known_at, work))
    response.headers["ETag"] = etag(view.record.version)
    return CreditRecordOut.of(view)


@router.get(
    "/history",
    response_model=Page[HistoryLineOut],
    summary="信用历史",
    description="按事实时间排列的全部记录、冲销、等级变动、名单和标记；更正和撤回前后的都保留。",
)
async def list_credit_history(uscc: EntityKey, work: Reading, paging: Paging) -> Page[HistoryLineOut]:
    after: Any = after_of(paging, datetime.fromisoformat, str, str)
    rows = await read_history(uscc, paging.size + 1, after, work)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].at, shown[-1].kind, shown[-1].id]) if len(rows) > paging.size else None
    return Page[HistoryLineOut](items=[HistoryLineOut.of(row) for row in shown], next=more)


@router.get(
    "/flags",
    response_model=Page[FlagOut],
    summary="联合惩戒标记",
    description="历次触发的标记及其现状；给出 on 时只列当日有效的（按现在所知）。",
)
async def list_flags(
    uscc: EntityKey,
    work: Reading,
    on: Annotated[date | None, Query(description="只列该日有效的标记", examples=["2026-11-24"])] = None,
) -> Page[FlagOut]:
    view = await read_flags(uscc, work)
    flags = [flag for flag in view.flags if on is None or flag.is_on(on)]
    ordered = sorted(flags, key=lambda flag: (flag.starts_on, flag.area, flag.id))
    return Page[FlagOut](items=[FlagOut.of(flag, view.measures) for flag in ordered], next=None)
