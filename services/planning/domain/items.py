"""Inspection items (抽查事项), key and general, and what a list of them must satisfy: I1, I2, I3 (工作方案二（二）)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.planning.domain.item_lists import ListTier
from services.planning.domain.limit_overrides import NO_OVERRIDES, Overrides
from services.planning.domain.per_class import PPM, percent
from services.planning.domain.rules import Rules
from shared.values.errors import Invalid


class ItemListEmpty(Invalid):
    message = "抽查事项清单中没有事项"


class ItemCodeTwice(Invalid):
    message = "事项编码 {code} 在清单中出现两次"


class ItemIncomplete(Invalid):
    """依据、内容、方式、对象 must each be stated (I1)."""

    message = "事项 {code}“{name}”缺少{missing}"


class GeneralItemWithoutCap(Invalid):
    message = "一般检查事项 {code}“{name}”必须设置抽查比例上限"


class KeyItemWithCap(Invalid):
    message = "重点检查事项 {code}“{name}”的抽查比例不设上限"


class CapOutOfRange(Invalid):
    message = "事项 {code} 的抽查比例上限应大于 0% 且不超过 100%"


class TooManyKeyItems(Invalid):
    """严格控制重点检查事项的数量 (工作方案二（二）; I3). The rule `key_item_count` says how many."""

    message = (
        "{department} 的重点检查事项有 {count} 项，超过{rule}规定的 {limit} 项；确需突破的，申请联席会议办公室批准"
    )


class CapAboveLimit(Invalid):
    """严格控制一般检查事项的抽查比例 (工作方案二（二）; I3). The rule `general_cap_ppm` says how high."""

    message = "一般检查事项 {code}“{name}”的比例上限 {cap} 超过{rule}规定的 {limit}；确需突破的，申请联席会议办公室批准"


class ItemLevel(StrEnum):
    KEY = "key"
    GENERAL = "general"


LEVEL_NAMES = {ItemLevel.KEY: "重点检查事项", ItemLevel.GENERAL: "一般检查事项"}


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """依据: law and article."""

    law: str
    article: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item as its department lists it; `code` is its key within the department.

    `methods` and `kinds` are codes of `vocabulary`. `ratio_cap_ppm` is None for a key item. `times_per_year`: how often
    the item may be checked at one object in a year. `duty_code`: its entry of the power and duty
    list (权责清单).
    """

    code: str
    name: str
    level: ItemLevel
    bases: tuple[LegalBasis, ...]
    methods: tuple[str, ...]
    kinds: tuple[str, ...]
    content: tuple[str, ...]
    ratio_cap_ppm: int | None
    times_per_year: int
    tags: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    duty_code: str | None = None

    def check(self) -> None:
        """Raises ItemIncomplete, GeneralItemWithoutCap, KeyItemWithCap or CapOutOfRange."""
        parts = {"依据": self.bases, "检查方式": self.methods, "检查对象": self.kinds, "检查内容": self.content}
        for name, part in parts.items():
            if not part:
                raise ItemIncomplete(code=self.code, name=self.name, missing=name)
        if self.level is ItemLevel.GENERAL and self.ratio_cap_ppm is None:
            raise GeneralItemWithoutCap(code=self.code, name=self.name)
        if self.level is ItemLevel.KEY and self.ratio_cap_ppm is not None:
            raise KeyItemWithCap(code=self.code, name=self.name)
        if self.ratio_cap_ppm is not None and not 0 < self.ratio_cap_ppm <= PPM:
            raise CapOutOfRange(code=self.code)


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item with its place: `id` is the same in every version of the department's lists."""

    id: UUID
    department: str
    list_id: UUID
    list_version: int
    year: int
    item: Item
    tier: ListTier = ListTier.DISTRICT


def check_items(items: Sequence[Item], department: str, rules: Rules, overrides: Overrides = NO_OVERRIDES) -> None:
    """The whole list against I1–I3; approved `overrides` widen the limits of I3. Raises ItemListEmpty, ItemCodeTwice,
    what `Item.check` raises, TooManyKeyItems or CapAboveLimit."""
    if not items:
        raise ItemListEmpty
    seen: set[str] = set()
    for item in items:
        if item.code in seen:
            raise ItemCodeTwice(code=item.code)
        seen.add(item.code)
        item.check()
    _check_limits(items, department, rules, overrides)


def _check_limits(items: Sequence[Item], department: str, rules: Rules, overrides: Overrides) -> None:
    count = sum(item.level is ItemLevel.KEY for item in items)
    limit = rules.key_items_of(department)
    if limit is not None and count > (limit := max(limit, overrides.key_items())):
        rule = rules.cite("key_item_count")
        raise TooManyKeyItems(department=department, count=count, limit=limit, rule=rule)
    highest = rules.general_cap_of(department)
    for item in items:
        if highest is None or item.ratio_cap_ppm is None:
            continue
        limit = max(highest, overrides.cap_of(item.code))
        if item.ratio_cap_ppm > limit:
            raise CapAboveLimit(
                code=item.code,
                name=item.name,
                cap=percent(item.ratio_cap_ppm),
                limit=percent(limit),
                rule=rules.cite("general_cap_ppm"),
            )
