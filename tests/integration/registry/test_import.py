"""Bulk import through commit on real PostgreSQL: L1, L3, L5, L7, and the counting part of REL21."""

from __future__ import annotations

import asyncio
import io
from urllib.parse import quote
from uuid import UUID

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from services.registry.settings import RegistrySettings
from services.registry.usecases.run_import import RunImport, begin_import, run_import
from services.registry.usecases.work_imports import work_imports
from shared.runtime.principal import service_principal
from tests.builders.registry import (
    ENTITY_HEADER,
    INSPECTOR_HEADER,
    PHONE,
    District,
    a_file,
    a_uscc,
    entity_line,
    inspector_line,
    until_settled,
)


def counts(job: dict[str, object]) -> dict[str, int]:
    found = job["counts"]
    assert isinstance(found, dict)
    assert found["total"] == sum(found.values()) - found["total"], "nothing is lost (REL21)"
    return found


async def test_good_rows_go_in_and_each_bad_row_is_told_with_line_field_and_reason(mengjin: District) -> None:
    """L5, REL21: a file with errors loses nothing."""
    wrong_digit = a_uscc(2)[:-1] + ("1" if a_uscc(2)[-1] != "1" else "2")
    job = await mengjin.import_file(
        a_file(
            ENTITY_HEADER,
            entity_line(1),
            entity_line(2, uscc=wrong_digit),
            entity_line(3, name=""),
            entity_line(4, registered_on="2021-02-30", legal_rep_phone="12-"),
            entity_line(1),
            entity_line(6),
            entity_line(6, address="另一个地址"),
        )
    )
    assert job["state"] == "succeeded"
    assert counts(job) == {"total": 7, "new": 1, "changed": 0, "unchanged": 0, "duplicate": 1, "wrong": 5, "older": 0}
    told = {(row["line"], row["field"], row["code"]) for row in await mengjin.rows(job["id"])}
    assert told == {
        (3, "uscc", "uscc.check_digit"),
        (4, "name", "registry.required"),
        (5, "registered_on", "registry.date_malformed"),
        (5, "legal_rep_phone", "registry.phone_malformed"),
        (6, "", "registry.row_repeated"),
        (7, "uscc", "registry.key_conflict"),
        (7, "external_no", "registry.key_conflict"),
        (8, "uscc", "registry.key_conflict"),
        (8, "external_no", "registry.key_conflict"),
    }
    assert [row["name"] for row in (await mengjin.get("/v1/entities"))["items"]] == ["孟津示例1有限公司"]


async def test_an_imported_object_is_found_by_its_name_however_the_name_is_written(mengjin: District) -> None:
    """L1: a search name that is the name itself is not stored, and is searched all the same."""
    lines = [entity_line(1), entity_line(2, name="孟津（东区）ABC商贸有限公司")]
    await mengjin.import_file(a_file(ENTITY_HEADER, *lines))
    for wanted, name in (("示例1有限", "孟津示例1有限公司"), ("(东区)abc", "孟津（东区）ABC商贸有限公司")):
        assert [row["name"] for row in (await mengjin.get(f"/v1/entities?q={quote(wanted)}"))["items"]] == [name]


async def test_rows_of_one_key_with_other_content_name_each_other(mengjin: District) -> None:
    """L5: same key with other content, none is taken."""
    lines = [entity_line(1), entity_line(2), entity_line(1, address="别处"), entity_line(1, address="又一处")]
    job = await mengjin.import_file(a_file(ENTITY_HEADER, *lines))
    told = {row["line"]: row["message"] for row in await mengjin.rows(job["id"]) if row["field"] == "uscc"}
    assert told[2].startswith("与第 4、5 行")
    assert told[5].startswith("与第 2、4 行")
    assert counts(job) == {"total": 4, "new": 1, "changed": 0, "unchanged": 0, "duplicate": 0, "wrong": 3, "older": 0}


async def test_a_known_key_updates_when_it_changed_and_is_counted_when_it_did_not(mengjin: District) -> None:
    await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1), entity_line(2)))
    again = await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1), entity_line(2, address="平乐镇新址")))
    assert counts(again) == {"total": 2, "new": 0, "changed": 1, "unchanged": 1, "duplicate": 0, "wrong": 0, "older": 0}
    history = await mengjin.get(f"/v1/entities/{a_uscc(2)}/history")
    assert [(past["entity"]["version"], past["origin"], past["changed"]) for past in history["items"]] == [
        (2, "import", ["address"]),
        (1, "import", []),
    ]
    assert history["items"][0]["actor"] == again["created_by"]


