"""The rules of a task as the commitment repeats them (M2, N7, R5, I2, B19)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.draw.domain.drawing_plan import TaskItem
from services.draw.domain.task_rules import percent, rules_text
from shared.values.ids import new_id
from tests.builders.draw import a_kept_task

TASK = a_kept_task()


def test_when_the_names_open_stands_first_with_its_paper() -> None:
    """M2."""
    told = rules_text(replace(TASK, names_open_basis="孟双随机办〔2026〕1号"), 0)
    assert told.startswith("抽中名单随抽取结果公开（孟双随机办〔2026〕1号）；")
    visited = rules_text(replace(TASK, names_open="as_visited"), 0)
    assert visited.startswith("抽中名单各部门完成该户检查后逐户公开，检查时段届满后全部公开；")
    assert rules_text(replace(TASK, names_open="something_newer"), 0) == visited


def test_every_rule_of_the_task_is_told_in_the_note() -> None:
    item = TaskItem(new_id(), "scjg", "A01", "食品生产许可", "key")
    task = replace(TASK, visit_caps={"B": 2, "A": 1}, batches=3, items=(item,), no_disturb_floor_ppm=5_000)
    assert rules_text(task, 90).split("；")[1:] == [
        "含重点检查事项",
        "抽中对象按随机次序分 3 批检查",
        "年度检查次数上限：A 类 1 次、B 类 2 次",
        "冻结前 90 天内各参加部门均有公示结果的对象予以互认，不再抽取",
        "不打扰名单对象单独分层，按 0.5% 随机抽查",
    ]


@pytest.mark.parametrize(("ppm", "text"), [(30_000, "3%"), (1, "0.0001%"), (1_000_000, "100%"), (12_500, "1.25%")])
def test_parts_per_million_are_read_as_percent(ppm: int, text: str) -> None:
    assert percent(ppm) == text
