"""Open data, feeds, badges, state: what machines take from the public side (experience.md 1, 1.1)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date
from xml.etree import ElementTree

from services.disclosure.usecases.build_open_data import build_open_data
from services.disclosure.usecases.check_code import check_code
from services.disclosure.usecases.show_statistics import show_statistics
from services.disclosure.usecases.show_status import show_status
from shared.events.registry import ChangeRecordedV1
from shared.events.results import CheckpointSignedV1, FollowUpClosedV1, FollowUpOpenedV1
from shared.values.ids import new_id
from tests.builders.disclosure import a_body, a_finding, a_plan, a_task, corrected, exempted, published, withdrawn
from tests.integration.disclosure.conftest import PublicDistrict

ATOM = "{http://www.w3.org/2005/Atom}"


async def departments(here: PublicDistrict) -> None:
    await here.hear(
        ChangeRecordedV1(aggregate_version=1, change_set_id=new_id(), kind="departments", row_count=1, origin="edit")
    )


async def a_day_later(here: PublicDistrict) -> None:
    """Dates the files made so far one day back, as if the night had passed."""
    async with here.work() as work:
        await work.driver.execute(
            "UPDATE open_files SET day = day - 1, name = replace(name, day::text, (day - 1)::text) WHERE district = $1",
            here.district,
        )
        await work.commit()


async def test_the_files_of_a_day_hold_what_is_shown_and_their_digests(here: PublicDistrict) -> None:
    await departments(here)
    body = a_body(findings=[a_finding()], outcome_codes=["6"])
    hidden = a_body(entity_name="不应出现在开放数据里的公司")
    await here.hear(a_plan(), published(body), published(hidden), exempted(hidden))
    assert await build_open_data(here.work) > 0
    assert await build_open_data(here.work) == 0, "once a day"
    files = {file["name"]: file for file in (await here.get("/v1/open-data")).json()["items"]}
    name = next(name for name in files if name.startswith("results-all-") and name.endswith(".csv"))
    answer = await here.get(f"/open-data/files/{name}")
    assert hashlib.sha256(answer.content).hexdigest() == files[name]["sha256"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["结果编号"], row["检查部门"]) for row in rows] == [(str(body.result_id), "孟津区市场监督管理局")]
    lines = next(name for name in files if name.startswith("findings-2026-SCJG-") and name.endswith(".jsonl"))
    finding = json.loads((await here.get(f"/open-data/files/{lines}")).content)
    assert (finding["outcome_code"], finding["severity"]) == ("6", 3)
    digests = (await here.get("/open-data/digests.txt")).text
    assert f"{files[name]['sha256']}  {name}" in digests


async def test_a_file_of_yesterday_is_superseded_and_what_was_taken_down_is_told(here: PublicDistrict) -> None:
    body = a_body()
    await here.hear(published(body))
    await build_open_data(here.work)
    await a_day_later(here)
    await here.hear(exempted(body))
    await build_open_data(here.work)
    old = [
        row["name"]
        for row in await here.rows("SELECT name FROM open_files WHERE district = $1 AND superseded_on IS NOT NULL")
    ]
    assert (await here.get(f"/open-data/files/{old[0]}")).status_code == 410
    assert (await here.get("/open-data/files/none.csv")).status_code == 404
    files = [file["name"] for file in (await here.get("/v1/open-data")).json()["items"]]
    delta = next(name for name in files if name.startswith("changes-") and name.endswith(".jsonl"))
    change = json.loads((await here.get(f"/open-data/files/{delta}")).content)
    assert (change["result_id"], change["state"], change["body"]) == (str(body.result_id), "exempted", None)


async def test_the_feeds_tell_publications_corrections_and_withdrawals_newest_first(here: PublicDistrict) -> None:
    body, other = a_body(), a_body(entity_name="另一家商贸有限公司", uscc="91410308MA0000009X")
    await here.hear(published(body), corrected(body), published(other), withdrawn(other), a_plan())
    atom = ElementTree.fromstring((await here.get("/feeds/results.atom")).content)
    titles = [entry.findtext(f"{ATOM}title") for entry in atom.iter(f"{ATOM}entry")]
    assert titles[0] == "撤回检查结果：另一家商贸有限公司"
    assert len(titles) == 4
    feed = (await here.get("/feeds/all.json")).json()
    assert feed["version"].startswith("https://jsonfeed.org")
    assert any(item["title"].startswith("公示抽查计划") for item in feed["items"])


async def test_an_unchanged_answer_is_told_once_and_an_event_changes_its_tag(here: PublicDistrict) -> None:
    body = a_body()
    await here.hear(published(body))
    path = f"/v1/results/{body.result_id}"
    first = await here.get(path)
    async with here.served.client(here.reading().principal) as client:
        again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        await here.hear(withdrawn(body))
        after = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (after.status_code, after.json()["result"]["state"]) == (200, "withdrawn")
    assert "max-age=5" in first.headers["Cache-Control"]


async def test_a_badge_says_in_words_what_its_colour_says(here: PublicDistrict) -> None:
    body = a_body(findings=[a_finding()], outcome_codes=["6"])
    await here.hear(published(body))
    answer = await here.get("/v1/entities/91410308MA00000019/badge.svg")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert "2026-11-10 发现问题" in answer.text
    ElementTree.fromstring(answer.text)


async def test_statistics_count_what_is_shown_by_department(here: PublicDistrict) -> None:
    await departments(here)
    plan = a_plan()
    task = a_task(plan)
    clean = a_body(task_id=task.task_id, plan_id=plan.plan_id)
    late = a_body(due_on=date(2026, 11, 12), findings=[a_finding()], outcome_codes=["6"], department="XFJY")
    gone, hidden = a_body(), a_body()
    await here.hear(plan, task, *(published(one) for one in (clean, late, gone)), withdrawn(gone), exempted(hidden))
    page = await show_statistics(2026, here.reading())
    assert (page.all.results, page.all.problems, page.all.late, page.all.exempted) == (2, 1, 1, 1)
    assert (page.all.problem_ppm, page.all.on_time_ppm) == (500_000, 500_000)
    assert [(one.name, one.results, one.exempted) for one in page.departments] == [
        ("孟津区市场监督管理局", 1, 1),
        ("孟津区消防救援大队", 1, 0),
    ]
    assert (page.withdrawn, page.tasks, page.drawn_tasks, page.coverage_ppm) == (1, 1, 1, 1_000_000)


async def test_the_state_names_the_newest_checkpoint(here: PublicDistrict) -> None:
    for number in (2, 1):
        checkpoint = {"number": number, "size": 10 * number, "body": f'{{"root":"r{number}"}}', "signature": "00"}
        await here.hear(CheckpointSignedV1(aggregate_version=number, service="results", checkpoint=checkpoint))
    page = await show_status(here.reading())
    seal = next(one.checkpoint for one in page.producers if one.service == "results")
    assert seal is not None
    assert (seal.number, seal.root) == (2, "r2")


async def test_follow_ups_stand_beside_their_result_in_either_order(here: PublicDistrict) -> None:
    body = a_body(findings=[a_finding()], outcome_codes=["A"])
    facts = {"follow_up_id": new_id(), "result_id": body.result_id, "entity_id": body.entity_id, "department": "SCJG"}
    due = {"kind": "rectification", "due_on": date(2026, 12, 20)}
    opened = FollowUpOpenedV1(
        aggregate_version=1,
        visit_id=body.visit_id,
        opener="SCJG",
        opened_on=date(2026, 11, 12),
        due_is_provisional=False,
        **facts,
        **due,
    )
    closed = FollowUpClosedV1(
        aggregate_version=2, outcome="rectified", is_settled=True, closed_on=date(2026, 12, 1), **facts, **due
    )
    await here.hear(closed, opened, published(body))
    shown = await here.get(f"/r/{body.result_id}")
    assert shown.status_code == 200
    rows = await here.rows("SELECT opened_on, closed_on FROM follow_ups WHERE district = $1")
    assert rows == [{"opened_on": date(2026, 11, 12), "closed_on": date(2026, 12, 1)}]


async def test_a_printed_code_is_answered_whatever_it_is(here: PublicDistrict) -> None:
    """B18."""
    await departments(here)
    await here.hear(plan := a_plan(), a_task(plan))
    codes = [
        "scjg",
        "11410308MB00000016",
        plan.plan_no,
        "410308202603091001",
        "SCJG-001",
        "7KQ2M-X9BDR-4TNPC-8VWHA",
        "乱写",
    ]
    kinds = [(await check_code(code, here.reading())).kind for code in codes]
    assert kinds == ["body", "body", "plan", "task", "item", "unknown", "unknown"]
    answer = (await here.get("/v1/codes/SCJG-001")).json()
    assert {"label": "名称", "value": "登记事项检查"} in answer["facts"]
