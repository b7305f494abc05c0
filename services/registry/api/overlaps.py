"""Figures for planning: which objects stand in several libraries, and how many officers there are for what."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.registry.domain.vacuum import ItemAsked
from services.registry.usecases.find_vacuum import items_found
from services.registry.usecases.read_planning_figures import memberships_of, officers_of
from shared.runtime.app import Reading, peers_only
from shared.runtime.http import In, Out

router = APIRouter(prefix="/internal/v1", tags=["内部"], dependencies=[Depends(peers_only)])


class LibraryVersionIn(In):
    """名录库的一个版本。"""

    library_id: UUID = Field(description="名录库编号")
    version: int = Field(description="版本", ge=1, examples=[1])


class OverlapIn(In):
    """要比较的名录库。"""

    libraries: list[LibraryVersionIn] = Field(description="名录库，按位置编号（从 0 起）", min_length=1, max_length=200)


class MembershipOut(Out):
    """恰好同在这几个名录库中的对象。"""

    members: list[int] = Field(description="名录库在请求中的位置", examples=[[0, 1]])
    credit_class: str = Field(description="信用风险等级", examples=["B"])
    objects: int = Field(description="可以抽取的对象数", examples=[120])


class OverlapOut(Out):
    """各种同在情形的对象数，互不重复；一个都不在的不列。"""

    items: list[MembershipOut] = Field(description="各种情形")


class OfficersIn(In):
    """要统计执法检查人员的部门和日期。"""

    departments: list[str] = Field(description="部门代码", max_length=100, examples=[["SCJG", "YJJ"]])
    on: date = Field(description="在哪一天", examples=["2026-12-01"])


class OfficerGroupOut(Out):
    """一个部门中标签和每月检查次数上限完全相同的执法检查人员。"""

    department: str = Field(description="部门代码", examples=["SCJG"])
    tags: list[str] = Field(description="执法领域和业务专长", examples=[["食品安全"]])
    officers: int = Field(description="当日可以执法检查的人数", examples=[12])
    capacity: int | None = Field(None, description="每人每月检查次数上限；没有设定则为空", examples=[20])


class OfficersOut(Out):
    """执法检查人员的人数。"""

    items: list[OfficerGroupOut] = Field(description="按部门、标签和每月检查次数上限")


class ItemAskedIn(In):
    """一个抽查事项。"""

    item_id: UUID = Field(description="事项编号")
    department: str = Field(description="部门代码", examples=["SCJG"])
    kinds: list[str] = Field(description="检查对象类别", max_length=20, examples=[["enterprise"]])
    fields: list[str] = Field(default_factory=list, description="执法领域", max_length=50, examples=[["食品安全"]])


class ItemsAskedIn(In):
    """要核对的抽查事项和日期。"""

    items: list[ItemAskedIn] = Field(description="抽查事项", max_length=2000)
    on: date = Field(description="在哪一天", examples=["2026-12-01"])


class ItemFoundOut(Out):
    """一个抽查事项有多少对象、多少人可用；为 0 即监管真空。"""

    item_id: UUID = Field(description="事项编号")
    objects: int = Field(description="由该部门监管、属于这些类别的存续对象数", examples=[120])
    inspectors: int = Field(description="该部门当日可以执法检查、执法领域相符的人数", examples=[6])


class ItemsFoundOut(Out):
    """各事项的对象数和人数。"""

    items: list[ItemFoundOut] = Field(description="按请求的次序")


@router.post(
    "/vacuum/items",
    response_model=ItemsFoundOut,
    summary="事项的对象数和人数",
    description="供计划服务找出没有对象、没有合格人员的事项；只是查询，不改变任何内容。",
)
async def count_for_items(body: ItemsAskedIn, work: Reading) -> ItemsFoundOut:
    asked = [ItemAsked(one.item_id, one.department, tuple(one.kinds), tuple(one.fields)) for one in body.items]
    async with work:
        found = await items_found(asked, body.on, work)
    return ItemsFoundOut(
        items=[ItemFoundOut(item_id=one.item_id, objects=one.objects, inspectors=one.inspectors) for one in found]
    )


@router.post(
    "/libraries/overlap",
    response_model=OverlapOut,
    summary="名录库重叠",
    description="一次扫描统计若干名录库的对象各同在哪几个库中，只是查询，不改变任何内容。",
)
async def count_library_overlap(body: OverlapIn, work: Reading) -> OverlapOut:
    async with work:
        found = await memberships_of([(one.library_id, one.version) for one in body.libraries], work)
    return OverlapOut(
        items=[
            MembershipOut(members=list(one.members), credit_class=one.credit_class, objects=one.objects)
            for one in found
        ]
    )


@router.post(
    "/inspectors/counts",
    response_model=OfficersOut,
    summary="执法检查人员人数",
    description="各部门当日可以执法检查的人数，按标签和每月检查次数上限分组；只是查询，不改变任何内容。",
)
async def count_officers(body: OfficersIn, work: Reading) -> OfficersOut:
    async with work:
        found = await officers_of(body.departments, body.on, work)
    return OfficersOut(
        items=[
            OfficerGroupOut(
                department=one.department, tags=list(one.tags), officers=one.officers, capacity=one.capacity
            )
            for one in found
        ]
    )
