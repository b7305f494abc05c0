"""Batches, rates and field maps over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from services.exchange.api.outbound import Dataset, Peer
from services.exchange.api.shapes import BatchOut
from services.exchange.domain.batches import BatchState
from services.exchange.domain.maps import FieldMap
from services.exchange.domain.outbound_views import BatchFilter, Rates
from services.exchange.usecases.read_outbound import read_batches, read_maps, read_rates
from shared.runtime.app import Reading
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1", tags=["批次与统计"])


class RatesOut(Out):
    """一个部门一个数据集一个月的报送情况；比率为百万分比。"""

    department: str = Field(description="部门", examples=["scjg"])
    dataset: str = Field(description="数据集代码", examples=["province.results"])
    month: date = Field(description="月份（第一天）", examples=["2026-11-01"])
    rows: int = Field(description="应报送条数", examples=[36])
    judged: int = Field(description="对方已答复的次数", examples=[38])
    accepted: int = Field(description="已接收", examples=[36])
    in_time: int = Field(description="三日内接收", examples=[36])
    duplicates: int = Field(description="重复", examples=[0])
    on_work_list: int = Field(description="待办", examples=[0])
    timeliness_ppm: int | None = Field(description="及时率", examples=[1000000])
    acceptance_ppm: int | None = Field(description="合格率", examples=[947368])
    duplicate_ppm: int | None = Field(description="重复率", examples=[0])

    @classmethod
    def of(cls, one: Rates) -> RatesOut:
        facts = {name: getattr(one, name) for name in cls.model_fields}
        return cls(**facts)


class RatesListOut(Out):
    """一个月的报送统计。"""

    items: Sequence[RatesOut] = Field(description="按部门、数据集")


class MapOut(Out):
    """一个数据集的字段映射。"""

    dataset: str = Field(description="数据集代码", examples=["province.results"])
    title: str = Field(description="数据集", examples=["检查结果"])
    peer: str = Field(description="对方系统代码", examples=["province"])
    peer_title: str = Field(description="对方系统", examples=["全省双随机监管平台"])
    schema_version: str | None = Field(description="今日有效的格式版本，没有时为空", examples=["2026.1"])
    effective_from: date | None = Field(description="生效日期", examples=["2020-01-01"])
    effective_to: date | None = Field(description="失效日期（含当日）")
    fields: int = Field(description="字段数", examples=[10])

    @classmethod
    def of(cls, one: FieldMap, today: date) -> MapOut:
        found = next((version for version in one.versions if version.term.holds(today)), None)
        return cls(
            dataset=one.dataset,
            title=one.title,
            peer=one.peer,
            peer_title=one.peer_title,
            schema_version=found.schema if found else None,
            effective_from=found.term.since if found else None,
            effective_to=found.term.until if found else None,
            fields=len(found.fields) if found else 0,
        )


class MapsOut(Out):
    """现行字段映射。"""

    items: Sequence[MapOut] = Field(description="按数据集")


@router.get(
    "/batches",
    response_model=Page[BatchOut],
    summary="报送批次",
    description="新的在前，可按对方系统、数据集、状态筛选。",
)
async def list_batches(
    work: Reading,
    paging: Paging,
    peer: Peer = None,
    dataset: Dataset = None,
    state: Annotated[BatchState | None, Query(description="状态代码", examples=["settled"])] = None,
) -> Page[BatchOut]:
    wanted = BatchFilter(peer, dataset, None if state is None else state.value)
    found = await read_batches(wanted, paging.size + 1, paging.after_id, work)
    shown = found[: paging.size]
    more = next_cursor([shown[-1][0].id]) if len(found) > paging.size else None
    return Page[BatchOut](items=[BatchOut.of(*one) for one in shown], next=more)


@router.get(
    "/reporting-rates",
    response_model=RatesListOut,
    summary="报送统计",
    description="事实发生在该月的数据：及时率、合格率、重复率，按部门和数据集。各部门看本部门的，联席会议办公室看全部。",
)
async def read_reporting_rates(
    work: Reading, month: Annotated[date, Query(description="该月任一天", examples=["2026-11-01"])]
) -> RatesListOut:
    return RatesListOut(items=[RatesOut.of(one) for one in await read_rates(month, work)])


@router.get(
    "/field-maps",
    response_model=MapsOut,
    summary="字段映射",
    description="每个数据集今日有效的字段映射及其有效期。",
)
async def list_field_maps(work: Reading) -> MapsOut:
    today, maps = await read_maps(work)
    return MapsOut(items=[MapOut.of(one, today) for one in maps])
