"""Inspection batches (检查批次, I2): key items have no ratio cap; where the ratio is high, the draw orders the batches.

工作方案二（二）. What is high says the rule `batch_ratio_ppm`; a district without it leaves batches to the plan.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from services.planning.domain.items import ItemLevel
from services.planning.domain.per_class import PerClass, percent
from services.planning.domain.rules import Rules
from shared.values.errors import Invalid

MOST_BATCHES: Final = 60


class BatchesOutOfRange(Invalid):
    message = "检查批次应为 0（不分批）到 {most} 的整数，所填为 {batches}"


class BatchesWithoutKeyItem(Invalid):
    """Only key items are drawn in batches (I2)."""

    message = "没有重点检查事项的不分检查批次"


class KeyItemsWithoutBatches(Invalid):
    """重点检查事项抽查比例高的，随机抽取决定检查批次的先后 (工作方案二（二）; I2)."""

    message = "重点检查事项的 {credit_class} 类抽查比例 {ratio} 达到{rule}规定的 {limit}，必须分批并由抽取决定先后"


def check_batches(batches: int, levels: Collection[ItemLevel]) -> None:
    """Raises BatchesOutOfRange or BatchesWithoutKeyItem."""
    if not 0 <= batches <= MOST_BATCHES:
        raise BatchesOutOfRange(batches=batches, most=MOST_BATCHES)
    if batches and ItemLevel.KEY not in levels:
        raise BatchesWithoutKeyItem


def require_batches(batches: int, levels: Collection[ItemLevel], ratios: PerClass, rules: Rules) -> None:
    """Raises KeyItemsWithoutBatches where the rule asks for batches and there are none."""
    limit = rules.batch_ratio
    if batches or limit is None or ItemLevel.KEY not in levels:
        return
    for credit_class, ppm in ratios.pairs():
        if ppm >= limit:
            raise KeyItemsWithoutBatches(
                credit_class=credit_class.value,
                ratio=percent(ppm),
                limit=percent(limit),
                rule=rules.cite("batch_ratio_ppm"),
            )
