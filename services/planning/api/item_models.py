"""Bodies of item lists and items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.planning.api.words import Code, Line, Paragraph, WordOut, kind_words, method_words
from services.planning.domain.duty_bases import FLAG_NAMES, DutyBasis, flag_of
from services.planning.domain.filing import STATE_NAMES
from services.planning.domain.item_lists import TIER_NAMES, ItemList
from services.planning.domain.items import LEVEL_NAMES, Item, ItemLevel, LegalBasis, ListedItem
from services.planning.domain.vocabulary import method_code, object_kind_code
from shared.runtime.http import In, Out

ITEMS_EXAMPLE: JsonDict = {
    "items": [
        {
            "code": "scjg-001",
            "name": "市场主体登记事项检查",
            "level": "general",
            "bases": [{"law": "中华人民共和国市场主体登记管理条例", "article": "第三十八条"}],
            "methods": ["实地核查", "书面检查"],
            "kinds": ["企业", "个体工商户"],
            "content": ["营业执照是否置于住所或者经营场所的醒目位置"],
            "ratio_cap_ppm": 50000,
            "times_per_year": 1,
            "tags": [],
            "fields": ["登记注册"],
        }
    ],
}


class BasisIn(In):
    """一条法律依据。"""

    law: Line = Field(description="法律、法规、规章名称", examples=["中华人民共和国食品安全法"])
    article: Line = Field(description="条款", examples=["第一百一十条"])


class ItemIn(In):
    """一个抽查事项。"""

    code: Code = Field(description="事项编码，本部门内唯一", examples=["scjg-001"])
    name: Line = Field(description="事项名称", examples=["市场主体登记事项检查"])
    level: ItemLevel = Field(description="general 一般检查事项，key 重点检查事项")
    bases: list[BasisIn] = Field(description="检查依据", max_length=50)
    methods: list[str] = Field(description="检查方式，可写名称或代码", max_length=10, examples=[["实地核查"]])
    kinds: list[str] = Field(description="检查对象类别，可写名称或代码", max_length=10, examples=[["企业"]])
    content: list[Paragraph] = Field(description="检查内容，逐条", max_length=200, examples=[["许可证是否有效"]])
    ratio_cap_ppm: int | None = Field(
        None, description="抽查比例上限，百万分之几；一般检查事项必填，重点检查事项不填", examples=[50000]
    )
    times_per_year: int = Field(1, description="同一对象每年最多检查次数", ge=1, le=366)
    tags: list[Line] = Field(default_factory=list, description="适用对象的标签", max_length=50, examples=[["食品经营"]])
    fields: list[Line] = Field(default_factory=list, description="执法领域", max_length=50, examples=[["食品安全"]])
    duty_code: Code | None = Field(
        None, description="所依据的权责事项编码；本部门权责清单已载入的必填", examples=["scjg-q-031"]
    )

    def item(self) -> Item:
        """Raises MethodUnknown or ObjectKindUnknown."""
        return Item(
            code=self.code,
            name=self.name,
            level=self.level,
            bases=tuple(LegalBasis(basis.law, basis.article) for basis in self.bases),
            methods=tuple(dict.fromkeys(method_code(written) for written in self.methods)),
            kinds=tuple(dict.fromkeys(object_kind_code(written) for written in self.kinds)),
            content=tuple(self.content),
            ratio_cap_ppm=self.ratio_cap_ppm,
            times_per_year=self.times_per_year,
            tags=tuple(dict.fromkeys(self.tags)),
            fields=tuple(dict.fromkeys(self.fields)),
            duty_code=self.duty_code,
        )


class ItemsIn(In):
    """清单的全部事项。"""

    items: list[ItemIn] = Field(description="全部事项，按清单顺序", max_length=2000)

    def all(self) -> tuple[Item, ...]:
        return tuple(one.item() for one in self.items)


class ItemListIn(ItemsIn):
    """本部门一个年度的抽查事项清单。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"year": 2026, **ITEMS_EXAMPLE}]})

    year: int = Field(description="年度", ge=2000, le=2100, examples=[2026])


class BasisOut(Out):
    """一条法律依据。"""

    law: str = Field(description="法律、法规、规章名称", examples=["中华人民共和国食品安全法"])
    article: str = Field(description="条款", examples=["第一百一十条"])


