"""Reconciliation over HTTP (对账)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.exchange.api.outbound import Peer
from services.exchange.api.shapes import Instant, RowOut
from services.exchange.domain.reconciling import DIFFERENCE_NAMES, DatasetBalance, Difference, Reconciliation
from services.exchange.domain.rows import OutboundRow
from services.exchange.usecases.reconcile import (
    Reconcile,
    Repair,
    read_reconciliation,
    read_reconciliations,
    reconcile,
    repair,
)
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["对账"])


class ReconciliationIn(In):
    """要对账的系统。"""

    peer: str = Field(description="对方系统代码", min_length=1, max_length=50, examples=["province"])


class BalanceOut(Out):
    """一个数据集一个部门的双方情况。"""

    dataset: str = Field(description="数据集代码", examples=["province.results"])
    department: str = Field(description="部门", examples=["scjg"])
    here: int = Field(description="我方条数", examples=[36])
    there: int = Field(description="对方条数", examples=[36])
    lowest_version: int | None = Field(description="我方最低版本", examples=[1])
    highest_version: int | None = Field(description="我方最高版本", examples=[2])
    here_digest: str = Field(description="我方按键值排序的摘要", examples=["9f2b…"])
    there_digest: str = Field(description="对方按键值排序的摘要", examples=["9f2b…"])
    differences: dict[str, int] = Field(description="各类差异的条数", examples=[{"different": 1}])

    @classmethod
    def of(cls, one: DatasetBalance) -> BalanceOut:
        lowest, highest = one.here_versions or (None, None)
        return cls(
            dataset=one.dataset,
            department=one.department,
            here=one.here,
            there=one.there,
            lowest_version=lowest,
            highest_version=highest,
            here_digest=one.here_digest,
            there_digest=one.there_digest,
            differences={kind.value: count for kind, count in one.kinds.items()},
        )


class DifferenceOut(Out):
    """一条差异。"""

    dataset: str = Field(description="数据集代码", examples=["province.results"])
    row_key: str = Field(description="键值", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f91"])
    department: str = Field(description="部门", examples=["scjg"])
    kind: str = Field(description="类别代码", examples=["different"])
    kind_name: str = Field(description="类别", examples=["内容或版本不同"])
    here_version: int | None = Field(description="我方版本", examples=[1])
    there_version: int | None = Field(description="对方版本", examples=[2])

    @classmethod
    def of(cls, one: Difference) -> DifferenceOut:
        return cls(
            dataset=one.dataset,
            row_key=one.row_key,
            department=one.department,
            kind=one.kind.value,
            kind_name=DIFFERENCE_NAMES[one.kind],
            here_version=one.here_version,
            there_version=one.there_version,
        )


class ReconciliationOut(Out):
    """一次对账。"""

    reconciliation_id: UUID = Field(description="对账编号")
    peer: str = Field(description="对方系统代码", examples=["province"])
    day: date = Field(description="日期", examples=["2026-11-24"])
    is_balanced: bool = Field(description="是否相符", examples=[True])
    balances: Sequence[BalanceOut] = Field(description="按数据集、部门")
    differences: Sequence[DifferenceOut] = Field(description="差异；列表中不列出，见单次对账")
    made_by: str = Field(description="对账人", examples=["officer:lxb"])
    made_at: Instant = Field(description="对账时间")

    @classmethod
    def of(cls, one: Reconciliation) -> ReconciliationOut:
        return cls(
            reconciliation_id=one.id,
            peer=one.peer,
            day=one.day,
            is_balanced=one.is_balanced,
            balances=[BalanceOut.of(balance) for balance in one.balances],
            differences=[DifferenceOut.of(found) for found in one.differences],
            made_by=one.made_by,
            made_at=one.made_at,
        )


class RepairOut(Out):
    """一次修复：重新报送的数据。"""

    items: Sequence[RowOut] = Field(description="重新报送的数据，版本高于双方")

    @classmethod
    def of(cls, rows: Sequence[OutboundRow]) -> RepairOut:
        return cls(items=[RowOut.of(row) for row in rows])


@router.post(
    "/reconciliations",
    response_model=ReconciliationOut,
    status_code=201,
    summary="对账",
    description="由联席会议办公室随时发起，系统每日也自动进行：与对方系统逐数据集、逐部门比较条数、版本和摘要，列出差异。",
)
async def create_reconciliation(body: ReconciliationIn, act: CurrentAct) -> Response:
    return await act.run(reconcile, Reconcile(body.peer), shows=ReconciliationOut.of, status=201)


@router.get(
    "/reconciliations",
    response_model=Page[ReconciliationOut],
    summary="历次对账",
    description="新的在前，可按对方系统、日期筛选。",
)
async def list_reconciliations(
    work: Reading,
    paging: Paging,
    peer: Peer = None,
    day: Annotated[date | None, Query(description="日期", examples=["2026-11-24"])] = None,
) -> Page[ReconciliationOut]:
    found = await read_reconciliations(peer, day, paging.size + 1, paging.after_id, work)
    shown = found[: paging.size]
    more = next_cursor([shown[-1].id]) if len(found) > paging.size else None
    return Page[ReconciliationOut](items=[ReconciliationOut.of(one) for one in shown], next=more)


@router.get(
    "/reconciliations/{reconciliation_id}",
    response_model=ReconciliationOut,
    summary="一次对账",
    description="双方情况和差异；各部门看本部门的差异，联席会议办公室看全部。",
)
async def read_one_reconciliation(reconciliation_id: UUID, work: Reading) -> ReconciliationOut:
    return ReconciliationOut.of(await read_reconciliation(reconciliation_id, work))


@router.post(
    "/reconciliations/{reconciliation_id}/repairs",
    response_model=RepairOut,
    status_code=201,
    summary="修复差异",
    description=(
        "由联席会议办公室一次修复对账发现的全部差异：不同、缺少、重复的以高于双方的版本重新报送，我方没有的请对方撤销；"
        "修复留痕。"
    ),
)
async def create_repair(reconciliation_id: UUID, act: CurrentAct) -> Response:
    return await act.run(repair, Repair(reconciliation_id), shows=RepairOut.of, status=201)
