"""Dated region codes over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter, Response
from pydantic import Field

from services.registry.domain.regions import StoredTerm
from services.registry.usecases.load_regions import LoadRegions, load_regions
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out
from shared.values.region import RegionTerm

router = APIRouter(prefix="/v1/region-terms", tags=["行政区划"])


class RegionTermIn(In):
    """一个区划代码在一段时间里的含义。"""

    code: str = Field(description="区划代码，6、9 或 12 位", examples=["410308100"])
    name: str = Field(description="名称", min_length=2, max_length=50, examples=["城关镇"])
    since: date | None = Field(None, description="启用日期，空为自始", examples=["2021-03-18"])
    until: date | None = Field(None, description="停用日期（当日起不再使用），空为现行")
    successor: str | None = Field(None, description="停用后的继任代码", examples=["410308"])


class RegionTermsIn(In):
    """载入区划代码：新的加入，已有的更新。"""

    terms: list[RegionTermIn] = Field(description="代码", min_length=1, max_length=5000)


class RegionTermOut(Out):
    """一个区划代码在一段时间里的含义。"""

    code: str = Field(description="区划代码", examples=["410308100"])
    name: str = Field(description="名称", examples=["城关镇"])
    since: date | None = Field(description="启用日期")
    until: date | None = Field(description="停用日期")
    successor: str | None = Field(description="继任代码", examples=["410308100"])


class RegionTermsOut(Out):
    """本区的全部区划代码，历史的也在内。"""

    items: list[RegionTermOut] = Field(description="按代码和启用日期排列")

    @classmethod
    def of(cls, stored: Sequence[StoredTerm]) -> RegionTermsOut:
        names = RegionTermOut.model_fields
        return cls(
            items=[RegionTermOut.model_validate({name: getattr(one.term, name) for name in names}) for one in stored]
        )


@router.post(
    "",
    status_code=201,
    response_model=RegionTermsOut,
    summary="载入区划代码",
    description="由联席会议办公室或运维办理。载入后，检查对象的镇街代码须是现行代码，旧代码换成继任代码。",
)
async def add_region_terms(body: RegionTermsIn, act: CurrentAct) -> Response:
    terms = tuple(RegionTerm(term.code, term.name, term.since, term.until, term.successor) for term in body.terms)
    return await act.run(load_regions, LoadRegions(terms), shows=RegionTermsOut.of, status=201)


@router.get("", response_model=RegionTermsOut, summary="区划代码", description="现行的和历史的代码。")
async def list_region_terms(work: Reading) -> RegionTermsOut:
    async with work:
        return RegionTermsOut.of(await work.regions.all())
