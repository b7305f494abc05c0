"""A field map that must not be used is refused when it is loaded, by file and line (issue 9, done-when 4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.exchange.adapters.map_files import load_maps
from services.exchange.adapters.yaml_places import MapFault

CODES = """\
table: result
title: 检查结果
vocabulary: outcome
versions:
  - effective_from: 2026-01-01
    effective_to: 2026-06-30
    codes:
      "1": "01"
  - effective_from: 2026-07-01
    codes:
      "1": "10"
"""
MAP = """\
dataset: peer.results
title: 检查结果
peer: peer
peer_title: 对方系统
source: result
versions:
  - effective_from: 2026-01-01
    schema: "1"
    fields:
      - {to: no, title: 编号, from: result_id, required: true}
      - {to: code, title: 结果, from: main_outcome, codes: result}
      - {to: kind, title: 类别, constant: "1"}
"""


def loaded(folder: Path, *, codes: str = CODES, one: str = MAP) -> None:
    (folder / "codes.yaml").write_text(codes, "utf-8")
    (folder / "map.yaml").write_text(one, "utf-8")
    load_maps(folder)


def test_the_shipped_maps_load() -> None:
    assert {"province.results", "necips.results", "supervision.check_actions"} <= set(load_maps().maps)


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ("from: result_id", "from: result_no", 10, "我方没有名为 result_no 的字段"),
        ("codes: result}", "codes: outcomes}", 11, "没有名为 outcomes 的代码表"),
        ("to: code", "to: no", 11, "对方字段 no 重复"),
        ('constant: "1"}', 'constant: "1", from: method}', 12, "每个字段必须且只能有 from 与 constant 之一"),
        ("title: 类别", "titel: 类别", 12, "不认识的项目 titel"),
        ("source: result", "source: outcome", 5, "没有名为 outcome 的数据"),
        (
            "effective_from: 2026-01-01",
            "effective_from: 2026-13-01",
            7,
            "2026-13-01 不是日期（应为 2026-01-01 的形式）",
        ),
        ("required: true", "required: maybe", 10, "这里应为 true 或 false"),
        ("from: result_id", "from: items", 10, "清单字段须用 form: parts 并写明 parts，其他字段不可"),
        ("from: result_id", "from: result_id, pattern: '('", 10, "正则表达式有误"),
        ("peer: peer\n", "", 1, "缺少 peer"),
    ],
)
def test_a_faulty_map_is_refused_by_file_and_line(
    tmp_path: Path, before: str, after: str, line: int, told: str
) -> None:
    with pytest.raises(MapFault) as refused:
        loaded(tmp_path, one=MAP.replace(before, after, 1))
    assert str(refused.value) == f"map.yaml:{line}: {told}"


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ('"1": "10"', '"13": "10"', 11, "代码 13 不在我方代码集中"),
        ("effective_from: 2026-07-01", "effective_from: 2026-06-30", 9, "有效期与前面的版本重叠"),
        ("effective_to: 2026-06-30", "effective_to: 2025-06-30", 6, "失效日期早于生效日期"),
        ("vocabulary: outcome", "vocabulary: results", 3, "没有名为 results 的代码集"),
        ('"1": "10"', '"1": "10"\n      "1": "11"', 12, "1 重复"),
        ("versions:", "versions: [", 13, "不是有效的 YAML"),
    ],
)
def test_a_faulty_code_table_is_refused_by_file_and_line(
    tmp_path: Path, before: str, after: str, line: int, told: str
) -> None:
    with pytest.raises(MapFault) as refused:
        loaded(tmp_path, codes=CODES.replace(before, after, 1))
    assert (refused.value.file, refused.value.text) == ("codes.yaml", told)
    if told != "不是有效的 YAML":
        assert refused.value.line == line


def test_a_version_without_end_overlaps_whatever_follows(tmp_path: Path) -> None:
    with pytest.raises(MapFault, match=r"codes\.yaml:8: 有效期与前面的版本重叠"):
        loaded(tmp_path, codes=CODES.replace("    effective_to: 2026-06-30\n", ""))
