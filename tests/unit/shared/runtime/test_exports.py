"""Lists as files: readable by spreadsheets, harmless in them, capped, whole (SEC21, SEC25)."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.exports import (
    Cell,
    Column,
    ExportFormat,
    ExportTooLarge,
    Sheet,
    at_once,
    disposition,
    is_formula,
    paged,
    plain,
    write_export,
)

AT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
Row = tuple[Cell, ...]
COLUMNS: list[Column[Row]] = [Column("名称", lambda row: row[0]), Column("数量", lambda row: row[1])]
SHEET: Sheet[Row] = Sheet("检查对象", COLUMNS, limit=1500)
ATTACKS = ("=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "=cmd|' /C calc'!A0")


async def a_file(rows: Sequence[Row], form: ExportFormat, sheet: Sheet[Row] = SHEET) -> bytes:
    written = await write_export(sheet, at_once(rows), form, AT)
    with written.file as file:
        content = file.read()
    assert (written.rows, written.size) == (len(rows), len(content))
    assert written.sha256 == hashlib.sha256(content).digest()
    return content


async def csv_rows(rows: Sequence[Row]) -> list[list[str]]:
    return list(csv.reader(io.StringIO((await a_file(rows, ExportFormat.CSV)).decode("utf-8-sig"), newline="")))


async def xlsx_cells(rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(await a_file(rows, ExportFormat.XLSX)))
    assert book.sheetnames == ["检查对象"]
    return list(book.active.iter_rows())


async def test_a_csv_file_begins_with_the_mark_by_which_spreadsheets_know_chinese() -> None:
    content = await a_file([("孟津示例公司", 3)], ExportFormat.CSV)
    assert content == "\ufeff名称,数量\r\n孟津示例公司,3\r\n".encode()


async def test_both_formats_say_the_same_of_every_kind_of_value() -> None:
    values: list[Row] = [
        ("甲,“乙”\n丙", 7),
        (date(2026, 3, 1), True),
        (AT, False),
        (["食品", "特种设备"], None),
    ]
    expected = [["甲,“乙”\n丙", "7"], ["2026-03-01", "是"], ["2026-11-24 09:30:00", "否"], ["食品、特种设备", ""]]
    assert (await csv_rows(values))[1:] == expected
    found = (await xlsx_cells(values))[1:]
    assert [["" if cell.value is None else str(cell.value) for cell in row] for row in found] == expected
    assert found[0][1].value == 7, "a number stays a number"


@pytest.mark.parametrize("attack", ATTACKS)
async def test_a_cell_that_a_spreadsheet_could_run_is_text_in_both_formats(attack: str) -> None:
    """SEC25: formula injection is neutralised on export."""
    (_, line), (_, cells) = await csv_rows([(attack, -5)]), await xlsx_cells([(attack, -5)])
    assert line[0].startswith("'")
    assert line[1] == "-5", "a number of ours is no text of theirs"
    cell = cells[0]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", plain(attack), True)


async def test_text_that_looks_like_the_libraries_own_markup_stays_text() -> None:
    (_, cells) = await xlsx_cells([("<r><t>x</t></r></is></c><evil/><r></r>", 1)])
    assert cells[0].value.strip() == "<r><t>x</t></r></is></c><evil/><r></r>"


async def test_a_text_longer_than_a_spreadsheet_cell_says_that_it_was_cut() -> None:
    (_, cells) = await xlsx_cells([("𠮷" * 20_000, 1)])
    assert cells[0].value == "𠮷" * 16_000 + "……（内容过长，已截断）"
    assert (await csv_rows([("长" * 40_000, 1)]))[1][0] == "长" * 40_000


@given(st.text())
def test_what_is_left_of_any_text_fits_an_xml_file(text: str) -> None:
    left = plain(text)
    left.encode()
    assert not any((ord(c) < 0x20 and c != "\n") or 0x7F <= ord(c) < 0xA0 for c in left)
    assert plain(left) == left


@given(st.text(alphabet="=+-@ \t\n\r甲1", max_size=6))
def test_a_text_whose_first_sign_begins_a_formula_is_one(text: str) -> None:
    assert is_formula(text) == (text.strip()[:1] in ("=", "+", "-", "@") and text.strip() != "")


@pytest.mark.parametrize("form", ExportFormat)
async def test_more_rows_than_the_cap_are_refused_by_name_and_number(form: ExportFormat) -> None:
    """SEC21."""
    with pytest.raises(ExportTooLarge) as refusal:
        await a_file([("甲", 1)] * 1501, form)
    assert refusal.value.detail == "“检查对象”超过一次导出的上限 1500 行，请缩小筛选范围后分次导出"
    assert len(await csv_rows([("甲", 1)] * 1500)) == 1501


async def test_a_list_is_read_page_by_page_to_its_end() -> None:
    rows: list[Row] = [(str(number), number) for number in range(7)]
    asked: list[int | None] = []

    async def read(size: int, after: int | None) -> Sequence[Row]:
        asked.append(after)
        start = -1 if after is None else after
        return [row for row in rows if int(str(row[1])) > start][:size]

    found = [row async for page in paged(read, lambda row: int(str(row[1])), size=3) for row in page]
    assert (found, asked) == (rows, [None, 2, 5])


async def test_a_failing_read_leaves_no_half_file() -> None:
    async def broken() -> AsyncIterator[Sequence[Row]]:
        yield [("甲", 1)]
        raise ConnectionError

    for form in ExportFormat:
        with pytest.raises(ConnectionError):
            await write_export(SHEET, broken(), form, AT)


def test_a_chinese_file_name_travels_encoded_with_an_ascii_one_beside_it() -> None:
    """RFC 6266, RFC 5987."""
    header = disposition("检查对象/2026\r\n.xlsx")
    assert header.isascii()
    assert header.startswith('attachment; filename="export.xlsx"; ')
    assert unquote(header.rpartition("''")[2]) == "检查对象-2026 .xlsx"
