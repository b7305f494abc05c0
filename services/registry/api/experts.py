"""Experts over HTTP; they come in by import."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from services.registry.api.fields import id_after
from services.registry.domain.experts import ExpertContent
from services.registry.usecases.read_people import StoredExpert
from shared.runtime.app import Reading
from shared.runtime.http import Out, Page, Paging, next_cursor
from shared.runtime.sealed import masked

router = APIRouter(prefix="/v1/experts", tags=["专家"])


class ExpertOut(Out):
    """一名专家或一家机构；只提供意见，不计入执法人员。"""

    id: UUID = Field(description="专家标识")
    version: int = Field(description="版本", examples=[1])
    expert_no: str = Field(description="专家编号", examples=["ZJ0001"])
    name: str = Field(description="姓名或名称", examples=["李示例"])
    kind: str = Field(description="类型：person 个人、institution 机构", examples=["person"])
    organisation: str | None = Field(description="工作单位", examples=["洛阳市食品检验所"])
    fields: list[str] = Field(description="专业领域", examples=[["食品检验"]])
    title: str | None = Field(description="职称", examples=["高级工程师"])
    qualification: str | None = Field(description="资质证书", examples=["注册安全工程师"])
    valid_until: date | None = Field(description="资质有效期至")
    phone: str | None = Field(description="联系电话（隐去中间）", examples=["138******78"])
    status: str = Field(description="状态", examples=["active"])

    @classmethod
    def of(cls, expert: StoredExpert) -> ExpertOut:
        values = {name: getattr(expert.content, name) for name in ExpertContent.__slots__}
        about = {"id": expert.id, "version": expert.version, "phone": masked(expert.content.phone)}
        return cls.model_validate(values | about)


@router.get("", response_model=Page[ExpertOut], summary="专家列表", description="按标识排列，可按专业领域筛选。")
async def list_experts(
    work: Reading,
    paging: Paging,
    field: Annotated[str | None, Query(description="专业领域", examples=["食品检验"])] = None,
) -> Page[ExpertOut]:
    after = id_after(paging)
    async with work:
        rows = await work.experts.page(field, paging.size + 1, after)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[ExpertOut](items=[ExpertOut.of(row) for row in shown], next=more)
