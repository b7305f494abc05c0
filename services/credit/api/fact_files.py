"""Bodies of fact imports read into rows: JSON rows, or a CSV file with Chinese headers (UTF-8 or GB18030)."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from typing import Any, Final

import orjson

from services.credit.domain.fact_rows import FIELDS, RawRow
from services.credit.domain.imports import FILE_LIMIT, JSON_LIMIT, FactFileUnreadable, RowBatch, TooManyRows
from shared.runtime.problems import InputMalformed

COLUMNS: Final[Mapping[str, str]] = {
    "检查对象编号(外部编号)": "external_no",
    "检查对象编号": "entity_id",
    "外部编号": "external_no",
    "统一社会信用代码": "uscc",
    "指标编码": "indicator",
    "分值": "points",
    "等级": "level",
    "程度": "level",
    "发生日期": "occurred_on",
    "信息来源": "source",
    "说明": "text",
    "记录编号": "record_no",
    "是否撤回": "is_withdrawn",
} | {field: field for field in FIELDS}
"""Header of the file → field."""
_REQUIRED: Final = ("指标编码", "发生日期", "信息来源")


def read_batch(content_type: str, body: bytes) -> RowBatch:
    """Raises FactFileUnreadable, InputMalformed, TooManyRows."""
    digest = hashlib.sha256(body).hexdigest()
    if content_type.partition(";")[0].strip().lower() == "text/csv":
        return RowBatch(_csv_rows(body), digest)
    return RowBatch(_json_rows(body), digest)


def _csv_rows(body: bytes) -> list[RawRow]:
    reader = csv.reader(io.StringIO(_decoded(body), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        fields = _fields(header)
        rows = [_row(reader.line_num, fields, cells) for cells in reader if any(cells)]
    except csv.Error as error:
        raise FactFileUnreadable(reason=f"第 {reader.line_num} 行的 CSV 格式有误") from error
    if len(rows) > FILE_LIMIT:
        raise TooManyRows(limit=FILE_LIMIT, count=len(rows))
    return rows


def _decoded(body: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FactFileUnreadable(reason="编码应为 UTF-8 或 GB18030")


def _fields(header: list[str]) -> list[str]:
    unknown = [name for name in header if name not in COLUMNS]
    if unknown:
        raise FactFileUnreadable(reason=f"不认识的列：{'、'.join(unknown)}")
    fields = [COLUMNS[name] for name in header]
    missing = [name for name in _REQUIRED if COLUMNS[name] not in fields]
    if missing:
        raise FactFileUnreadable(reason=f"缺少列：{'、'.join(missing)}")
    if len(set(fields)) != len(fields):
        raise FactFileUnreadable(reason="同一内容有两列")
    return fields


def _row(line: int, fields: list[str], cells: list[str]) -> RawRow:
    if len(cells) != len(fields):
        return RawRow(line, {}, f"本行有 {len(cells)} 列，表头有 {len(fields)} 列")
    return RawRow(line, {field: cell.strip() for field, cell in zip(fields, cells, strict=True)})


def _json_rows(body: bytes) -> list[RawRow]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _malformed("", "json_invalid", "请求体不是有效的 JSON") from error
    rows = content.get("rows") if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise _malformed("/rows", "missing", "缺少必填项")
    if len(rows) > JSON_LIMIT:
        raise TooManyRows(limit=JSON_LIMIT, count=len(rows))
    return [_json_row(line, row) for line, row in enumerate(rows, start=1)]


def _json_row(line: int, row: Any) -> RawRow:
    """The members as text, so that JSON and CSV are read by one rule."""
    if not isinstance(row, dict):
        return RawRow(line, {}, "应为对象")
    unknown = sorted(set(row) - set(FIELDS))
    if unknown:
        return RawRow(line, {}, f"不认识的字段：{'、'.join(unknown)}")
    return RawRow(line, {name: _text(value) for name, value in row.items()})


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def _malformed(pointer: str, code: str, message: str) -> InputMalformed:
    return InputMalformed([{"pointer": pointer, "code": f"request.{code}", "message": message}])
