"""Results of other channels in batches: drafts of the one pipeline, a report for each, the same when sent again."""

from __future__ import annotations

from typing import Any

import httpx2
import orjson

from services.results.usecases.take_in_imports import look_once, take_in_some
from shared.runtime.principal import Principal
from shared.values.ids import new_id
from tests.builders.people import a_department_admin, a_reviewer, the_service
from tests.builders.results import REGISTRY, a_record_body, a_team, a_visit_assigned
from tests.integration.results.conftest import Inspection

ROUTE = "/v1/result-imports"


def a_record(inspection: Inspection, number: str = "JC-1", *codes: str, **changes: Any) -> dict[str, Any]:
    head = {"record_no": number, "visit_id": str(inspection.visit.visit_id)}
    return head | a_record_body(inspection.team, *codes) | changes


async def sent(inspection: Inspection, who: Principal, *records: Any, source: str = "省平台") -> httpx2.Response:
    """Sent, and taken in as the worker does."""
    async with inspection.results.client(who) as client:
        answer = await client.post(
            ROUTE,
            content=orjson.dumps({"source": source, "records": list(records)}),
            headers={"Content-Type": "application/json"},
        )
    assert answer.status_code == 202, answer.text
    await look_once(inspection.results.process)
    return await inspection.get(who, f"{ROUTE}/{answer.json()['import_id']}")


async def rows(inspection: Inspection, who: Principal, report: httpx2.Response, **query: Any) -> list[dict[str, Any]]:
    async with inspection.results.client(who) as client:
        answer = await client.get(f"{ROUTE}/{report.json()['import_id']}/rows", params=query)
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_what_another_system_recorded_is_reviewed_and_published_as_if_typed_here(inspection: Inspection) -> None:
    """W13: the batch makes a draft and nothing public; who inspected submits and publishes, another reviews."""
    admin = a_department_admin("SCJG", inspection.district)
    report = await sent(inspection, admin, a_record(inspection, "JC-1", "B"))
    assert {name: report.json()[name] for name in ("is_done", "recorded", "wrong")} == {
        "is_done": True,
        "recorded": 1,
        "wrong": 0,
    }
    (row,) = await rows(inspection, admin, report)
    path = f"/v1/results/{row['result_id']}"
    assert (await inspection.get(inspection.officer(), path)).json()["state"] == "draft"
    assert (await inspection.get(admin, f"{path}/public")).status_code == 404
    early = await inspection.post(inspection.officer(1), f"{path}/publication")
    assert (early.status_code, early.json()["code"]) == (409, "results.cannot_publish")
    assert (await inspection.post(admin, f"{path}/submission")).status_code == 403
    for who, act, body in (
        (inspection.officer(), "submission", None),
        (inspection.reviewer, "review", {"decision": "approved"}),
        (inspection.officer(1), "publication", None),
    ):
        answer = await inspection.post(who, f"{path}/{act}", body)
        assert answer.status_code == 200, answer.text
    assert len(await inspection.told("results.result.published.v1")) == 1


async def test_sent_again_it_is_unchanged_and_with_other_content_it_revises_the_draft(inspection: Inspection) -> None:
    officer = inspection.officer()
    first = await sent(inspection, officer, a_record(inspection))
    again = await sent(inspection, officer, a_record(inspection))
    other = await sent(inspection, officer, a_record(inspection, note="复核后补充"))
    counts = [
        {name: one.json()[name] for name in ("recorded", "unchanged", "revised")} for one in (first, again, other)
    ]
    assert counts == [
        {"recorded": 1, "unchanged": 0, "revised": 0},
        {"recorded": 0, "unchanged": 1, "revised": 0},
        {"recorded": 0, "unchanged": 0, "revised": 1},
    ]
    (row,) = await rows(inspection, officer, other)
    shown = (await inspection.get(officer, f"/v1/results/{row['result_id']}")).json()
    assert (shown["revision"], shown["content"]["note"]) == (2, "复核后补充")
    await inspection.post(officer, f"/v1/results/{row['result_id']}/submission")
    late = await sent(inspection, officer, a_record(inspection, note="又改"))
    assert [one["code"] for one in await rows(inspection, officer, late)] == ["results.cannot_revise"]


