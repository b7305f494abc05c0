"""The vectorised reading of import files says what the per-row reading says (REL21, performance.md 2.1)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.adapters.csv_blocks import read_blocks
from services.registry.adapters.csv_files import Row, read_csv
from services.registry.adapters.fast_entities import FastEntities, entity_content, valid_usccs
from services.registry.adapters.table_files import open_table
from services.registry.domain.import_fields import plan_columns
from services.registry.domain.import_jobs import FileFormat, ImportSource
from services.registry.domain.import_rows import ImportKind, read_row
from shared.runtime.files import KeptFile
from shared.values.uscc import ALPHABET, is_valid
from tests.builders.registry import ENTITY_HEADER, a_uscc, entity_cells, facts

ODD = {
    "name": [
        "",
        "孟津（示例）公司",
        " 有空格 ",
        "a  b",
        "《书》店",
        "Ａ全角",
        "名" * 201,
        "e\u0301",
        "ABC Ltd",
        "x\ufffd",
    ],
    "uscc": [
        "",
        a_uscc(1).lower(),
        a_uscc(1)[:-1] + "I",
        a_uscc(7)[:-1] + "0",
        "123",
        f" {a_uscc(3)}",
        a_uscc(2, "92"),
    ],
    "external_no": ["", "N" * 65, "A-1", "=1+1"],
    "kind": ["", "公司", "enterprise", "个体户", "农专社"],
    "status": ["", "停业", "已注销"],
    "registered_on": ["", "2021-02-30", "2099-01-01", "2021/1/5", "20240131", "0000-01-01"],
    "region_code": ["", "410308999", "平乐镇", "410322100", "99"],
    "address": ["", "平乐镇街上", "无名路", "址" * 301, '"引号"', "a\\b", "a\tb"],
    "industry_code": ["", "9999", "C1310", "C", "7910"],
    "industry_edition": ["", "2002", "GB/T 4754-2011"],
    "departments": ["", "城管", "SCJG、YJJ", "区应急管理局", "scjg、SCJG"],
    "tags": ["", "a/b", "冷链、食品", "2011、2017", "expert", "NULL", "x{y}"],
    "producer_external_no": ["", "P1", "P" * 65],
    "legal_rep_phone": ["", "12-", "13800000000", "+86 379-1234567"],
}
DEFAULTS: tuple[dict[str, str], ...] = (
    {},
    {"departments": "SLJ", "region_code": "410308102", "kind": "企业"},
    {"status": "注销", "tags": "默认"},
)
FIELDS = tuple(ODD)
HEADERS = dict(zip(entity_cells(), ENTITY_HEADER.split(","), strict=True))


@st.composite
def lines(draw: st.DrawFn) -> str:
    number = draw(st.integers(1, 500))
    spoilt = draw(st.lists(st.sampled_from(FIELDS), max_size=3))
    cells = entity_cells(number, **{name: draw(st.sampled_from(ODD[name])) for name in spoilt})
    line = ",".join(cells.values())
    return draw(st.sampled_from([line] * 12 + [line + ",多", line.rpartition(",")[0], '"' + line, "", ",,,"]))


def unbroken(row: Row) -> Row:
    """Line ends inside a cell are blanks to whoever reads the cell."""
    return Row(row.line, [" ".join(cell.split()) for cell in row.cells], row.torn)


def source(defaults: dict[str, str]) -> ImportSource:
    return ImportSource("d", None, FileFormat.CSV, "utf-8", {}, defaults)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(lines(), min_size=1, max_size=30), defaults=st.sampled_from(DEFAULTS), kindless=st.booleans())
def test_every_row_taken_at_once_is_what_the_single_reader_reads(
    rows: list[str], defaults: dict[str, str], kindless: bool
) -> None:
    header = ENTITY_HEADER.replace("类别", "别的") if kindless else ENTITY_HEADER
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes("\r\n".join((header, *rows, "")).encode())
        table = open_table(KeptFile(path), source(defaults))
        plan = plan_columns(ImportKind.ENTITIES, header.split(","), {}, defaults)
        fast = FastEntities(plan, defaults, facts())
        single = {row.line: row for row in read_csv(KeptFile(path), "utf-8")}
        seen = []
        for block in table.blocks():
            judged = fast.judge(block.plain)
            for row in judged.sure.iter_rows(named=True):
                line = row.pop("line")
                seen.append(line)
                read = read_row(ImportKind.ENTITIES, plan.cells(single[line].cells), facts(), defaults)
                assert entity_content(row, fast.values) == read.content
            seen += judged.unsure["line"].to_list()
            seen += [row.line for row in block.rows]
            assert [unbroken(single[row.line]) for row in block.rows] == [unbroken(row) for row in block.rows]
    assert sorted(seen) == sorted(line for line in single if line != 1)


def test_ordinary_rows_are_taken_at_once(tmp_path: Path) -> None:
    """Sure is not enough: were every row unsure, the equality above would hold of nothing."""
    path = tmp_path / "file"
    path.write_text("\n".join((ENTITY_HEADER, *(",".join(entity_cells(n).values()) for n in range(1, 200)))), "utf-8")
    plan = plan_columns(ImportKind.ENTITIES, ENTITY_HEADER.split(","), {}, {})
    blocks = list(open_table(KeptFile(path), source({})).blocks())
    judged = FastEntities(plan, {}, facts()).judge(blocks[0].plain)
    assert (len(blocks), judged.sure.height, judged.unsure.height, blocks[0].rows) == (1, 199, 0, [])


@given(
    st.lists(
        st.one_of(
            st.integers(0, 999).map(a_uscc),
            st.integers(0, 999).map(lambda n: a_uscc(n)[:-1] + "A"),
            st.text(ALPHABET + "IOSVZ a", min_size=0, max_size=19),
        )
    )
)
def test_check_digits_by_the_million_are_check_digits_one_by_one(codes: list[str]) -> None:
    """GB 32100-2015: the vectorised check has the per-row one as its oracle."""
    assert valid_usccs(pl.Series(codes, dtype=pl.String)).to_list() == [is_valid(code) for code in codes]


def _quoted() -> Iterator[str]:
    yield from (f"名{number},地" for number in range(50))
    yield '"两行\n的,单元",地'
    yield '"不闭合,地'
    yield from (f"后{number},地" for number in range(50))
    yield '末"行,地'


@pytest.mark.parametrize("block", [1, 40, 400, 12_000_000])
def test_blocks_of_any_size_give_the_lines_and_rows_of_the_file(tmp_path: Path, block: int) -> None:
    path = tmp_path / "file"
    path.write_text("\n".join(("名称,地址", *_quoted())), "utf-8")
    found: list[Row] = []
    for each in read_blocks(KeptFile(path), "utf-8", Row(1, ["名称", "地址"]), 2, size=block):
        found += [Row(line, text.split(",")) for line, text in each.plain.iter_rows()] + each.rows
    expected = list(read_csv(KeptFile(path), "utf-8"))[1:]
    assert sorted(found, key=lambda row: row.line) == expected
