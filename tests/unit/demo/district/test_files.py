"""The district on disk: right encodings, right bytes, bad rows where the manifest says."""

import csv
import hashlib
import io
import json
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from demo.district import District, generate
from demo.district.bad_rows import GOOD_ROWS
from demo.district.files import manifest, render, write
from demo.district.model import ENTITY_KINDS
from demo.district.tables import ENTITY_COLUMNS, INSPECTOR_COLUMNS
from shared.values.uscc import is_valid, normalise


@pytest.fixture(scope="module")
def files(small: District) -> dict[str, bytes]:
    return render(small)


def table(content: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def test_the_same_seed_writes_the_same_bytes(small: District, files: dict[str, bytes]) -> None:
    again = render(generate(seed=1, scale=0.05))
    assert again == files
    assert manifest(small, again) == manifest(small, files)


def test_another_seed_writes_other_bytes(files: dict[str, bytes]) -> None:
    other = render(generate(seed=2, scale=0.05))
    assert {name for name in files if files[name] == other[name]} == {"departments.json", "towns.csv", "items.json"}


def test_entities_are_utf_8_with_a_byte_order_mark_under_the_agreed_headers(
    small: District, files: dict[str, bytes]
) -> None:
    assert files["entities.csv"].startswith(b"\xef\xbb\xbf")
    rows = table(files["entities.csv"], "utf-8-sig")
    assert rows[0] == list(ENTITY_COLUMNS)
    assert len(rows) == len(small.entities) + 1
    first = dict(zip(ENTITY_COLUMNS, rows[1], strict=True))
    assert first["名称"] == small.entities[0].name
    assert "洛阳市孟津区市场监督管理局" in first["监管部门"].split("、")


def test_inspectors_come_in_gb18030_and_as_a_workbook_with_the_same_rows(
    small: District, files: dict[str, bytes]
) -> None:
    rows = table(files["inspectors.csv"], "gb18030")
    assert rows[0] == list(INSPECTOR_COLUMNS)
    assert len(rows) == len(small.inspectors) + 1
    with pytest.raises(UnicodeDecodeError):
        files["inspectors.csv"].decode("utf-8")
    sheet = openpyxl.load_workbook(io.BytesIO(files["inspectors.xlsx"]), read_only=True).worksheets[0]
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == rows


def test_the_manifest_names_every_file_with_its_digest(tmp_path: Path, small: District) -> None:
    counts = write(small, tmp_path / "out")
    described = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert described["counts"] == counts
    assert counts["entities"] == len(small.entities)
    on_disk = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.name != "manifest.json"}
    assert set(on_disk) == set(described["files"])
    for name, content in on_disk.items():
        assert described["files"][name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert described["files"][name]["bytes"] == len(content)


def test_the_bad_file_mixes_good_rows_with_each_kind_of_defect(small: District) -> None:
    """L5."""
    defects = Counter(row.defect for row in small.import_rows)
    assert len(small.import_rows) == 30
    assert defects[None] == GOOD_ROWS
    assert set(defects) - {None} == {
        "wrong_check_digit", "missing_name", "unknown_town", "bad_date", "unknown_kind", "unknown_department",
        "duplicate_equal", "duplicate_different",
    }  # fmt: skip
    assert all(count == 2 for defect, count in defects.items() if defect is not None)


def test_each_defect_is_really_in_its_row_and_nowhere_else(small: District) -> None:
    towns = {town.code for town in small.towns}
    names = {department.name for department in small.departments}
    for row in small.import_rows:
        cells = dict(zip(ENTITY_COLUMNS, row.cells, strict=True))
        assert is_valid(normalise(cells["统一社会信用代码"])) == (row.defect != "wrong_check_digit")
        assert bool(cells["名称"].strip()) == (row.defect != "missing_name")
        assert (cells["所在镇街代码"] in towns) == (row.defect != "unknown_town")
        assert (cells["类别"] in ENTITY_KINDS) == (row.defect != "unknown_kind")
        assert (set(cells["监管部门"].split("、")) <= names) == (row.defect != "unknown_department")


def test_repeated_rows_repeat_a_good_row_equal_or_with_other_content(small: District) -> None:
    key = ENTITY_COLUMNS.index("统一社会信用代码")
    good = {row.cells[key]: row.cells for row in small.import_rows if row.defect is None}
    for row in small.import_rows:
        if row.defect == "duplicate_equal":
            assert good[row.cells[key]] == row.cells
        if row.defect == "duplicate_different":
            assert good[row.cells[key]] != row.cells


def test_rows_to_import_are_in_no_other_file(small: District) -> None:
    known = {one.external_no for one in small.entities} | {one.uscc for one in small.entities}
    assert not any(set(row.cells[:3:2]) & known for row in small.import_rows)


def test_a_good_row_may_have_its_code_in_full_width(small: District) -> None:
    codes = [row.cells[ENTITY_COLUMNS.index("统一社会信用代码")] for row in small.import_rows if row.defect is None]
    assert [code for code in codes if normalise(code) != code and is_valid(normalise(code))]
