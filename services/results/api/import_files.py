"""Bodies of imports read into records: a JSON list, or a table file (CSV, XLSX) with Chinese headers.

A table has a line for each outcome of an item; lines with one 记录编号 make one record, whose other cells stand in its
first line and may be blank or repeated after."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from pydantic import Field, ValidationError

from services.results.adapters.table_files import read_lines
from services.results.api.bodies import RECORD_EXAMPLE, RecordIn, Short
from services.results.domain.imports import ImportUnreadable, ReadRecord, RowProblem
from services.results.usecases.import_results import ImportResults
from shared.runtime.problems import field_error
from shared.values.text import clean

HEAD: Final[Mapping[str, str]] = {
    "记录编号": "record_no",
    "检查编号": "visit_id",
    "检查方式": "method",
    "检查地点": "place",
    "开始时间": "started_at",
    "结束时间": "ended_at",
    "结果形成日期": "concluded_on",
    "检查人员": "officers_present",
    "检查情况": "outcome",
    "情况说明": "note",
}
ITEM: Final[Mapping[str, str]] = {
    "事项编号": "item_id",
    "事项名称": "item_name",
    "检查结果代码": "outcome_code",
    "发现的问题": "text",
    "严重程度": "severity",
    "裁量情节": "discretion",
    "裁量理由": "reason",
}
COLUMNS: Final[Mapping[str, str]] = {**HEAD, **ITEM}
"""Header of a table file → field, in the order of the template."""
_NEEDED: Final = ("记录编号", "检查编号", "检查方式", "开始时间", "检查人员", "检查情况")
_MOST_SOURCE: Final = 100


class ImportedRecordIn(RecordIn):
    """其他渠道的一份检查结果。"""

    record_no: Short = Field(description="在来源系统中的记录编号；同一编号再次导入不重复", examples=["JC-2026-00017"])
    visit_id: UUID = Field(description="对应本平台的哪次检查（检查任务编号）")


EXAMPLE: Final[dict[str, Any]] = {
    "source": "省双随机监管平台",
    "records": [{"record_no": "JC-2026-00017", "visit_id": "01890a5d-ac96-774b-bcce-b302099a8201", **RECORD_EXAMPLE}],
}


def read_body(content_type: str, body: bytes, source: str | None) -> ImportResults:
    """Raises ImportUnreadable for what is no list and no table; what is wrong with a record is told of the record."""
    if content_type.partition(";")[0].strip().lower() == "application/json":
        source, found = _json_records(body)
    else:
        found = _table_records(read_lines(body))
    if not source or len(source) > _MOST_SOURCE:
        raise ImportUnreadable(reason=f"没有写明来源系统（source），或超过 {_MOST_SOURCE} 字")
    records = tuple(_record(number, fields) for number, fields in found)
    return ImportResults(clean(source), hashlib.sha256(body).hexdigest(), len(records), records)


Found = list[tuple[int, Any]]
"""Numbered records as members of `ImportedRecordIn`, not checked yet."""


def _json_records(body: bytes) -> tuple[str | None, Found]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ImportUnreadable(reason="请求体不是有效的 JSON") from error
    records = content.get("records") if isinstance(content, dict) else None
    if not isinstance(records, list):
        raise ImportUnreadable(reason="缺少 records")
    if unknown := sorted(set(content) - {"source", "records"}):
        raise ImportUnreadable(reason=f"不认识的字段：{'、'.join(unknown)[:200]}")
    source = content.get("source")
    return source if isinstance(source, str) else None, list(enumerate(records, start=1))


def _table_records(lines: Sequence[tuple[int, list[str]]]) -> Found:
    (_, header), *rows = lines
    fields = _fields(header)
    made: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, cells in rows:
        line = {field: cell for field, cell in zip(fields, cells, strict=False) if cell}
        # A line without a number is a record of its own: it is told that it has none.
        key = line.get("record_no") or f"\x00{number}"
        _add(made.setdefault(key, (number, {"items": {}}))[1], line)
    return [(number, record | {"items": list(record["items"].values())}) for number, record in made.values()]


def _fields(header: Sequence[str]) -> list[str]:
    unknown = [name for name in header if name and name not in COLUMNS]
    if unknown:
        raise ImportUnreadable(reason=f"不认识的列：{'、'.join(unknown)}")
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise ImportUnreadable(reason=f"缺少列：{'、'.join(missing)}")
    if len(set(header)) != len(header):
        raise ImportUnreadable(reason="同一内容有两列")
    return [COLUMNS.get(name, "") for name in header]


def _add(record: dict[str, Any], line: Mapping[str, str]) -> None:
    """One line into its record: the first value of a head cell stands, item cells make items, outcomes, findings."""
    for field in HEAD.values():
        if field in line:
            record.setdefault(field, _head_value(field, line[field]))
    item_id = line.get("item_id")
    if item_id is None:
        return
    blank = {"item_id": item_id, "item_name": "", "outcome_codes": [], "findings": []}
    item: dict[str, Any] = record["items"].setdefault(item_id, blank)
    item["item_name"] = item["item_name"] or line.get("item_name", "")
    if code := line.get("outcome_code"):
        item["outcome_codes"].append(code)
    if text := line.get("text"):
        found: dict[str, Any] = {"outcome_code": line.get("outcome_code", ""), "text": text}
        found["severity"] = _number(line.get("severity", ""))
        if chosen := line.get("discretion"):
            found["discretion"] = {"code": chosen, "reason": line.get("reason", "")}
        item["findings"].append(found)


def _head_value(field: str, cell: str) -> Any:
    if field == "officers_present":
        for sign in "，,；;、\n":
            cell = cell.replace(sign, " ")
        return cell.split()
    if field in ("started_at", "ended_at"):
        return _with_zone(cell.replace(" ", "T", 1))
    return cell


def _with_zone(time: str) -> str:
    """A table's times are Beijing time unless they say otherwise."""
    clock = time.partition("T")[2]
    return time if not clock or any(sign in clock for sign in "+-Z") else f"{time}+08:00"


def _number(cell: str) -> int | None:
    return int(cell) if cell.isdecimal() and len(cell) < 4 else None


def _record(number: int, fields: Any) -> ReadRecord:
    """Checked as what an officer sends; the first thing wrong is told."""
    record_no = fields.get("record_no") if isinstance(fields, dict) else None
    named = record_no[:200] if isinstance(record_no, str) else ""
    try:
        read = ImportedRecordIn.model_validate_json(orjson.dumps(fields))
    except ValidationError as error:
        problem = field_error(error.errors()[0])
        return ReadRecord(
            number, named, None, None, RowProblem(problem["code"], problem["pointer"], problem["message"])
        )
    return ReadRecord(number, clean(read.record_no), read.visit_id, read.value())
