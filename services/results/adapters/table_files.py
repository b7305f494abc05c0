"""Table files as lines of text: CSV (UTF-8 or GB18030) or the first sheet of an XLSX workbook, bounded (SEC21)."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from services.results.domain.imports import MOST_LINES, ImportUnreadable

_ZIP: Final = b"PK\x03\x04"
_UNPACKED: Final = 200 * 2**20
"""Bytes of all parts of a workbook; one of 100,000 lines has a tenth of it."""
_BLOCK: Final = 2**20

Line = tuple[int, list[str]]
"""A line that is not blank, with its number from 1."""


def read_lines(body: bytes) -> list[Line]:
    """Raises ImportUnreadable."""
    lines = [line for line in (_workbook(body) if body.startswith(_ZIP) else _csv(body)) if any(line[1])]
    if not lines:
        raise ImportUnreadable(reason="文件是空的")
    if len(lines) > MOST_LINES:
        raise ImportUnreadable(reason=f"超过 {MOST_LINES} 行")
    return lines


def _csv(body: bytes) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(_decoded(body), newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise ImportUnreadable(reason=f"第 {reader.line_num} 行的 CSV 格式有误") from error


def _decoded(body: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ImportUnreadable(reason="编码应为 UTF-8 或 GB18030")


def _workbook(body: bytes) -> Iterator[Line]:
    _assert_unpacks(body)
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError) as error:
        raise ImportUnreadable(reason="不是有效的 XLSX 工作簿") from error
    for number, row in enumerate(rows, start=1):
        yield number, [_text(cell) for cell in row]


def _assert_unpacks(body: bytes) -> None:
    """A workbook is an archive: what it unpacks to is counted before anything reads it into memory."""
    left = _UNPACKED
    try:
        with ZipFile(io.BytesIO(body)) as archive:
            for part in archive.infolist():
                with archive.open(part) as content:
                    while block := content.read(_BLOCK):
                        left -= len(block)
                        if left < 0:
                            raise ImportUnreadable(reason="工作簿解压后过大")
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise ImportUnreadable(reason="不是有效的 XLSX 工作簿") from error


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
