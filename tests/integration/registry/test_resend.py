"""Rows that were not taken: kept sealed, fetched, corrected, sent again; newer values stay; all of it expires (L5)."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from services.registry.domain.import_jobs import RETENTION
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases.expire_imports import expire_imports
from services.registry.usecases.run_import import begin_import
from services.registry.usecases.work_imports import Progress
from shared.runtime.principal import service_principal
from tests.builders.registry import ENTITY_HEADER, PHONE, District, a_file, a_uscc, entity_cells, entity_line
from tests.integration.registry.test_import import counts


async def fetched(mengjin: District, job_id: str) -> list[list[Any]]:
    """The rows that wait for correction, below their header."""
    async with mengjin.registry.client(mengjin.office) as client:
        answer = await client.get(f"/v1/import-jobs/{job_id}/rejected-rows.xlsx")
    assert answer.status_code == 200, answer.text
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def a_workbook(rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, [str(cell) for cell in row])
    return out.getvalue()


async def three_wrong_of_four(mengjin: District) -> dict[str, object]:
    lines = [entity_line(1), entity_line(2, name=""), entity_line(3, kind="公司"), entity_line(4, tags="a/b")]
    return await mengjin.import_file(a_file(ENTITY_HEADER, *lines))


async def test_wrong_rows_come_back_as_sent_and_corrected_ones_complete_their_job(mengjin: District) -> None:
    """L5: corrected and sent again; the totals of both add up."""
    job = await three_wrong_of_four(mengjin)
    header, *rows = await fetched(mengjin, str(job["id"]))
    assert header == ["原文件行号", "需要更正", *ENTITY_HEADER.split(",")]
    assert [row[0] for row in rows] == ["3", "4", "5"]
    assert rows[0][1] == "名称 必填项为空"
    assert [str(cell) for cell in rows[1][2:]] == list(entity_cells(3, kind="公司").values())
    name, kind = header.index("名称"), header.index("类别")
    rows[0][name], rows[1][kind] = "孟津更正有限公司", "企业"
    again = await mengjin.import_file(a_workbook([header, *rows]), resend_of=job["id"])
    assert (counts(again)["new"], counts(again)["wrong"]) == (2, 1)
    whole = await mengjin.job(str(job["id"]))
    assert counts(whole)["wrong"] == 3
    assert whole["overall"] == counts(whole) | {"new": 3, "wrong": 1}
    assert await fetched(mengjin, str(job["id"])) == [header]
    assert [row[0] for row in (await fetched(mengjin, again["id"]))[1:]] == ["4"]


async def test_a_resend_has_no_more_rows_than_wait_for_correction(mengjin: District) -> None:
    job = await three_wrong_of_four(mengjin)
    lines = [entity_line(number) for number in range(10, 14)]
    again = await mengjin.import_file(a_file(ENTITY_HEADER, *lines), resend_of=job["id"])
    assert (again["state"], again["failure_code"]) == ("failed", "registry.resend_too_large")
    assert len((await mengjin.get("/v1/entities"))["items"]) == 1
    part = await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(10)), resend_of=job["id"])
    assert counts(part)["new"] == 1
    whole = await mengjin.job(str(job["id"]))
    assert (whole["overall"]["total"], whole["overall"]["wrong"]) == (4, 2)
    assert len(await fetched(mengjin, str(job["id"]))) == 4, "which of them were corrected is not known yet"


async def test_only_a_finished_import_with_wrong_rows_is_corrected(mengjin: District) -> None:
    fine = await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1)))
    async with mengjin.registry.client(mengjin.office) as client:
        body = {"kind": "entities", "file_digest": fine["file_digest"], "resend_of": fine["id"]}
        answer = await client.post("/v1/import-jobs", json=body)
        other = await client.post("/v1/import-jobs", json=body | {"kind": "experts"})
    assert (answer.status_code, answer.json()["code"]) == (409, "registry.resend_unfit")
    assert (other.status_code, other.json()["code"]) == (409, "registry.resend_unfit")


async def test_rejected_rows_are_sealed_and_only_their_department_reads_them(mengjin: District) -> None:
    """SEC5, SEC6, SEC12: nothing personal in the clear at rest, neither in the database nor in the kept file."""
    job = await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1, name="")), mengjin.admin("SCJG"))
    async with mengjin.registry.work(mengjin.office) as work:
        dump = await work.connection.execute(text("SELECT string_agg(x::text, '') FROM import_rejects x"))
        found = dump.scalar_one()
        assert PHONE not in found
        assert PHONE.encode().hex() not in found
        kept = work.files.path(job["file_digest"]).read_bytes()
        assert PHONE.encode() not in kept
        with work.files.kept(job["file_digest"]).open() as file:
            assert PHONE.encode() in file.read()
    async with mengjin.registry.client(mengjin.office) as client:
        answer = await client.get(f"/v1/import-jobs/{job['id']}/rejected-rows.xlsx")
    assert (answer.status_code, answer.json()["code"]) == (403, "registry.rejects_of_others")
    async with mengjin.registry.client(mengjin.admin("SCJG")) as client:
        assert (await client.get(f"/v1/import-jobs/{job['id']}/rejected-rows.xlsx")).status_code == 200
    async with mengjin.registry.work(mengjin.office) as work:
        acts = await work.connection.execute(
            text("SELECT count(*) FROM audits WHERE district = :district AND action = 'read_import_rejects'"),
            {"district": mengjin.name},
        )
        assert acts.scalar_one() == 1


async def test_a_stored_value_that_is_newer_than_the_file_stays(mengjin: District) -> None:
    """L5: a known key updates unless the stored value is newer."""
    await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1), entity_line(2)))
    job = await mengjin.import_file(
        a_file(ENTITY_HEADER, entity_line(1, address="旧地址"), entity_line(2), entity_line(3)),
        as_of="2020-01-01T00:00:00+08:00",
    )
    assert counts(job) == {"total": 3, "new": 1, "changed": 0, "unchanged": 1, "duplicate": 0, "older": 1, "wrong": 0}
    (row,) = await mengjin.rows(job["id"])
    assert (row["line"], row["outcome"], row["code"]) == (2, "older", "registry.stored_is_newer")
    assert (await mengjin.get(f"/v1/entities/{a_uscc(1)}"))["address"] == "城关镇示例路1号"


async def test_what_an_event_wrote_does_not_make_the_content_newer(mengjin: District) -> None:
    await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1)))
    started = await mengjin.start(a_file(ENTITY_HEADER, entity_line(1, address="新址")))
    async with mengjin.registry.work(mengjin.office) as work:
        change_set = work.change_set("entities", "event")
        found = await work.entities.find_by_uscc(a_uscc(1))
        await work.bulk.set_classes({found.id: "A"}, change_set)
        await work.record(change_set)
        await work.commit()
    await mengjin.work(started["id"])
    assert counts(await mengjin.job(started["id"]))["changed"] == 1


async def test_rejected_rows_and_the_file_end_after_180_days(mengjin: District) -> None:
    """SEC14: not a day earlier, and a file that another job needs stays."""
    content = a_file(ENTITY_HEADER, entity_line(1, name="", address=mengjin.name))
    job, other = await mengjin.import_file(content), await mengjin.import_file(content)
    digest, process = job["file_digest"], mengjin.registry.process

    async def ago(job_id: str, days: timedelta) -> None:
        async with mengjin.registry.work(mengjin.office) as work:
            await work.connection.execute(
                text("UPDATE import_expiries SET due_at = :due_at WHERE job_id = :id"),
                {"due_at": work.now + RETENTION - days, "id": UUID(job_id)},
            )
            await work.commit()

    await ago(job["id"], RETENTION - timedelta(minutes=1))
    await expire_imports(process)
    assert len(await fetched(mengjin, job["id"])) == 2
    await ago(job["id"], RETENTION)
    await expire_imports(process)
    assert (len(await fetched(mengjin, job["id"])), process.files.path(digest).is_file()) == (1, True)
    await ago(other["id"], RETENTION)
    await expire_imports(process)
    assert not process.files.path(digest).is_file()


async def test_a_job_says_how_far_it_is_while_it_works(mengjin: District) -> None:
    """L5: told in transactions of its own, since that of the job is seen by nobody before its end."""
    started = await mengjin.start(a_file(ENTITY_HEADER, entity_line(1)))
    assert started["percent"] == 0

    def work() -> RegistryUnitOfWork:
        unit: RegistryUnitOfWork = mengjin.registry.process.open(service_principal("registry", mengjin.name))
        return unit

    job = await begin_import(UUID(started["id"]), work())
    assert job is not None
    await Progress(job, work).tell(0.5)
    assert (await mengjin.job(started["id"]))["percent"] == 25
    await mengjin.work(started["id"])
    assert (await mengjin.job(started["id"]))["percent"] == 100


async def change_rows(mengjin: District, change_set_id: object) -> list[tuple[str, int]]:
    async with mengjin.registry.work(mengjin.office) as work:
        rows = await work.change_sets.entity_rows(UUID(str(change_set_id)), UUID(int=0), 100_000)
    return [(row["uscc"], row["version"]) for row in rows]


async def test_a_change_set_names_its_rows_however_they_were_written(mengjin: District) -> None:
    """L7: written by COPY, judged one by one, changed since: the versions that a change set made are found by it."""
    lines = [entity_line(number) for number in range(1, 6)] + [entity_line(6).replace("孟津示例6", '"孟津示例6"')]
    first = await mengjin.import_file(a_file(ENTITY_HEADER, *lines))
    second = await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(2, address="新址"), entity_line(7)))
    assert sorted(await change_rows(mengjin, first["change_set_id"])) == sorted((a_uscc(n), 1) for n in range(1, 7))
    assert sorted(await change_rows(mengjin, second["change_set_id"])) == sorted([(a_uscc(2), 2), (a_uscc(7), 1)])


async def test_a_large_known_file_is_found_unchanged_but_for_what_differs(mengjin: District) -> None:
    """REL21: compared in memory by the ten thousand, with the outcome that single rows have."""
    numbers = range(1, 20_101)
    lines = [
        entity_line(n, legal_rep_phone="" if n % 100 else PHONE, tags="" if n % 3 else "冷链、食品") for n in numbers
    ]
    first = await mengjin.import_file(a_file(ENTITY_HEADER, *lines))
    assert counts(first)["new"] == len(numbers)
    changed = {
        5: entity_line(5, legal_rep_phone="", tags="", address="新址"),
        100: entity_line(100, legal_rep_phone="13900000000", tags=""),
        300: entity_line(300, legal_rep_phone=PHONE, tags="冷链"),
    }
    again = [changed.get(n, line) for n, line in zip(numbers, lines, strict=True)]
    again[9] = entity_line(10, external_no="MJ000011", legal_rep_phone="", tags="")
    again += [lines[0], entity_line(30_000)]
    job = await mengjin.import_file(a_file(ENTITY_HEADER, *again))
    assert counts(job) == {
        "total": len(again),
        "new": 1,
        "changed": 3,
        "unchanged": len(numbers) - 5,
        "duplicate": 1,
        "older": 0,
        "wrong": 2,
    }
    assert {(row["line"], row["code"]) for row in await mengjin.rows(job["id"])} >= {(11, "registry.key_conflict")}
    async with mengjin.registry.work(mengjin.office) as work:
        past = await work.connection.execute(text("SELECT count(*) FROM entities_past"))
        assert past.scalar_one() == 3
