"""Lists as files over HTTP: the same rows as the list, nothing personal, one audit row (SEC5, SEC12, SEC25)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any
from urllib.parse import unquote

import openpyxl
from sqlalchemy import text

from tests.builders.registry import (
    ENTITY_HEADER,
    PHONE,
    District,
    a_file,
    a_uscc,
    entity_body,
    entity_line,
    inspector_body,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def test_objects_are_exported_by_the_filters_of_their_list(mengjin: District) -> None:
    bodies = [
        entity_body(1, name="=HYPERLINK(1)"),
        entity_body(2, region_code="410308102"),
        entity_body(3, kind="site"),
    ]
    await mengjin.add("/v1/entities", *bodies)
    async with mengjin.registry.client(mengjin.admin("YJJ")) as client:
        everything = await client.get("/v1/entities/export")
        narrowed = await client.get("/v1/entities/export", params={"town": "410308102", "format": "xlsx"})
        misspelt = await client.get("/v1/entities/export?twn=1")
        unknown = await client.get("/v1/entities/export?format=pdf")
    assert everything.headers["content-type"] == "text/csv; charset=utf-8"
    assert unquote(everything.headers["content-disposition"]).endswith(".csv")
    assert "检查对象_" in unquote(everything.headers["content-disposition"])
    rows = rows_of(everything.content)
    assert sorted(row["名称"] for row in rows) == ["'=HYPERLINK(1)", "孟津示例2有限公司", "孟津示例3有限公司"]
    assert {row["类别"] for row in rows} == {"企业", "场所"}
    assert PHONE not in everything.text
    assert narrowed.headers["content-type"] == XLSX
    sheet = openpyxl.load_workbook(io.BytesIO(narrowed.content)).active
    assert [row[3].value for row in sheet.iter_rows()] == ["统一社会信用代码", a_uscc(2)]
    assert (misspelt.status_code, unknown.status_code) == (400, 422)


async def test_an_export_stands_in_the_audit_trail_with_its_filters_and_digest(mengjin: District) -> None:
    """SEC12: who exported what, and how the file can be known again."""
    await mengjin.add("/v1/entities", entity_body(1))
    admin = mengjin.admin("SCJG")
    async with mengjin.registry.client(admin) as client:
        answer = await client.get("/v1/entities/export", params={"kind": "enterprise"})
        await client.get("/v1/entities", params={"kind": "enterprise"})
    async with mengjin.registry.work(mengjin.office) as work:
        query = text("SELECT action, command FROM audits WHERE actor = :actor AND district = :district")
        found = (await work.connection.execute(query, {"actor": admin.subject, "district": mengjin.name})).all()
    (audit,) = found
    command: dict[str, Any] = audit.command if isinstance(audit.command, dict) else json.loads(audit.command)
    assert audit.action == "export_list"
    assert (command["name"], command["format"], command["rows"]) == ("检查对象", "csv", 1)
    assert command["asked"]["kind"] == "enterprise"
    assert command["sha256"] == hashlib.sha256(answer.content).hexdigest()


async def test_a_department_exports_its_own_inspectors_and_no_others(mengjin: District) -> None:
    """SEC2: an export is a list."""
    await mengjin.add("/v1/inspectors", inspector_body(1), by=mengjin.admin("SCJG"))
    await mengjin.add("/v1/inspectors", inspector_body(2, department="YJJ"), by=mengjin.admin("YJJ"))
    for who, expected in ((mengjin.admin("SCJG"), {"ZF00001"}), (mengjin.office, {"ZF00001", "ZF00002"})):
        async with mengjin.registry.client(who) as client:
            answer = await client.get("/v1/inspectors/export")
        assert {row["执法人员编号"] for row in rows_of(answer.content)} == expected
        assert PHONE not in answer.text


async def test_a_long_list_is_exported_to_its_last_row(mengjin: District) -> None:
    """More rows than one page of the reading query."""
    lines = [entity_line(number) for number in range(1, 1202)]
    await mengjin.import_file(a_file(ENTITY_HEADER, *lines))
    async with mengjin.registry.client(mengjin.office) as client:
        answer = await client.get("/v1/entities/export")
    rows = rows_of(answer.content)
    assert len({row["检查对象标识"] for row in rows}) == len(rows) == 1201
