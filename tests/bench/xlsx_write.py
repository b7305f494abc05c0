"""Job 8a: XLSX export of 100,000 rows by 8 columns.

Floor: zlib level 6 over the same worksheet XML. Product: an export as every service writes it, from rows in memory to
the whole file. Left out: reading the rows from the database, and sending the file.
"""

from __future__ import annotations

import asyncio
import io
import tracemalloc
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import IO

from python_calamine import CalamineWorkbook

from shared.runtime.exports import PAGE, Column, ExportFormat, Sheet, write_export
from tests.bench.frame import Bench, Report, seconds

BENCH = Bench("xlsx-write", target=16.0, aim=16.0)
ROWS = 100_000
MOST_EXTRA_MB = 10.0
"""What an export may hold besides the rows of a page."""
AT = datetime(2026, 11, 24, tzinfo=UTC)
TOWNS = ("城关镇", "会盟镇", "平乐镇", "送庄镇", "白鹤镇", "朝阳镇")
Row = tuple[str, str, str, str, str, date, int, str]
HEADERS = ("名称", "统一社会信用代码", "类别", "所在镇街", "地址", "成立日期", "检查次数", "标签")


def _column(place: int) -> Column[Row]:
    return Column(HEADERS[place], lambda row: row[place])


SHEET: Sheet[Row] = Sheet("检查对象", [_column(place) for place in range(len(HEADERS))], limit=10 * ROWS)


class Wrong(AssertionError):
    """The file does not hold the rows: its speed means nothing."""


def a_row(number: int) -> Row:
    town = TOWNS[number % len(TOWNS)]
    return (
        f"洛阳市孟津区第{number}示例食品有限公司",
        f"91410308MA{number:07d}X",
        "企业",
        town,
        f"{town}示例路{number % 997}号",
        date(2001, 1, 1) + timedelta(days=number % 9000),
        number % 13,
        "食品生产、特种设备" if number % 3 else "食品生产",
    )


async def _pages(rows: int) -> AsyncIterator[Sequence[Row]]:
    for start in range(0, rows, PAGE):
        yield [a_row(number) for number in range(start, min(start + PAGE, rows))]


def _write(rows: int) -> IO[bytes]:
    return asyncio.run(write_export(SHEET, _pages(rows), ExportFormat.XLSX, AT)).file


def export(rows: int) -> None:
    _write(rows).close()


def checked_xml(rows: int) -> bytes:
    """The worksheet XML of the product's own file. Raises Wrong unless another reader finds every row in it."""
    with _write(rows) as file:
        content = file.read()
    found = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    check_rows(found, rows)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read("xl/worksheets/sheet1.xml")


def check_rows(found: Sequence[Sequence[object]], rows: int) -> None:
    """Raises Wrong unless headers, number of rows and the last name are those that were written."""
    if len(found) != rows + 1 or tuple(found[0]) != HEADERS or found[rows][0] != a_row(rows - 1)[0]:
        raise Wrong


def extra_mb(rows: int) -> float:
    tracemalloc.start()
    export(rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def _slices(xml: bytes) -> Iterator[bytes]:
    return (xml[start : start + 65536] for start in range(0, len(xml), 65536))


def run(rows: int = ROWS) -> Report:
    xml = checked_xml(rows)

    def deflate() -> None:
        packing = zlib.compressobj(6)
        for part in _slices(xml):
            packing.compress(part)
        packing.flush()

    def make_rows() -> None:
        for number in range(rows):
            a_row(number)

    extra = extra_mb(rows)
    figures = BENCH.measure(seconds(deflate), seconds(lambda: export(rows)))
    made = seconds(make_rows)()
    remarks = (
        f"{rows} rows × {len(HEADERS)}, worksheet {len(xml) / 1e6:.0f} MB; making the rows alone {made:.2f} s, in ours",
        f"besides them at most {extra:.1f} MB (must ≤ {MOST_EXTRA_MB:.0f})",
    )
    missed = (f"{extra:.1f} MB held by an export",) if extra > MOST_EXTRA_MB else ()
    return BENCH.report(figures, remarks, missed)