async def test_a_column_the_file_lacks_keeps_what_is_stored(mengjin: District) -> None:
    await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1)))
    job = await mengjin.import_file(
        a_file("企业名称,代码,类型", f"孟津改名有限公司,{a_uscc(1)},企业"),
        columns={"name": "企业名称", "uscc": "代码", "kind": "类型"},
    )
    assert counts(job)["changed"] == 1
    entity = await mengjin.get(f"/v1/entities/{a_uscc(1)}")
    assert (entity["name"], entity["tags"], entity["external_no"]) == ("孟津改名有限公司", ["食品生产"], "MJ000001")
    assert (entity["departments"], entity["legal_rep_phone"]) == (["SCJG"], "138******78")


async def test_one_import_is_one_change_set_and_one_event(mengjin: District) -> None:
    """L7: a bulk import is one transaction, told once."""
    job = await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1), entity_line(2), entity_line(3, name="")))
    async with mengjin.registry.work(mengjin.office) as work:
        events = await work.connection.execute(
            text("SELECT payload::jsonb AS body FROM outboxes WHERE district = :district ORDER BY id DESC LIMIT 1"),
            {"district": mengjin.name},
        )
        body = events.one().body
        kept = await work.connection.execute(
            text("SELECT count(*) FROM entities_history WHERE change_set_id = :id"), {"id": UUID(job["change_set_id"])}
        )
        assert kept.scalar_one() == 2
    assert (body["change_set_id"], body["kind"], body["row_count"], body["origin"]) == (
        job["change_set_id"],
        "entities",
        2,
        "import",
    )
    unchanged = await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1)))
    assert unchanged["change_set_id"] is None


async def test_a_preview_writes_nothing_until_it_is_accepted(mengjin: District) -> None:
    job = await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1), entity_line(2, name="")), preview=True)
    assert (job["state"], counts(job)["new"], counts(job)["wrong"]) == ("validated", 1, 1)
    assert (await mengjin.get("/v1/entities"))["items"] == []
    async with mengjin.registry.client(mengjin.office) as client:
        accepted = await client.post(f"/v1/import-jobs/{job['id']}/commit")
        twice = await client.post(f"/v1/import-jobs/{job['id']}/commit")
    assert (accepted.status_code, accepted.json()["state"]) == (202, "committing")
    assert (twice.status_code, twice.json()["code"]) == (409, "registry.import_job_not_in")
    await mengjin.work(job["id"])
    assert (await mengjin.job(job["id"]))["state"] == "succeeded"
    assert len((await mengjin.get("/v1/entities"))["items"]) == 1


async def test_an_atomic_import_with_a_wrong_row_writes_nothing_and_says_why(mengjin: District) -> None:
    job = await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1), entity_line(2, name="")), mode="atomic")
    assert (job["state"], job["failure_code"]) == ("failed", "registry.import_refused_whole")
    assert (counts(job)["new"], counts(job)["wrong"]) == (1, 1)
    assert (await mengjin.get("/v1/entities"))["items"] == []
    assert len(await mengjin.rows(job["id"])) == 1


async def test_an_import_killed_between_its_transactions_is_done_again_once(mengjin: District) -> None:
    """REL21: the step that was begun is found again and every row goes in once."""
    job = await mengjin.start(a_file(ENTITY_HEADER, entity_line(1), entity_line(2)))
    process, worker = mengjin.registry.process, service_principal("registry", mengjin.name)
    await begin_import(UUID(job["id"]), process.open(worker))
    assert (await mengjin.job(job["id"]))["state"] == "validating"
    unit = process.open(worker)

    async def killed(subject: object = None) -> None:
        raise ConnectionResetError

    unit.commit = killed
    with pytest.raises(ConnectionResetError):
        await run_import(RunImport(UUID(job["id"])), unit)
    assert (await mengjin.get("/v1/entities"))["items"] == []
    await mengjin.work(job["id"])
    done = await mengjin.job(job["id"])
    assert (done["state"], counts(done)["new"]) == ("succeeded", 2)
    await mengjin.work(job["id"])
    assert len((await mengjin.get("/v1/entities"))["items"]) == 2


async def test_a_job_that_breaks_off_every_time_fails_by_name(mengjin: District) -> None:
    job = await mengjin.start(a_file(ENTITY_HEADER, entity_line(1)))
    for _ in range(6):
        process = mengjin.registry.process
        await begin_import(UUID(job["id"]), process.open(service_principal("registry", mengjin.name)))
    assert (await mengjin.job(job["id"]))["failure_code"] == "registry.import_broken"


