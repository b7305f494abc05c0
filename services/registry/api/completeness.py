"""How complete the libraries are, over HTTP (L8)."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import Field

from services.registry.api.export_sheets import COMPLETENESS
from services.registry.domain.completeness import Completeness
from services.registry.usecases.read_completeness import completeness
from shared.runtime.app import Reading
from shared.runtime.exports import EXPORTED, ExportForm, ExportFormat, at_once, export
from shared.runtime.http import Out

router = APIRouter(prefix="/v1/completeness", tags=["名录库完备度"])


class CompletenessOut(Out):
    """一个部门的名录库完备度。"""

    department: str = Field(description="部门代码", examples=["SCJG"])
    name: str = Field(description="部门全称", examples=["孟津区市场监督管理局"])
    libraries: int = Field(description="名录库数", examples=[5])
    objects: int = Field(description="登记本部门监管的存续对象数", examples=[12000])
    objects_with_town: int = Field(description="其中写明镇街的", examples=[11800])
    objects_with_industry: int = Field(description="其中写明行业的", examples=[11000])
    objects_with_class: int = Field(description="其中有信用风险等级的", examples=[10500])
    objects_complete: int = Field(description="其中三项齐全的", examples=[10000])
    inspectors: int = Field(description="没有离岗的执法检查人员数", examples=[60])
    inspectors_valid: int = Field(description="今天可以执法检查的：在岗、不在休假、证件有效", examples=[55])
    inspectors_expiring: int = Field(description="三十日内证件到期的", examples=[3])
    inspectors_by_field: dict[str, int] = Field(
        description="可以执法检查的人员，按执法领域", examples=[{"食品安全": 20, "特种设备": 8}]
    )
    last_import_at: datetime | None = Field(description="最近一次批量导入的时间")
    reviews_open: int = Field(description="本年度尚未签署的核查", examples=[2])
    score: int = Field(description="完备度（百分）：对象三项齐全与人员可用各占一半，没有名录库为 0", examples=[87])

    @classmethod
    def of(cls, one: Completeness) -> CompletenessOut:
        return cls(
            department=one.department,
            name=one.name,
            libraries=one.libraries,
            objects=one.objects.total,
            objects_with_town=one.objects.with_town,
            objects_with_industry=one.objects.with_industry,
            objects_with_class=one.objects.with_class,
            objects_complete=one.objects.complete,
            inspectors=one.inspectors.total,
            inspectors_valid=one.inspectors.valid,
            inspectors_expiring=one.inspectors.expiring,
            inspectors_by_field=one.inspectors.by_field,
            last_import_at=one.last_import_at,
            reviews_open=one.reviews_open,
            score=one.score,
        )


class CompletenessListOut(Out):
    """各部门的名录库完备度。"""

    items: list[CompletenessOut] = Field(description="按部门代码排列")


@router.get(
    "",
    response_model=CompletenessListOut,
    summary="名录库完备度",
    description="联席会议办公室看到全部部门，部门看到自己的；没有数据的部门也列出。",
)
async def list_completeness(work: Reading) -> CompletenessListOut:
    async with work:
        found = await completeness(work)
    return CompletenessListOut(items=[CompletenessOut.of(one) for one in found])


@router.get(
    "/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出名录库完备度",
    description="内容与查询相同。",
)
async def export_completeness(work: Reading, form: ExportForm = ExportFormat.CSV) -> Response:
    async with work:
        return await export(work, COMPLETENESS, at_once(await completeness(work)), form)
