"""A whole ceremony on real PostgreSQL, checked by the stand-alone verifier and by the protocol's own (D1, D2, M3)."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.draw.domain.primitives import SUITES
from services.draw.domain.verify import verify
from shared.values.ids import new_id
from tests.builders.people import a_department_admin
from tests.integration.draw.conftest import Led

Lead = Callable[..., Awaitable[Led]]
ROOT = Path(__file__).resolve().parents[3]
BEACON = {
    "id": "快乐8",
    "ref": "中国福利彩票快乐8 第2026310期",
    "pattern": "[0-9][0-9](,[0-9][0-9]){3}",
    "after_seconds": 1,
}


def verified(record: dict[str, Any], folder: Path, *options: str) -> str:
    """What the stand-alone verifier says of a record."""
    path = folder / "record.json"
    path.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    run = subprocess.run(
        [sys.executable, str(ROOT / "verifier/verify.py"), *options, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout.strip() + run.stderr if run.returncode else run.stdout.strip()


def verified_by_node(record: dict[str, Any], folder: Path) -> str:
    path = folder / "record.json"
    path.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not on this machine")
    run = subprocess.run(
        [node, str(ROOT / "verifier/verify.mjs"), str(path)], capture_output=True, text=True, check=False
    )
    return run.stdout.strip() + (run.stderr if run.returncode else "")


async def test_a_ceremony_with_a_beacon_ends_in_a_record_that_strangers_verify(lead: Lead, tmp_path: Path) -> None:
    """D1, D2: frozen, committed, revealed, computed, disclosed; M3: excluded objects stay provable."""
    led = await lead()
    await led.freeze(beacons=[BEACON], no_beacon_profile=False, reveal_seconds=1)
    pool = await led.get(led.freezer, f"/v1/pools/{led.draw_id}")
    sizes = {stratum["id"]: stratum["size"] for stratum in pool["strata"]}
    assert sum(sizes.values()) == len(led.registry.objects)
    assert sizes["excluded"] == sum(row["excluded"] is not None for row in led.registry.objects)
    await led.commit()
    await led.reveal()
    await asyncio.sleep(2.1)
    value = {"id": "快乐8", "value": "03,07,11,20", "provenance": "中国福彩网"}
    await led.act(led.committer, "beacon", {"values": [value]})
    await led.act(led.committer, "result")
    assert verified(await led.record(), tmp_path, "--at-result") == "OK record.json"
    await led.act(led.committer, "disclosure", {"with_inspectors": True})
    record = await led.record()
    assert verified(record, tmp_path) == "OK record.json"
    assert verify(record).outcome.text == record["expected"]["result_text"]
    detail = await led.detail()
    kinds = [document["kind"] for document in detail["documents"]]
    assert kinds == ["commitment", "shares", "beacon", "result", "disclosure"]
    assert detail["beacons"][0]["provenance"] == "中国福彩网"
    assert (detail["frozen_by"], detail["committed_by"]) == (led.freezer.subject, led.committer.subject)


async def test_every_object_drawn_gets_one_visit_of_all_departments_by_officers_who_may(lead: Lead) -> None:
    """D1: two officers a department, certificates through the window, in post, in their region, no recusal."""
    led = await lead()
    risky = next(row for row in led.registry.objects if row["class"] == "D")
    scjg = [row for row in led.registry.inspectors if row["department"] == "scjg"]
    able = [row["inspector_id"] for row in scjg if row["status"] == "active" and row["valid_until"] > "2027"]
    for inspector_id in able[2:]:
        pair = {"inspector_id": inspector_id, "entity_id": risky["entity_id"], "ground": "近亲属任职"}
        await led.post(a_department_admin("scjg", led.district), "/v1/recusals", pair, 201)
    await led.led_to_result()
    listed = await led.get(led.freezer, f"/v1/visits?draw={led.draw_id}&page_size=200")
    officers = {person["inspector_id"]: person for person in led.registry.inspectors}
    classes = {thing["entity_id"]: thing for thing in led.registry.objects}
    assert listed["items"]
    for visit in listed["items"]:
        seats = Counter(seat["department"] for seat in visit["seats"])
        assert seats == {"scjg": 2, "yjj": 2, "sthj": 2}
        thing = classes[visit["entity_id"]]
        assert thing["excluded"] is None
        people = [officers[seat["inspector_id"]] for seat in visit["seats"] if seat["inspector_id"]]
        assert all(person["status"] == "active" and person["valid_until"] >= "2026-12-31" for person in people)
        assert all(any(thing["region"].startswith(r) for r in person["regions"]) for person in people)
        assert len({person["inspector_id"] for person in people}) == len(people)
    drawn_d = [v for v in listed["items"] if classes[v["entity_id"]]["class"] == "D"]
    assert len(drawn_d) == sum(t["class"] == "D" and t["excluded"] is None for t in classes.values())
    there = next(visit for visit in listed["items"] if visit["entity_id"] == risky["entity_id"])
    team = {seat["inspector_id"] for seat in there["seats"] if seat["department"] == "scjg"}
    assert team == set(able[:2])


async def test_visits_and_documents_are_told_in_the_transaction_of_the_result(lead: Lead) -> None:
    led = await lead()
    await led.led_to_result()
    async with led.served.work(led.committer) as work:
        rows = await work.connection.execute(
            text("SELECT type, payload FROM outboxes WHERE district = :district ORDER BY id"),
            {"district": led.district},
        )
        told = [(row.type, json.loads(row.payload)) for row in rows]
    kinds = Counter(kind for kind, _ in told)
    listed = await led.get(led.freezer, f"/v1/visits?draw={led.draw_id}&page_size=200")
    assert kinds["draw.document.published.v1"] == 3
    assert (kinds["draw.pool.committed.v1"], kinds["draw.draw.completed.v1"]) == (1, 1)
    assert kinds["draw.visit.assigned.v1"] == len(listed["items"])
    visit = next(payload for kind, payload in told if kind == "draw.visit.assigned.v1")
    assert {team["department"] for team in visit["teams"]} == {"scjg", "yjj", "sthj"}
    items = {part.department: [str(item) for item in part.item_ids] for part in led.task.departments}
    assert all(team["item_ids"] == items[team["department"]] for team in visit["teams"])
    names = [row["name"] for row in led.registry.objects[:1] + led.registry.inspectors[:1]]
    assert not any(name in json.dumps(payload, ensure_ascii=False) for _, payload in told for name in names)


async def test_thirty_at_once_ask_for_the_result_and_there_is_one_draw(lead: Lead) -> None:
    """REL17: one draw, one seed, one result."""
    led = await lead()
    await led.led_to_reveal()
    answers = await asyncio.gather(*(led.act(led.committer, "result", expect=None) for _ in range(30)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert all(a.json()["code"] == "draw.draw_is_running" for a in answers if a.status_code == 503)
    detail = await led.detail()
    assert [document["kind"] for document in detail["documents"]] == ["commitment", "shares", "result"]
    listed = await led.get(led.freezer, f"/v1/visits?draw={led.draw_id}&page_size=200")
    assert len(listed["items"]) == detail["result"]["visits"]
    again = await led.act(led.committer, "result")
    assert again.json()["stage"] == "PUBLISHED"


async def test_a_void_stays_and_the_next_draw_of_the_task_names_it(lead: Lead, tmp_path: Path) -> None:
    """SEC32: a re-draw has a reason and a second approver, and the cancelled draw remains public."""
    led = await lead()
    await led.led_to_result()
    first = led.draw_id
    await led.act(led.committer, "void-requests", {"reason": "名录库遗漏一个乡镇"})
    alone = await led.act(led.committer, "void", expect=409)
    assert alone.json()["code"] == "draw.second_person_needed"
    await led.act(led.freezer, "void")
    visits = await led.get(led.freezer, f"/v1/visits?draw={first}&page_size=200")
    assert {visit["state"] for visit in visits["items"]} == {"voided"}
    await led.led_to_result()
    await led.act(led.committer, "disclosure", {})
    record = await led.record()
    assert json.loads(record["commitment"])["replaces"] == str(first)
    assert verified(record, tmp_path) == "OK record.json"
    log = await led.get(led.freezer, "/v1/log?page_size=200")
    kinds = [document["kind"] for document in log["items"]]
    assert kinds == ["commitment", "shares", "result", "void", "commitment", "shares", "result", "disclosure"]
    assert json.loads(log["items"][3]["text"])["late"] is True


@pytest.mark.parametrize("suite", ["SHA-256", "SM3"])
async def test_the_second_verifier_agrees_in_both_suites(lead: Lead, tmp_path: Path, suite: str) -> None:
    """REL18: an independent implementation recomputes the stored result from the public record."""
    led = await lead()
    led.suite = SUITES[suite]
    await led.led_to_result(suite=suite)
    await led.act(led.committer, "disclosure", {})
    record = await led.record()
    assert verified(record, tmp_path) == "OK record.json"
    assert verified_by_node(record, tmp_path) == "OK record.json"


async def test_two_draws_of_a_district_share_one_log(lead: Lead, tmp_path: Path) -> None:
    led, other = await lead(), await lead()
    await led.freeze()
    await other.freeze()
    await led.commit()
    await other.commit()
    await other.reveal()
    await led.reveal()
    await led.act(led.committer, "result")
    await other.act(other.committer, "result")
    await led.act(led.committer, "disclosure", {})
    record = await led.record()
    assert len(record["log"]) == 7
    assert verified(record, tmp_path) == "OK record.json"


async def test_the_office_sees_beforehand_how_many_are_drawn_and_where_officers_lack(lead: Lead) -> None:
    led = await lead()
    led.registry.inspectors = [p for p in led.registry.inspectors if p["department"] != "yjj"][:24]
    await led.freeze()
    pool = await led.get(led.committer, f"/v1/pools/{led.draw_id}")
    by_class = {s["credit_class"]: s for s in pool["strata"] if s["credit_class"]}
    assert by_class["D"]["expected"] == by_class["D"]["size"]
    assert by_class["U"]["ppm"] == by_class["B"]["ppm"]
    assert pool["excluded_by_ground"] == {"revoked": 8}
    assert {hint["code"] for hint in pool["hints"] if hint["department"] == "yjj"} >= {"too_few_certified"}
    outsider = a_department_admin("jtj", led.district)
    async with led.served.client(outsider) as client:
        assert (await client.get(f"/v1/pools/{led.draw_id}")).status_code == 404
        assert (await client.get(f"/v1/draws/{led.draw_id}")).status_code == 200
        assert (await client.get(f"/v1/visits/{new_id()}")).status_code == 404


async def test_open_places_are_explained_and_their_visits_say_so(lead: Lead) -> None:
    led = await lead()
    led.registry.inspectors = [p for p in led.registry.inspectors if p["department"] != "yjj"]
    await led.led_to_result(visit_cap=3)
    found = await led.get(led.freezer, f"/v1/draws/{led.draw_id}/explanation")
    lacking = {short["department"] for short in found["shortages"]}
    assert "yjj" in lacking
    gap = next(gap for gap in found["gaps"] if gap["department"] == "yjj")
    assert (gap["officers"], gap["may_begin"]) == (0, False)
    detail = await led.detail()
    assert detail["result"]["open_slots"] == sum(len(gap["places"]) for gap in found["gaps"])
