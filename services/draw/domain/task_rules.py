"""The rules of a task in words, as the note of the commitment (承诺书附言) repeats them for everybody.

When the names open stands first (M2): from the commitment on it is public, and the service keeps to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from services.draw.domain.commitment import PPM
from services.draw.domain.drawing_plan import AT_RESULT, KEY, Task, floor_of

_BASIS_LENGTH: Final = 200


def names_text(task: Task) -> str:
    """When an opening is published at the earliest."""
    at_once = task.names_open == AT_RESULT
    moment = "随抽取结果公开" if at_once else "各部门完成该户检查后逐户公开，检查时段届满后全部公开"
    basis = f"（{task.names_open_basis[:_BASIS_LENGTH]}）" if task.names_open_basis else ""
    return f"抽中名单{moment}{basis}"


def rules_text(task: Task, recognised_days: int) -> str:
    return "；".join([names_text(task), *_rules(task, recognised_days)])


def _rules(task: Task, recognised_days: int) -> Iterator[str]:
    if any(item.level == KEY for item in task.items):
        yield "含重点检查事项"
    if task.batches:
        yield f"抽中对象按随机次序分 {task.batches} 批检查"
    if task.visit_caps:
        caps = "、".join(f"{name} 类 {visits} 次" for name, visits in sorted(task.visit_caps.items()))
        yield f"年度检查次数上限：{caps}"
    if recognised_days:
        yield f"冻结前 {recognised_days} 天内各参加部门均有公示结果的对象予以互认，不再抽取"
    if floor := floor_of(task):
        yield f"不打扰名单对象单独分层，按 {percent(floor)} 随机抽查"


def percent(ppm: int) -> str:
    """`30000` → `3%`, `1` → `0.0001%`."""
    whole, part = divmod(ppm * 100, PPM)
    return f"{whole}.{part:06d}".rstrip("0").rstrip(".") + "%"