async def test_each_record_that_cannot_be_says_why_and_the_others_are_taken(inspection: Inspection) -> None:
    """L5: nothing is lost; the rules are those of a record that is typed (R1, B2, D5)."""
    second = a_visit_assigned(a_team("SCJG"))
    await inspection.hear(second)
    expired = second.teams[0].inspector_ids[1]
    REGISTRY.expired.add(expired)
    batch = [
        a_record(inspection, "JC-1"),
        a_record(inspection, "JC-2", visit_id=str(new_id())),
        a_record(inspection, "JC-3", outcome="unknown"),
        {"record_no": "JC-4", "visit_id": str(second.visit_id)} | a_record_body(second.teams[0]),
        a_record(inspection, "JC-5"),
        a_record(inspection, "JC-1"),
    ]
    admin = a_department_admin("SCJG", inspection.district)
    try:
        report = await sent(inspection, admin, *batch)
    finally:
        REGISTRY.expired.discard(expired)
    found = await rows(inspection, admin, report)
    assert [(one["record_no"], one["state"], one["code"]) for one in found] == [
        ("JC-1", "recorded", None),
        ("JC-2", "wrong", "results.visit_unknown"),
        ("JC-3", "wrong", "request.literal_error"),
        ("JC-4", "wrong", "results.certificate_not_valid"),
        ("JC-5", "wrong", "results.cannot_record"),
        ("JC-1", "wrong", "results.record_no_repeated"),
    ]
    assert [one["number"] for one in await rows(inspection, admin, report, state="wrong")] == [2, 3, 4, 5, 6]
    async with inspection.results.client(admin) as client:
        exported = await client.get(f"{ROUTE}/{report.json()['import_id']}/rows/export", params={"format": "csv"})
        template = await client.get(f"{ROUTE}/template", params={"format": "csv"})
    assert exported.content.decode("utf-8-sig").count("有错误") == 5
    assert template.content.decode("utf-8-sig").startswith("记录编号,检查编号,检查方式")


async def test_officers_send_their_own_and_see_their_departments_batches_alone(inspection: Inspection) -> None:
    """R1: who is not assigned imports no more than he may type."""
    stranger = inspection.officer(0, 1)
    foreign = await sent(inspection, stranger, a_record(inspection))
    assert [one["state"] for one in await rows(inspection, stranger, foreign)] == ["wrong"]
    mine = await sent(inspection, inspection.officer(), a_record(inspection))
    hidden = await inspection.get(stranger, f"{ROUTE}/{mine.json()['import_id']}")
    listed = (await inspection.get(inspection.officer(), f"{ROUTE}?source=省平台")).json()["items"]
    assert hidden.status_code == 404
    assert [one["import_id"] for one in listed] == [mine.json()["import_id"]]
    refused = await inspection.post(a_reviewer("SCJG", inspection.district), ROUTE, {"source": "省", "records": [{}]})
    assert refused.status_code == 403


async def test_a_record_waits_while_registry_cannot_be_asked(inspection: Inspection) -> None:
    """Not its fault: it is taken in when registry is back, once."""
    work = inspection.results.process.open
    officer = inspection.officer()
    REGISTRY.is_down = True
    try:
        waiting = await sent(inspection, officer, a_record(inspection))
    finally:
        REGISTRY.is_down = False
    assert (waiting.json()["pending"], waiting.json()["is_done"]) == (1, False)
    service = the_service("results", inspection.district)
    done = [await take_in_some(lambda: work(service)) for _ in range(2)]
    assert done == [1, 0]
    assert [one["state"] for one in await rows(inspection, officer, waiting)] == ["recorded"]