class ItemOut(Out):
    """清单中的一个抽查事项。"""

    item_id: UUID = Field(description="事项编号，同一编码在各版清单中不变")
    department: str = Field(description="检查主体（部门代码）", examples=["scjg"])
    list_id: UUID = Field(description="所在清单")
    list_version: int = Field(description="所在清单的版次", examples=[1])
    year: int = Field(description="所在清单的年度", examples=[2026])
    tier: str = Field(description="清单层级：district 本区，city 市级，province 省级", examples=["district"])
    code: str = Field(description="事项编码", examples=["scjg-001"])
    name: str = Field(description="事项名称", examples=["市场主体登记事项检查"])
    level: ItemLevel = Field(description="general 一般检查事项，key 重点检查事项")
    level_name: str = Field(description="事项类别名称", examples=["一般检查事项"])
    bases: list[BasisOut] = Field(description="检查依据")
    methods: list[WordOut] = Field(description="检查方式")
    kinds: list[WordOut] = Field(description="检查对象类别")
    content: list[str] = Field(description="检查内容，逐条", examples=[["许可证是否有效"]])
    ratio_cap_ppm: int | None = Field(description="抽查比例上限，百万分之几；重点检查事项为空", examples=[50000])
    times_per_year: int = Field(description="同一对象每年最多检查次数", examples=[1])
    tags: list[str] = Field(description="适用对象的标签", examples=[["食品经营"]])
    fields: list[str] = Field(description="执法领域", examples=[["食品安全"]])
    duty_code: str | None = Field(description="所依据的权责事项编码", examples=["scjg-q-031"])

    @classmethod
    def of(cls, listed: ListedItem) -> ItemOut:
        item = listed.item
        return cls(
            item_id=listed.id,
            department=listed.department,
            list_id=listed.list_id,
            list_version=listed.list_version,
            year=listed.year,
            tier=listed.tier.value,
            code=item.code,
            name=item.name,
            level=item.level,
            level_name=LEVEL_NAMES[item.level],
            bases=[BasisOut(law=basis.law, article=basis.article) for basis in item.bases],
            methods=method_words(item.methods),
            kinds=kind_words(item.kinds),
            content=list(item.content),
            ratio_cap_ppm=item.ratio_cap_ppm,
            times_per_year=item.times_per_year,
            tags=list(item.tags),
            fields=list(item.fields),
            duty_code=item.duty_code,
        )


class ItemListOut(Out):
    """一份抽查事项清单。"""

    item_list_id: UUID = Field(description="清单编号")
    department: str = Field(description="部门代码", examples=["scjg"])
    year: int = Field(description="年度", examples=[2026])
    version: int = Field(description="版次，同一年度从 1 起", examples=[1])
    tier: str = Field(description="层级：district 本区，city 市级，province 省级", examples=["district"])
    tier_name: str = Field(description="层级名称", examples=["本区"])
    source: str | None = Field(description="上级清单的来文文号；本区清单为空", examples=["豫市监〔2026〕1号"])
    state: str = Field(description="状态", examples=["published"])
    state_name: str = Field(description="状态名称", examples=["已公布"])
    item_count: int = Field(description="事项数", examples=[16])
    remark: str | None = Field(description="退回的理由", examples=["请补充法律依据"])
    created_at: datetime = Field(description="起草时间")
    published_at: datetime | None = Field(description="公布时间")
    row_version: int = Field(description="修改时用于 If-Match 的版本", examples=[4])

    @classmethod
    def of(cls, item_list: ItemList) -> ItemListOut:
        return cls(**_shown(item_list))


class ItemFlagOut(Out):
    """一个权责依据有问题的事项。"""

    code: str = Field(description="事项编码", examples=["scjg-001"])
    reason: str = Field(description="问题：missing、unknown、not_yet、repealed", examples=["repealed"])
    reason_name: str = Field(description="问题的说明", examples=["所依据的权责事项已经废止"])

    @classmethod
    def all_of(cls, items: Sequence[ListedItem], known: Mapping[str, DutyBasis], on: date) -> list[ItemFlagOut]:
        """None where no power and duty list is loaded."""
        found = [(one.item, flag_of(one.item.duty_code, known.get(one.item.duty_code or ""), on)) for one in items]
        return [
            cls(code=item.code, reason=reason.value, reason_name=FLAG_NAMES[reason])
            for item, reason in found
            if known and reason is not None
        ]


class ItemListDetailOut(ItemListOut):
    """一份抽查事项清单及其全部事项。"""

    items: list[ItemOut] = Field(description="全部事项，按清单顺序")
    flags: list[ItemFlagOut] = Field(description="权责依据有问题的事项；部门的权责清单没有载入的不查")

    @classmethod
    def whole(cls, item_list: ItemList, items: Sequence[ListedItem], flags: list[ItemFlagOut]) -> ItemListDetailOut:
        return cls(**_shown(item_list), items=[ItemOut.of(listed) for listed in items], flags=flags)


def _shown(item_list: ItemList) -> dict[str, object]:
    return {
        "item_list_id": item_list.id,
        "department": item_list.department,
        "year": item_list.year,
        "version": item_list.version,
        "tier": item_list.tier.value,
        "tier_name": TIER_NAMES[item_list.tier],
        "source": item_list.source,
        "state": item_list.filing.state.value,
        "state_name": STATE_NAMES[item_list.filing.state],
        "item_count": item_list.item_count,
        "remark": item_list.filing.remark,
        "created_at": item_list.created_at,
        "published_at": item_list.published_at,
        "row_version": item_list.row_version,
    }
