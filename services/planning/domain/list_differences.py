"""What one version of an item list changed against another (清单对照, I4, I5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from services.planning.domain.items import Item

PART_NAMES: Final[Mapping[str, str]] = {
    "name": "名称",
    "level": "类别",
    "bases": "检查依据",
    "methods": "检查方式",
    "kinds": "检查对象",
    "content": "检查内容",
    "ratio_cap_ppm": "比例上限",
    "times_per_year": "每年次数",
    "tags": "适用标签",
    "fields": "执法领域",
    "duty_code": "权责事项",
}
"""The parts of an item besides its code, which is its key."""


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that both have. `parts`: names of `PART_NAMES` that differ."""

    before: Item
    after: Item
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListDifference:
    """By code of item, in order."""

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[ItemChange, ...]


def differences(before: Iterable[Item], after: Iterable[Item]) -> ListDifference:
    old, new = {item.code: item for item in before}, {item.code: item for item in after}
    both = [(old[code], new[code]) for code in sorted(old.keys() & new.keys())]
    return ListDifference(
        added=tuple(new[code] for code in sorted(new.keys() - old.keys())),
        removed=tuple(old[code] for code in sorted(old.keys() - new.keys())),
        changed=tuple(ItemChange(one, other, _parts(one, other)) for one, other in both if one != other),
    )


def _parts(before: Item, after: Item) -> tuple[str, ...]:
    return tuple(part for part in PART_NAMES if getattr(before, part) != getattr(after, part))
