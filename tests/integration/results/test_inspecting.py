"""What an inspection rests on: the sheet, offline entry (B13), remote completion (B15), third parties (D4), repeats
(B1), longer windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2

from shared.events.planning import TaskCancelledV1, TaskExtendedV1
from shared.values.ids import new_id
from tests.builders.people import a_department_admin
from tests.builders.results import NOW, PLANNING, a_record_body, a_sheet_line, a_team, a_visit_assigned
from tests.integration.results.conftest import Inspection

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = datetime.now(UTC).astimezone(SHANGHAI).date()


def offline(hours_ago: float, **changes: Any) -> dict[str, Any]:
    captured_at = datetime.now(UTC) - timedelta(hours=hours_ago)
    return {"client_record_id": str(new_id()), "captured_at": captured_at.isoformat()} | changes


async def test_items_are_worded_by_the_sheet_and_officers_need_not_type_them(inspection: Inspection) -> None:
    """D5, I4: the list version the plan used is kept with the revision."""
    first, second = inspection.team.item_ids
    PLANNING.sheets[inspection.visit.task_id] = (
        a_sheet_line(second, "广告检查", "scjg-002"),
        a_sheet_line(first),
    )
    sheet = await inspection.get(inspection.officer(), f"/v1/visits/{inspection.visit.visit_id}/sheet")
    body = a_record_body(inspection.team)
    for item in body["items"]:
        del item["item_name"]
    recorded = await inspection.record(body)
    assert [line["name"] for line in sheet.json()["items"]] == ["广告检查", "食品经营许可检查"]
    assert [item["item_name"] for item in recorded.json()["content"]["items"]] == ["食品经营许可检查", "广告检查"]


async def test_without_planning_the_officers_own_words_stand(inspection: Inspection) -> None:
    body = a_record_body(inspection.team)
    PLANNING.is_down = True
    try:
        nameless = await inspection.record(body | {"items": [body["items"][0] | {"item_name": ""}]})
        named = await inspection.record(body)
    finally:
        PLANNING.is_down = False
    assert (nameless.status_code, nameless.json()["code"]) == (422, "results.item_nameless")
    assert named.json()["content"]["items"][0]["item_name"] == "营业执照检查"


async def test_an_offline_record_sent_twice_is_one_record(inspection: Inspection) -> None:
    """B13: the second sending has another key, as after a crash of the device."""
    body = a_record_body(inspection.team, offline=offline(1))
    first, again = await inspection.record(body), await inspection.record(body)
    other = await inspection.record(body | {"note": "别的内容"})
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (other.status_code, other.json()["code"]) == (409, "results.offline_record_differs")


async def test_what_comes_late_says_why_and_what_comes_too_late_is_entered_online(inspection: Inspection) -> None:
    day = {"started_at": "2026-01-05T09:00:00+08:00", "ended_at": "2026-01-05T10:00:00+08:00"}
    silent = await inspection.record(a_record_body(inspection.team, offline=offline(30), **day))
    late = await inspection.record(a_record_body(inspection.team, offline=offline(250), **day))
    reasoned = await inspection.record(
        a_record_body(inspection.team, offline=offline(30, reason="山区没有信号"), **day)
    )
    assert [answer.json().get("code") for answer in (silent, late)] == [
        "results.backfill_reason_needed",
        "results.backfill_too_late",
    ]
    assert reasoned.status_code == 201


def a_remote_body(inspection: Inspection, **changes: Any) -> dict[str, Any]:
    day = (TODAY - timedelta(days=2)).isoformat()
    remote = {
        "mismatch": "年报从业人数与参保人数不一致",
        "notified_on": day,
        "corrected_on": day,
        "rechecked_on": day,
    }
    return a_record_body(inspection.team, outcome="remote", method="network", place="", remote=remote) | changes


async def test_a_visit_made_needless_ends_as_remote_and_counts(inspection: Inspection) -> None:
    """B15."""
    path = await inspection.published(a_remote_body(inspection))
    (concluded,) = await inspection.told("results.visit.concluded.v1")
    (contact,) = await inspection.told("results.contact.recorded.v1")
    shown = (await inspection.get(inspection.officer(), path)).json()
    assert (concluded["outcome"], contact["on_site"]) == ("remote", False)
    assert shown["content"]["remote"]["mismatch"] == "年报从业人数与参保人数不一致"


async def test_what_the_firm_did_not_put_right_needs_a_visit(inspection: Inspection) -> None:
    items = a_record_body(inspection.team, "B")["items"]
    path = (await inspection.record(a_remote_body(inspection, items=items))).headers["location"]
    answer = await inspection.post(inspection.officer(), f"{path}/submission")
    assert (answer.status_code, answer.json()["code"]) == (422, "results.remote_unresolved")


def a_third_party(**changes: Any) -> dict[str, Any]:
    report = {"title": "检验报告", "document_no": "SP2026-0312", "received_on": TODAY.isoformat()}
    party = {
        "name": "洛阳某某检测公司",
        "qualification": "CMA 171600000000",
        "scope": "菌落总数检验",
        "cost_fen": 120000,
        "payer": "SCJG",
        "report": report,
    }
    return party | changes


async def test_a_commissioned_body_stands_in_the_record_with_cost_payer_and_report(inspection: Inspection) -> None:
    """D4: 谁委托、谁付费."""
    firm_pays = await inspection.record(
        a_record_body(inspection.team, third_parties=[a_third_party(payer="被检查企业")])
    )
    parties = [a_third_party(), a_third_party(scope="标签检验", report=None)]
    recorded = await inspection.record(a_record_body(inspection.team, third_parties=parties))
    path = recorded.headers["location"]
    waiting = await inspection.post(inspection.officer(), f"{path}/submission")
    read = (await inspection.get(inspection.officer(), path)).json()["content"]["third_parties"]
    assert (firm_pays.status_code, firm_pays.json()["code"]) == (422, "results.payer_not_commissioner")
    assert (waiting.json()["code"], "报告" in waiting.json()["detail"]) == ("results.unfinished", True)
    assert [(one["cost_fen"], one["report_no"]) for one in read] == [(120000, "SP2026-0312"), (120000, None)]


async def test_a_report_named_by_its_digest_lies_among_the_evidence(inspection: Inspection) -> None:
    content = b"%PDF-1.7 " + str(inspection.visit.visit_id).encode()
    async with inspection.results.client(inspection.officer()) as client:
        digest = (await client.post("/v1/evidence-files", content=content)).json()["digest"]
    report = a_third_party()["report"] | {"digest": digest}
    body = a_record_body(inspection.team, third_parties=[a_third_party(report=report)])
    path = (await inspection.record(body)).headers["location"]
    without = await inspection.post(inspection.officer(), f"{path}/submission")
    attached = {"digest": digest, "kind": "report", "name": "检验报告", "taken_at": "2026-03-09T09:35:00+08:00"}
    await inspection.post(inspection.officer(), f"{path}/evidence", attached)
    with_file = await inspection.post(inspection.officer(), f"{path}/submission")
    assert (without.status_code, without.json()["code"]) == (422, "results.report_file_missing")
    assert with_file.status_code == 200


async def another_visit(inspection: Inspection, entity_id: UUID, officers: list[UUID]) -> Inspection:
    team = a_team().model_copy(update={"inspector_ids": officers})
    visit = a_visit_assigned(team, entity_id=entity_id)
    found = replace(inspection, visit=visit)
    await found.hear(visit)
    return found


async def submitted(visit: Inspection, *codes: str) -> tuple[str, httpx2.Response]:
    path = (await visit.record(a_record_body(visit.team, *codes))).headers["location"]
    return path, await visit.post(visit.officer(), f"{path}/submission")


async def test_the_third_check_of_a_firm_without_a_finding_is_held_until_explained(inspection: Inspection) -> None:
    """B1: same inspector, same enterprise, three times a year; a check that found something does not count."""
    entity, officers = new_id(), [new_id(), new_id()]
    for codes in ((), ("B",), ()):
        _, answer = await submitted(await another_visit(inspection, entity, officers), *codes)
        assert answer.status_code == 200, answer.text
    third = await another_visit(inspection, entity, officers)
    path, held = await submitted(third)
    await third.post(third.officer(), f"{path}/explanations", {"explanation": "三次投诉内容各不相同"})
    released = await third.post(third.officer(), f"{path}/submission")
    shown = await third.get(third.officer(), f"{path}/explanations")
    fresh_pair, clear = await submitted(await another_visit(inspection, entity, [new_id(), new_id()]))
    assert (held.status_code, held.json()["code"]) == (409, "results.repeat_without_finding")
    assert held.json()["params"]["count"] == 3
    assert (released.status_code, len(shown.json()["items"])) == (200, 2)
    assert (clear.status_code, fresh_pair != path) == (200, True)


def an_extension(task_id: UUID, version: int = 2) -> TaskExtendedV1:
    return TaskExtendedV1(
        aggregate_version=version,
        task_id=task_id,
        window_start=datetime(2026, 3, 1, tzinfo=UTC).date(),
        window_end=datetime(2026, 9, 30, tzinfo=UTC).date(),
        reason="暴雨红色预警",
        extended_at=NOW,
    )


async def test_an_extended_task_lengthens_its_visits_also_those_heard_of_later(inspection: Inspection) -> None:
    later = a_visit_assigned(a_team("SCJG"), task_id=inspection.visit.task_id)
    await inspection.hear(an_extension(inspection.visit.task_id))
    await inspection.hear(later)
    admin = a_department_admin("SCJG", inspection.district)
    listed = await inspection.get(admin, f"/v1/visits?task={inspection.visit.task_id}")
    assert [(one["window_end"], one["state"]) for one in listed.json()["items"]] == [("2026-09-30", "assigned")] * 2


async def test_a_task_cancelled_after_its_extension_is_cancelled(inspection: Inspection) -> None:
    await inspection.hear(an_extension(inspection.visit.task_id))
    cancelled = TaskCancelledV1(
        aggregate_version=3, task_id=inspection.visit.task_id, reason="任务取消", cancelled_at=NOW
    )
    await inspection.hear(cancelled)
    later = a_visit_assigned(a_team("SCJG"), task_id=inspection.visit.task_id)
    await inspection.hear(later)
    admin = a_department_admin("SCJG", inspection.district)
    listed = await inspection.get(admin, f"/v1/visits?task={inspection.visit.task_id}")
    assert {one["state"] for one in listed.json()["items"]} == {"cancelled"}
