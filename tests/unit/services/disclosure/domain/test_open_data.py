"""Open data: files that a spreadsheet and a program read without a question."""

import csv
import io
import json

from services.disclosure.domain.open_data import COLUMNS, by_scope, dictionary_csv, write_csv, write_lines

ROW = {name: None for name, _, _ in COLUMNS["findings"]} | {
    "result_id": "r",
    "department": "SCJG",
    "concluded_on": "2026-11-10",
    "item_name": '=HYPERLINK("x")',
    "outcome": '带"引号"，和\n换行',
    "severity": 3,
}


def test_a_csv_has_a_mark_chinese_headers_and_no_formula() -> None:
    text = write_csv("findings", [ROW]).decode("utf-8-sig")
    header, row = list(csv.reader(io.StringIO(text, newline="")))
    assert header == [title for _, title, _ in COLUMNS["findings"]]
    assert row[5] == '\'=HYPERLINK("x")'
    assert (row[7], row[8], row[1]) == (ROW["outcome"], "3", "")
    assert write_csv("findings", []).startswith(b"\xef\xbb\xbf")


def test_json_lines_say_null_and_keep_the_order_of_the_dictionary() -> None:
    line = json.loads(write_lines("findings", [ROW]))
    assert list(line) == [name for name, _, _ in COLUMNS["findings"]]
    assert line["entity_id"] is None


def test_files_are_cut_by_year_and_department() -> None:
    other = ROW | {"department": "XFJY", "concluded_on": "2025-01-02"}
    assert {scope: len(rows) for scope, rows in by_scope([ROW, other]).items()} == {
        "all": 2,
        "2026-SCJG": 1,
        "2025-XFJY": 1,
    }


def test_the_dictionary_explains_every_column() -> None:
    rows = list(csv.reader(io.StringIO(dictionary_csv().decode("utf-8-sig"))))
    assert len(rows) == 1 + sum(len(columns) for columns in COLUMNS.values())
    assert all(all(row) for row in rows)
