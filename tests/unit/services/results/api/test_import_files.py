"""Results of other channels, as JSON and as tables, read into the same records (channel by channel one pipeline)."""

from __future__ import annotations

import copy
import io
from typing import Any
from uuid import UUID

import orjson
import pytest
import xlsxwriter

from services.results.adapters.table_files import read_lines
from services.results.api.import_files import EXAMPLE, read_body
from services.results.domain.imports import ImportUnreadable, TooManyRecords, check_batch
from shared.values.ids import new_id

VISIT, ITEM, OTHER = (str(new_id()) for _ in range(3))
OFFICERS = [str(new_id()), str(new_id())]
HEADER = [
    *("记录编号", "检查编号", "检查方式", "检查地点", "开始时间", "结束时间", "结果形成日期", "检查人员", "检查情况"),
    *("事项编号", "事项名称", "检查结果代码", "发现的问题", "严重程度", "裁量情节", "裁量理由"),
]
HEAD = [
    *("JC-1", VISIT, "on_site", "会盟大道 18 号", "2026-03-09 09:30:00", "2026-03-09 10:40:00", "2026-03-09"),
    *("、".join(OFFICERS), "done"),
]
LINES = [
    HEADER,
    [*HEAD, ITEM, "亮照", "B", "未亮照经营", "2", "minor", "当场改正"],
    ["JC-1", *[""] * 8, ITEM, "亮照", "A", "台账不全", "3", "", ""],
    ["JC-1", *[""] * 8, OTHER, "广告", "1", "", "", "", ""],
]


def as_csv(lines: list[list[str]], encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(",".join(line) for line in lines).encode(encoding)


def as_xlsx(lines: list[list[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    return out.getvalue()


def as_json() -> bytes:
    record: dict[str, Any] = {
        "record_no": "JC-1",
        "visit_id": VISIT,
        "method": "on_site",
        "place": "会盟大道 18 号",
        "started_at": "2026-03-09T09:30:00+08:00",
        "ended_at": "2026-03-09T10:40:00+08:00",
        "concluded_on": "2026-03-09",
        "officers_present": OFFICERS,
        "outcome": "done",
        "items": [
            {
                "item_id": ITEM,
                "item_name": "亮照",
                "outcome_codes": ["B", "A"],
                "findings": [
                    {
                        "outcome_code": "B",
                        "text": "未亮照经营",
                        "severity": 2,
                        "discretion": {"code": "minor", "reason": "当场改正"},
                    },
                    {"outcome_code": "A", "text": "台账不全", "severity": 3},
                ],
            },
            {"item_id": OTHER, "item_name": "广告", "outcome_codes": ["1"]},
        ],
    }
    return orjson.dumps({"source": "省平台", "records": [record]})


def test_json_csv_and_workbook_give_the_same_record() -> None:
    (typed,) = read_body("application/json", as_json(), None).records
    assert typed.content is not None
    assert (typed.record_no, typed.visit_id) == ("JC-1", UUID(VISIT))
    for body in (as_csv(LINES), as_csv(LINES, "gb18030"), as_xlsx(LINES)):
        (read,) = read_body("text/csv", body, "省平台").records
        assert (read.number, read.record_no, read.visit_id) == (2, "JC-1", UUID(VISIT))
        assert read.content == typed.content


def test_what_is_wrong_with_a_record_is_told_of_the_record_and_the_others_are_read() -> None:
    body = orjson.loads(as_json())
    broken = copy.deepcopy(body["records"][0])
    broken |= {"record_no": "JC-2", "started_at": "昨天"}
    sent = orjson.dumps(body | {"records": [broken, 7, body["records"][0], body["records"][0]]})
    read = check_batch(read_body("application/json", sent, None).records)
    assert [(one.number, one.record_no, one.problem and one.problem.field) for one in read] == [
        (1, "JC-2", "/started_at"),
        (2, "", "/"),
        (3, "JC-1", None),
        (4, "JC-1", "record_no"),
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "请求体不是有效的 JSON"),
        (b"[]", "缺少 records"),
        (orjson.dumps({"records": []}), "来源系统"),
    ],
)
def test_what_is_no_list_of_records_is_refused_as_a_whole(body: bytes, reason: str) -> None:
    with pytest.raises(ImportUnreadable, match=reason):
        read_body("application/json", body, None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04 not a workbook", "不是有效的 XLSX"),
        (as_csv([["记录编号", "电话"]]), "不认识的列：电话"),
        (as_csv([["记录编号", "检查编号"]]), "缺少列：检查方式"),
        (as_csv([[*HEADER, "记录编号"]]), "同一内容有两列"),
        (b"\xff\xfe\xff", "编码应为"),
        (b'"a\nb', "CSV 格式有误"),
    ],
)
def test_a_table_says_what_it_lacks(body: bytes, reason: str) -> None:
    with pytest.raises(ImportUnreadable, match=reason):
        read_body("text/csv", body, "省平台")


def test_a_table_without_source_or_with_too_many_records_is_refused() -> None:
    with pytest.raises(ImportUnreadable, match="来源系统"):
        read_body("text/csv", as_csv(LINES), None)
    lines = [HEADER, *([f"JC-{number}", *HEAD[1:], ITEM, "", "1", "", "", "", ""] for number in range(10_001))]
    read = read_body("text/csv", as_csv(lines), "省平台").records
    assert all(one.content for one in read)
    with pytest.raises(TooManyRecords, match="10001"):
        check_batch(read)


def test_a_workbook_that_unpacks_without_end_is_refused() -> None:
    """SEC21, SEC25."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 2**20))
    with pytest.raises(ImportUnreadable, match="解压后过大"):
        read_lines(out.getvalue())


def test_the_example_of_the_documents_is_a_record() -> None:
    (read,) = read_body("application/json", orjson.dumps(EXAMPLE), None).records
    assert read.problem is None