async def test_a_file_without_a_required_column_fails_by_its_header(mengjin: District) -> None:
    job = await mengjin.import_file(a_file("统一社会信用代码,地址", f"{a_uscc(1)},城关镇"))
    assert (job["state"], job["failure_code"]) == ("failed", "registry.column_missing")
    assert "名称" in job["failure_message"]


async def test_a_department_imports_only_what_it_answers_for(mengjin: District) -> None:
    """L6: 谁审批谁监管、谁主管谁监管."""
    await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1, departments="YJJ")))
    lines = [entity_line(1, departments="SCJG、YJJ"), entity_line(2, departments="YJJ"), entity_line(3)]
    job = await mengjin.import_file(a_file(ENTITY_HEADER, *lines), mengjin.admin("SCJG"))
    assert (counts(job)["new"], counts(job)["wrong"]) == (1, 2)
    assert {row["code"] for row in await mengjin.rows(job["id"])} == {"registry.not_responsible"}


async def test_two_keys_of_a_row_that_belong_to_two_objects_are_not_taken(mengjin: District) -> None:
    await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1), entity_line(2)))
    job = await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1, external_no="MJ000002")))
    assert [row["code"] for row in await mengjin.rows(job["id"])] == ["registry.keys_disagree"]
    assert counts(job)["wrong"] == 1


async def test_inspectors_come_in_from_gb18030_and_the_same_file_as_xlsx_is_unchanged(mengjin: District) -> None:
    """L3: the inspector library; the departments are written by name or code."""
    lines = [
        inspector_line(1, owner_department="区市场监管局"),
        inspector_line(2, owner_department="YJJ", status="退休"),
    ]
    first = await mengjin.import_file("\n".join((INSPECTOR_HEADER, *lines)).encode("gb18030"), kind="inspectors")
    assert counts(first)["new"] == 2
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        for number, line in enumerate((INSPECTOR_HEADER, *lines)):
            sheet.write_row(number, 0, line.split(","))
    second = await mengjin.import_file(book.getvalue(), kind="inspectors")
    assert counts(second) == {
        "total": 2,
        "new": 0,
        "changed": 0,
        "unchanged": 2,
        "duplicate": 0,
        "wrong": 0,
        "older": 0,
    }
    shown = (await mengjin.get("/v1/inspectors?status=left"))["items"]
    assert [(row["name"], row["department"]) for row in shown] == [("张示例2", "YJJ")]


async def test_a_telephone_is_nowhere_in_the_clear(mengjin: District) -> None:
    """SEC5: sealed at rest, masked in reports and answers."""
    job = await mengjin.import_file(
        a_file(ENTITY_HEADER, entity_line(1), entity_line(2, legal_rep_phone=PHONE + "转一"))
    )
    (row,) = await mengjin.rows(job["id"])
    assert row["value"].startswith("138*")
    async with mengjin.registry.work(mengjin.office) as work:
        for table in ("entities", "entities_history", "import_findings", "outboxes", "audits"):
            dump = await work.connection.execute(text(f"SELECT coalesce(string_agg(x::text, ''), '') FROM {table} x"))
            assert PHONE not in dump.scalar_one()


async def test_reports_and_templates_open_as_tables(mengjin: District) -> None:
    job = await mengjin.import_file(
        a_file(ENTITY_HEADER, entity_line(1, name=""), entity_line(2, address="=1+1", kind="公司"))
    )
    async with mengjin.registry.client(mengjin.office) as client:
        as_csv = await client.get(f"/v1/import-jobs/{job['id']}/report.csv")
        as_xlsx = await client.get(f"/v1/import-jobs/{job['id']}/report.xlsx")
        template = await client.get("/v1/import-templates/entities.csv")
        book = await client.get("/v1/import-templates/inspectors.xlsx")
    lines = as_csv.content.decode("utf-8").split("\r\n")
    assert lines[0] == "\ufeff行号,处理,列,所填内容,代码,说明"
    assert lines[1].startswith("2,未导入,名称,,registry.required,")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx.content)).get_sheet_by_index(0).to_python()
    assert rows[2][:5] == ["3", "未导入", "类别", "公司", "registry.not_in_vocabulary"]
    assert template.text.split("\r\n")[0].removeprefix("\ufeff").startswith("检查对象编号,名称,统一社会信用代码")
    assert CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()[0][:3] == [
        "执法人员编号",
        "姓名",
        "部门",
    ]
    imported = await mengjin.import_file(template.content)
    assert counts(imported)["new"] == 1


