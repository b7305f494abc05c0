"""Lists of higher levels, and lists side by side, over HTTP (I4, I5)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field

from services.planning.api.item_models import ITEMS_EXAMPLE, ItemListOut, ItemsIn
from services.planning.api.path_ids import ItemListId
from services.planning.api.words import Code, Line
from services.planning.domain.item_lists import ListTier
from services.planning.domain.items import Item
from services.planning.domain.list_differences import PART_NAMES, ItemChange
from services.planning.usecases.compare_item_lists import Comparison, compare_item_lists
from services.planning.usecases.load_higher_list import LoadHigherList, load_higher_list
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Out, etag

router = APIRouter(prefix="/v1", tags=["抽查事项清单"])


class HigherItemListIn(ItemsIn):
    """上级（市级、省级）为一个部门制定的抽查事项清单。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"department": "scjg", "tier": "province", "year": 2026, "source": "豫市监〔2026〕1号", **ITEMS_EXAMPLE}
            ]
        }
    )

    department: Code = Field(description="部门代码", examples=["scjg"])
    tier: ListTier = Field(description="city 市级，province 省级")
    year: int = Field(description="年度", ge=2000, le=2100, examples=[2026])
    source: Line = Field(description="来文文号", examples=["豫市监〔2026〕1号"])

    def command(self) -> LoadHigherList:
        return LoadHigherList(self.department, self.tier, self.year, self.source, self.all())


class ItemNameOut(Out):
    """一个事项的编码和名称。"""

    code: str = Field(description="事项编码", examples=["scjg-001"])
    name: str = Field(description="事项名称", examples=["市场主体登记事项检查"])

    @classmethod
    def of(cls, item: Item) -> ItemNameOut:
        return cls(code=item.code, name=item.name)


class ItemChangeOut(ItemNameOut):
    """两版都有而内容不同的事项。"""

    parts: list[str] = Field(description="不同之处的字段", examples=[["ratio_cap_ppm"]])
    part_names: list[str] = Field(description="不同之处的名称", examples=[["比例上限"]])

    @classmethod
    def changed(cls, change: ItemChange) -> ItemChangeOut:
        item, parts = change.after, list(change.parts)
        return cls(code=item.code, name=item.name, parts=parts, part_names=[PART_NAMES[part] for part in parts])


class ItemListDifferenceOut(Out):
    """一份清单与另一份的不同。"""

    before: ItemListOut = Field(description="对照的清单")
    after: ItemListOut = Field(description="本清单")
    added: list[ItemNameOut] = Field(description="新增的事项")
    removed: list[ItemNameOut] = Field(description="取消的事项")
    changed: list[ItemChangeOut] = Field(description="内容有变的事项")

    @classmethod
    def of(cls, found: Comparison) -> ItemListDifferenceOut:
        return cls(
            before=ItemListOut.of(found.before),
            after=ItemListOut.of(found.after),
            added=[ItemNameOut.of(item) for item in found.difference.added],
            removed=[ItemNameOut.of(item) for item in found.difference.removed],
            changed=[ItemChangeOut.changed(change) for change in found.difference.changed],
        )


@router.post(
    "/higher-item-lists",
    status_code=201,
    response_model=ItemListOut,
    summary="载入上级清单",
    description="由联席会议办公室载入市级、省级清单，随即生效；同一部门同一编码的事项以上级清单为准。",
)
async def create_higher_item_list(body: HigherItemListIn, act: CurrentAct) -> Response:
    return await act.run(
        load_higher_list,
        body.command(),
        shows=ItemListOut.of,
        status=201,
        headers=lambda made: {"ETag": etag(made.row_version), "Location": f"/v1/item-lists/{made.id}"},
    )


@router.get(
    "/item-lists/{item_list_id}/differences",
    response_model=ItemListDifferenceOut,
    summary="清单对照",
    description="本清单与另一份清单（上一版或上级清单）相比新增、取消和改动的事项。",
)
async def get_item_list_differences(
    item_list_id: ItemListId, work: Reading, against: Annotated[UUID, Query(description="对照的清单")]
) -> ItemListDifferenceOut:
    return ItemListDifferenceOut.of(await compare_item_lists(item_list_id, against, work))
