"""Regulatory vacuum of items (监管真空, L6): items with no object, items with no qualified inspector."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.planning.domain.items import ListedItem


class Gap(StrEnum):
    """What an item in force does not find: objects its department answers for, or officers who may inspect it."""

    OBJECTS = "objects"
    INSPECTORS = "inspectors"


GAP_NAMES: Final = {Gap.OBJECTS: "没有检查对象", Gap.INSPECTORS: "没有合格的执法检查人员"}


@dataclass(frozen=True, slots=True)
class ItemReach:
    """What registry finds for an item on a day."""

    listed: ListedItem
    objects: int
    inspectors: int

    @property
    def gaps(self) -> tuple[Gap, ...]:
        counts = {Gap.OBJECTS: self.objects, Gap.INSPECTORS: self.inspectors}
        return tuple(gap for gap, count in counts.items() if count == 0)
