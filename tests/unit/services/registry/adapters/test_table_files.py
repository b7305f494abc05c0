"""Files as departments send them become rows, whatever they came in (L5)."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from services.registry.adapters.sheets import csv_blocks
from services.registry.adapters.table_files import open_table, read_table
from services.registry.domain.import_jobs import FileFormat, ImportFileUnreadable, ImportSource
from shared.runtime.files import KeptFile


def rows(folder: Path, content: bytes, encoding: str = "auto") -> list[tuple[int, list[str], bool]]:
    path = folder / "file"
    path.write_bytes(content)
    return [(row.line, row.cells, row.torn) for row in read_table(KeptFile(path), FileFormat.AUTO, encoding)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    text = "名称,地址\r\n孟津㐀公司,城关镇\r\n"
    assert rows(tmp_path, text.encode(encoding)) == [(1, ["名称", "地址"], False), (2, ["孟津㐀公司", "城关镇"], False)]


def test_one_broken_character_spoils_its_row_only(tmp_path: Path) -> None:
    content = "名称\n甲公司\n".encode() + b"\xff\xfe\n" + "乙公司\n".encode()
    found = rows(tmp_path, content)
    assert [cells for _, cells, _ in found if "\ufffd" not in cells[0]] == [["名称"], ["甲公司"], ["乙公司"]]
    assert len(found) == 4


def test_a_record_may_span_lines_and_is_named_by_its_first(tmp_path: Path) -> None:
    content = '名称,地址\n甲,"城关镇\n""一""号"\n\n乙,平乐镇\n'.encode()
    assert rows(tmp_path, content) == [
        (1, ["名称", "地址"], False),
        (2, ["甲", '城关镇\n"一"号'], False),
        (5, ["乙", "平乐镇"], False),
    ]


def test_a_quote_that_never_closes_spoils_its_line_only(tmp_path: Path) -> None:
    lines = ["名称,地址", '"甲,城关镇', *(f"乙{number},平乐镇" for number in range(40))]
    found = rows(tmp_path, "\n".join(lines).encode())
    assert [line for line, _, torn in found if torn] == [2]
    assert [line for line, _, torn in found if not torn] == [1, *range(3, 43)]


def test_two_stray_quotes_do_not_swallow_the_lines_between(tmp_path: Path) -> None:
    content = '名称,地址\n"甲,城关镇\n乙,平乐镇\n丙",城关镇\n'.encode()
    assert [(line, torn) for line, _, torn in rows(tmp_path, content)] == [(1, False), (2, True), (3, False), (4, True)]


def test_numbers_and_dates_of_a_workbook_become_what_an_officer_sees(tmp_path: Path) -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["名称", "代码", "日期", "比例"])
        sheet.write_row(2, 0, ["甲", 410308100])
        sheet.write_datetime(2, 2, datetime(2024, 1, 31), day)  # noqa: DTZ001 - a spreadsheet knows no zone
        sheet.write_number(2, 3, 1.5)
    assert rows(tmp_path, book.getvalue()) == [
        (1, ["名称", "代码", "日期", "比例"], False),
        (3, ["甲", "410308100", date(2024, 1, 31).isoformat(), "1.5"], False),
    ]


def test_a_broken_workbook_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportFileUnreadable, match="XLSX"):
        rows(tmp_path, b"PK\x03\x04 not a workbook")


def test_a_cell_that_looks_like_a_formula_is_written_as_text() -> None:
    written = "".join(csv_blocks(["列"], [["=1+1"], ["@x"], ["甲"]]))
    assert written == "\ufeff列\r\n'=1+1\r\n'@x\r\n甲\r\n"


def a_book(*lines: list[object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    return out.getvalue()


def test_the_rows_of_a_workbook_are_read_by_columns_where_no_cell_needs_a_look(tmp_path: Path) -> None:
    """The same rows once each, whichever way; and again, as often as they are asked for."""
    path = tmp_path / "file"
    path.write_bytes(
        a_book(["名称", "地址"], ["甲", "城关镇"], ["乙", "一号，二号"], ["丙", 'x,"y"'], [], ["丁 ", 12.0])
    )
    table = open_table(KeptFile(path), ImportSource("", None, FileFormat.AUTO, "auto", {}, {}))
    (block,) = table.blocks()
    assert block.plain.rows() == [(2, "甲,城关镇")]
    assert [(row.line, row.cells) for row in block.rows] == [
        (3, ["乙", "一号，二号"]),
        (4, ["丙", 'x,"y"']),
        (6, ["丁 ", "12"]),
    ]
    assert [row.line for row in table.rows()] == [2, 3, 4, 6]
    assert [row.cells for row in table.rows_on({4})] == [["丙", 'x,"y"']]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_single_rows_are_found_again_as_they_were_read(tmp_path: Path, end: str, encoding: str) -> None:
    lines = [
        "名称,地址",
        "甲,城关镇",
        '乙,"两',
        '行"',
        '"不闭合,地',
        *(f"后{number},地" for number in range(30)),
        "末,地",
    ]
    path = tmp_path / "file"
    path.write_bytes(end.join(lines).encode(encoding))
    table = open_table(KeptFile(path), ImportSource("", None, FileFormat.CSV, "auto", {}, {}))
    single = {row.line: row for row in table.rows()}
    wanted = {2, 3, 5, 6, 36}
    assert {row.line: row for row in table.rows_on(wanted)} == {line: single[line] for line in wanted}
    assert list(table.rows_on(frozenset())) == []
    in_blocks = [line for block in table.blocks() for line in [*block.plain["line"], *(row.line for row in block.rows)]]
    assert sorted(in_blocks) == sorted(single)
