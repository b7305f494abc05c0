"""Bodies of fact imports: CSV as departments write it, and JSON (K1, L5)."""

from __future__ import annotations

import pytest

from services.credit.api.fact_files import read_batch
from services.credit.domain.imports import FactFileUnreadable, TooManyRows
from shared.runtime.problems import InputMalformed

HEADER = "检查对象编号(外部编号),统一社会信用代码,指标编码,分值,发生日期,信息来源,说明"
ROW = "MJ0000001,91410308MXYT81MC3Y,R0101,40,2026-02-28,登记系统,经营规模较小且无分支机构"
TEXT = f"{HEADER}\r\n{ROW}\r\n\r\n{ROW}\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_departments_use(encoding: str) -> None:
    rows = read_batch("text/csv; charset=utf-8", TEXT.encode(encoding)).rows
    assert [row.line for row in rows] == [2, 4]
    assert rows[0].values == {
        "external_no": "MJ0000001",
        "uscc": "91410308MXYT81MC3Y",
        "indicator": "R0101",
        "points": "40",
        "occurred_on": "2026-02-28",
        "source": "登记系统",
        "text": "经营规模较小且无分支机构",
    }


def test_a_row_with_too_many_columns_is_reported_and_the_others_stay() -> None:
    rows = read_batch("text/csv", f"{HEADER}\n{ROW},多余\n{ROW}\n".encode()).rows
    assert [row.defect for row in rows] == ["本行有 8 列，表头有 7 列", None]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f"{HEADER},备注\n{ROW},\n".encode(), "不认识的列：备注"),
        ("统一社会信用代码,指标编码,信息来源\n".encode(), "缺少列：发生日期"),
        (HEADER.replace("说明", "uscc").encode(), "同一内容有两列"),
        (b"\xff\xff\xff", "编码"),
        (f'{HEADER}\n"MJ1\n'.encode(), "CSV"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(FactFileUnreadable, match=reason):
        read_batch("text/csv", body)


def test_json_rows_become_the_same_rows() -> None:
    body = b'{"rows": [{"uscc": " X ", "points": 40, "is_withdrawn": true, "text": null}, 7, {"pionts": 1}]}'
    rows = read_batch("application/json", body).rows
    assert rows[0].values == {"uscc": "X", "points": "40", "is_withdrawn": "true", "text": ""}
    assert [row.defect for row in rows[1:]] == ["应为对象", "不认识的字段：pionts"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"rows": {}}'])
def test_json_of_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(InputMalformed):
        read_batch("application/json", body)


def test_more_rows_than_allowed_are_refused() -> None:
    with pytest.raises(TooManyRows, match="5000"):
        read_batch("application/json", b'{"rows": [' + b",".join([b"{}"] * 5001) + b"]}")


def test_the_audit_trail_holds_number_and_digest_never_the_rows() -> None:
    assert str(read_batch("text/csv", TEXT.encode())).startswith("2 rows, sha256 ")
