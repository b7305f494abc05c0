"""Open data (开放数据): which columns, what they mean, how a row is written. Results and findings are separate files.

CSV: UTF-8 with BOM, CRLF, RFC 4180; JSON Lines: one object a line. A value that is absent is empty (CSV) or null.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

Row = Mapping[str, Any]
BOM: Final = "\ufeff"
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")

COLUMNS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "results": (
        ("result_id", "结果编号", "检查结果的永久编号，页面地址为 /r/结果编号"),
        ("version", "版本", "公示版本，更正或撤回后加一"),
        ("state", "状态", "published 公示，corrected 更正，withdrawn 撤回"),
        ("entity_id", "对象编号", "检查对象的永久编号，页面地址为 /e/对象编号"),
        ("entity_name", "检查对象", "名称；自然人姓名部分隐去"),
        ("uscc", "统一社会信用代码", "没有的为空"),
        ("department", "检查部门代码", "部门代码"),
        ("department_name", "检查部门", "部门名称"),
        ("task_no", "抽查任务编号", "非抽取检查为事由编号"),
        ("origin", "来源", "draw 双随机抽查，lead 线索核查，reinspection 复查"),
        ("outcome_codes", "检查结果代码", "多个代码以分号隔开"),
        ("outcomes", "检查结果", "与代码对应的文字，以分号隔开"),
        ("has_problem", "是否发现问题", "true 或 false"),
        ("findings", "问题数", "发现的问题条数，明细见 findings"),
        ("concluded_on", "检查完成日期", "年-月-日"),
        ("due_on", "应公示日期", "检查完成之日起 20 个工作日"),
        ("published_on", "首次公示日期", "年-月-日"),
        ("is_late", "是否逾期公示", "true 或 false"),
        ("digest", "数字指纹", "公示内容规范文本的 SHA-256"),
    ),
    "findings": (
        ("result_id", "结果编号", "所属检查结果"),
        ("entity_id", "对象编号", "检查对象的永久编号"),
        ("department", "检查部门代码", "部门代码"),
        ("concluded_on", "检查完成日期", "年-月-日"),
        ("item_id", "事项编号", "抽查事项的编号"),
        ("item_name", "抽查事项", "事项名称"),
        ("outcome_code", "结果代码", "检查结果代码"),
        ("outcome", "问题", "公示的问题文字"),
        ("severity", "程度", "1 轻微 至 5 严重"),
    ),
    "plans": (
        ("plan_no", "计划编号", "页面地址为 /p/计划编号"),
        ("year", "年度", "公历年"),
        ("title", "名称", "计划名称"),
        ("version", "版本", "每次调整加一"),
        ("initiator", "发起部门代码", "部门代码"),
        ("participants", "配合部门代码", "多个代码以分号隔开"),
        ("window_start", "检查时段起", "年-月-日"),
        ("window_end", "检查时段止", "年-月-日"),
        ("published_at", "公布时间", "本版本的公布时间"),
        ("reason", "调整理由", "首次公布的为空"),
        ("is_cancelled", "是否取消", "true 或 false"),
        ("digest", "数字指纹", "公布内容规范文本的 SHA-256"),
    ),
    "listings": (
        ("listing_id", "列入编号", "永久编号"),
        ("entity_id", "对象编号", "检查对象的永久编号"),
        ("entity_name", "名称", "自然人姓名部分隐去"),
        ("uscc", "统一社会信用代码", "没有的为空"),
        ("list_code", "名单代码", "名单的代码"),
        ("list_name", "名单", "名单名称"),
        ("ground", "列入事由", "决定书载明的事由"),
        ("document_no", "决定文号", "决定书文号"),
        ("authority", "决定机关", "作出决定的机关"),
        ("entered_on", "列入日期", "年-月-日"),
        ("ends_on", "届满日期", "没有期限的为空"),
    ),
    "changes": (
        ("result_id", "结果编号", "发生变化的检查结果"),
        ("version", "版本", "公示版本"),
        (
            "state",
            "状态",
            "published、corrected、withdrawn；exempted 免予公示、expired 期满、repaired 修复后停止公示的应当删除",
        ),
        ("changed_at", "变化时间", "带时区的时间"),
        ("department", "检查部门代码", "部门代码"),
        ("digest", "数字指纹", "公示内容规范文本的 SHA-256"),
        ("body", "公示内容", "规范 JSON 文本；停止公示的为空"),
    ),
}
"""Dataset → column, Chinese name, meaning: the data dictionary (数据字典)."""


def write_csv(dataset: str, rows: Iterable[Row]) -> bytes:
    """Header of Chinese names; formulas neutralised (SEC25)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    names = [name for name, _, _ in COLUMNS[dataset]]
    writer.writerow([title for _, title, _ in COLUMNS[dataset]])
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return (BOM + out.getvalue()).encode()


def write_lines(dataset: str, rows: Iterable[Row]) -> bytes:
    """JSON Lines: members in the order of the dictionary."""
    names = [name for name, _, _ in COLUMNS[dataset]]
    lines = (json.dumps({name: row[name] for name in names}, ensure_ascii=False) + "\n" for row in rows)
    return "".join(lines).encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = ";".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
    return "'" + text if text.startswith(_RISKY) else text


def dictionary_csv() -> bytes:
    """The data dictionary as a file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["数据集", "字段", "名称", "说明"])
    for dataset, columns in COLUMNS.items():
        writer.writerows((dataset, *column) for column in columns)
    return (BOM + out.getvalue()).encode()


def by_scope(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows of results or findings per year and department: `2026/SCJG` → rows; `all` holds every one."""
    found: dict[str, list[Row]] = {"all": list(rows)}
    for row in rows:
        found.setdefault(f"{str(row['concluded_on'])[:4]}-{row['department']}", []).append(row)
    return found