async def test_another_department_does_not_see_the_job(mengjin: District) -> None:
    """SEC3: row-level security stands behind the door."""
    job = await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1)), mengjin.admin("SCJG"))
    async with mengjin.registry.client(mengjin.admin("YJJ")) as client:
        answer = await client.get(f"/v1/import-jobs/{job['id']}")
    assert answer.status_code == 404


async def test_of_two_thousand_rows_every_valid_one_goes_in_once_and_every_other_is_told(mengjin: District) -> None:
    """REL21: totals add up; each valid row once; each invalid row with its line and code."""
    spoils = {
        "name": "",
        "uscc": "91410308",
        "kind": "公司",
        "status": "停业",
        "registered_on": "2021-02-30",
        "region_code": "410308999",
        "industry_code": "9999",
        "departments": "城管局",
        "tags": "a/b",
        "legal_rep_phone": "x",
    }
    spoiled = dict(zip(range(100, 2100, 200), spoils.items(), strict=True))
    lines = [entity_line(number, **dict([spoiled[number]]) if number in spoiled else {}) for number in range(1, 2001)]
    lines += [entity_line(7), entity_line(8, address="别处"), lines[2]]
    job = await mengjin.import_file(a_file(ENTITY_HEADER, *lines))
    assert counts(job) == {
        "total": 2003,
        "new": 1989,
        "changed": 0,
        "unchanged": 0,
        "duplicate": 2,
        "wrong": 12,
        "older": 0,
    }
    told = {row["line"]: row["field"] for row in await mengjin.rows(job["id"]) if row["outcome"] == "wrong"}
    assert told.pop(9) == told.pop(2003) == "external_no"
    assert told == {number + 1: field for number, (field, _) in spoiled.items()}
    async with mengjin.registry.work(mengjin.office) as work:
        stored = await work.connection.execute(text("SELECT count(*), count(DISTINCT uscc) FROM entities"))
        assert tuple(stored.one()) == (1989, 1989)


async def test_two_imports_of_the_same_new_objects_at_once_take_each_once(mengjin: District) -> None:
    """Neither deadlocks, and what one brought in the other finds known."""
    lines = [entity_line(number) for number in range(1, 300)]
    one = await mengjin.start(a_file(ENTITY_HEADER, *lines))
    other = await mengjin.start(a_file(ENTITY_HEADER, *reversed(lines)))
    await asyncio.gather(mengjin.work(one["id"]), mengjin.work(other["id"]))
    found = [counts(await until_settled(mengjin, job["id"])) for job in (one, other)]
    assert sorted((each["new"], each["unchanged"], each["wrong"]) for each in found) == [(0, 299, 0), (299, 0, 0)]


async def test_the_worker_finds_what_waits_in_any_district_and_leaves_what_is_cancelled(mengjin: District) -> None:
    """B10: one installation serves several districts."""
    cancelled = await mengjin.start(a_file(ENTITY_HEADER, entity_line(1)))
    async with mengjin.registry.client(mengjin.office) as client:
        answer = await client.post(f"/v1/import-jobs/{cancelled['id']}/cancellation")
    assert answer.json()["state"] == "cancelled"
    waiting = await mengjin.start(a_file(ENTITY_HEADER, entity_line(2)))
    worker = asyncio.create_task(work_imports(mengjin.registry.process))
    try:
        done = await until_settled(mengjin, waiting["id"])
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
    assert (done["state"], counts(done)["new"]) == ("succeeded", 1)
    assert (await mengjin.job(cancelled["id"]))["state"] == "cancelled"


async def test_a_file_over_the_limit_and_a_job_without_file_are_refused(mengjin: District) -> None:
    settings = mengjin.registry.process.settings
    assert isinstance(settings, RegistrySettings)
    usual, settings.import_file_limit_mb = settings.import_file_limit_mb, 0
    try:
        async with mengjin.registry.client(mengjin.office) as client:
            large = await client.post("/v1/import-files", content=b"x")
    finally:
        settings.import_file_limit_mb = usual
    async with mengjin.registry.client(mengjin.office) as client:
        job = {"kind": "entities", "file_digest": "0" * 64}
        without = await client.post("/v1/import-jobs", json=job)
        unknown = await client.post("/v1/import-jobs", json=job | {"columns": {"credit_class": "等级"}})
    async with mengjin.registry.client(mengjin.admin("SCJG")) as client:
        experts = await client.post("/v1/import-jobs", json=job | {"kind": "experts"})
    assert (large.status_code, large.json()["code"]) == (422, "request.file_too_large")
    assert (without.status_code, without.json()["code"]) == (422, "registry.import_file_missing")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "registry.unknown_import_field")
    assert experts.status_code == 403
