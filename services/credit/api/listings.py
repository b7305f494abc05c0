"""Lists and the indicator system over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.credit.api.shapes import ListingOut, after_of
from services.credit.domain.history import ListingFilter
from services.credit.domain.indicators import IndicatorSystem
from services.credit.usecases.read_archive import read_listings, read_rules
from shared.runtime.app import Reading
from shared.runtime.http import Out, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1", tags=["名单与指标"])


class BandOut(Out):
    """一个分数段，含起点，不含下一段起点。"""

    credit_class: str = Field(description="等级", examples=["B"])
    starts_at: int = Field(description="起点分数（含）", examples=[200])


class IndicatorOut(Out):
    """一个指标。"""

    code: str = Field(description="指标编码", examples=["R030503"])
    name: str = Field(description="指标名称", examples=["双随机抽查：发现问题待后续处理"])
    group: str = Field(description="所属类别", examples=["R0305 双随机抽查"])
    points: list[int] = Field(
        description="分值：第一个为未分级，其后为程度 1–5", examples=[[60, 60, 120, 200, 320, 500]]
    )
    window_months: int | None = Field(description="计入月数，为空表示长期计入", examples=[60])


class DirectRuleOut(Out):
    """直接判定规则。"""

    list_code: str = Field(description="名单代码", examples=["serious_violations"])
    credit_class: str = Field(description="判定等级", examples=["D"])
    basis: str = Field(description="依据", examples=["豫市监办〔2022〕100号"])


class IndicatorSystemOut(Out):
    """一版指标体系。"""

    code: str = Field(description="代码", examples=["henan-2022"])
    version: int = Field(description="版本", examples=[1])
    title: str = Field(description="名称", examples=["企业信用风险分类指标体系"])
    legal_basis: str = Field(description="依据", examples=["豫市监办〔2022〕100号"])
    highest: int = Field(description="满分，越高风险越大", examples=[1000])
    bands: list[BandOut] = Field(description="分数段")
    indicators: list[IndicatorOut] = Field(description="指标")
    codes: dict[str, str] = Field(description="检查结果代码、名单代码对应的指标", examples=[{"outcome:8": "R030501"}])
    direct_rules: list[DirectRuleOut] = Field(description="直接判定规则")

    @classmethod
    def of(cls, system: IndicatorSystem) -> IndicatorSystemOut:
        return cls(
            code=system.code,
            version=system.version,
            title=system.title,
            legal_basis=system.legal_basis,
            highest=system.highest,
            bands=[BandOut(credit_class=band.credit_class, starts_at=band.starts_at) for band in system.bands],
            indicators=[
                IndicatorOut(
                    code=one.code,
                    name=one.name,
                    group=one.group,
                    points=list(one.points),
                    window_months=one.window_months,
                )
                for one in system.indicators.values()
            ],
            codes=dict(system.codes),
            direct_rules=[
                DirectRuleOut(list_code=rule.list_code, credit_class=rule.credit_class, basis=rule.basis)
                for rule in system.direct_rules
            ],
        )


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


@router.get(
    "/indicator-systems/current",
    response_model=IndicatorSystemOut,
    summary="现行指标体系",
    description="信用风险分类所用的指标、分值、分数段和直接判定规则。",
)
async def get_current_indicator_system(work: Reading, response: Response) -> IndicatorSystemOut:
    rules = await read_rules(work)
    response.headers["ETag"] = etag(rules.indicators.version)
    return IndicatorSystemOut.of(rules.indicators)
