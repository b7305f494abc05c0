"""What is said of rows that were not taken: wrong ones with their faults, duplicates with the row taken, and those
that are older than what is stored (L5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

NAMED_LINES: Final = 10
WRONG: Final = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`outcome` is `wrong`, `duplicate` or `older`; `value` is fit to be shown (masked where personal)."""

    line: int
    outcome: str
    field: str
    value: str | None
    code: str
    message: str


def ragged(line: int, found: int, expected: int) -> Finding:
    text = f"本行有 {found} 列，标题行有 {expected} 列，请检查引号和分隔符"
    return Finding(line, "wrong", "", None, "registry.row_ragged", text)


def duplicate(line: int, first: int) -> Finding:
    return Finding(line, "duplicate", "", None, "registry.row_repeated", f"与第 {first} 行内容相同，只取第 {first} 行")


def conflict(line: int, field: str, value: str, lines: Sequence[int]) -> Finding:
    """Same key, other content: none is taken, each names the others (L5)."""
    text = f"与第 {_named(line, lines)} 行编号相同而内容不同，这些行都没有导入，请保留正确的一行"
    return Finding(line, "wrong", field, value, "registry.key_conflict", text)


def keys_disagree(line: int, field: str, value: str) -> Finding:
    text = "本行的两个编号在库中属于不同的对象，请核对"
    return Finding(line, "wrong", field, value, "registry.keys_disagree", text)


def same_target(line: int, lines: Sequence[int]) -> Finding:
    text = f"与第 {_named(line, lines)} 行在库中是同一个对象，这些行都没有导入"
    return Finding(line, "wrong", "", None, "registry.same_target", text)


def not_responsible(line: int, field: str, department: str) -> Finding:
    text = f"部门 {department} 只能导入本部门负责的数据"
    return Finding(line, "wrong", field, None, "registry.not_responsible", text)


def older(line: int, changed_on: str) -> Finding:
    text = f"库中的数据更新于 {changed_on}，晚于文件数据的时间，没有覆盖"
    return Finding(line, "older", "", None, "registry.stored_is_newer", text)


def _named(line: int, lines: Sequence[int]) -> str:
    others = [other for other in lines if other != line]
    shown = "、".join(str(other) for other in others[:NAMED_LINES])
    return shown if len(others) <= NAMED_LINES else f"{shown} 等 {len(others)}"
