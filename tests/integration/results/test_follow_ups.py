"""Follow-ups of problems found (R4): who answers, until when, how it ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from shared.values.calendar_data import OFFICIAL_CALENDAR
from tests.builders.people import a_department_admin, the_joint_office, the_service
from tests.builders.results import a_record_body
from tests.integration.results.conftest import Inspection

RECTIFICATION = {"kind": "rectification", "demand": "限期公示营业执照"}


async def opened(inspection: Inspection, **changes: Any) -> tuple[str, dict[str, Any]]:
    """The path of a published result with a problem, and its follow-up."""
    path = await inspection.published(a_record_body(inspection.team, "B"))
    answer = await inspection.post(inspection.officer(), f"{path}/follow-ups", RECTIFICATION | changes)
    assert answer.status_code == 201, answer.text
    return path, answer.json()


async def test_a_rectification_has_its_deadline_its_outcome_and_its_history(inspection: Inspection) -> None:
    """R4: working days by the district's table, day 0 is the day of opening."""
    _, follow_up = await opened(inspection)
    async with inspection.results.work(inspection.officer()) as work:
        due = OFFICIAL_CALENDAR.deadline(work.today, 30)
    assert (follow_up["due_on"], follow_up["department"]) == (due.on.isoformat(), "SCJG")
    (told,) = await inspection.told("results.follow_up.opened.v1")
    assert (told["kind"], told["due_on"]) == ("rectification", due.on.isoformat())
    assert "执照" not in str(told)
    route = f"/v1/follow-ups/{follow_up['follow_up_id']}"
    admin = a_department_admin("SCJG", inspection.district)
    other_kind = await inspection.post(admin, f"{route}/closure", {"outcome": "filed"})
    closed = await inspection.post(admin, f"{route}/closure", {"outcome": "rectified", "note": "复查确认"})
    again = await inspection.post(admin, f"{route}/closure", {"outcome": "rectified"})
    assert (other_kind.status_code, other_kind.json()["code"]) == (422, "results.outcome_of_other_kind")
    assert (closed.json()["state"], closed.json()["was_in_time"]) == ("closed", True)
    assert (again.status_code, again.json()["code"]) == (409, "results.follow_up_closed")
    (ended,) = await inspection.told("results.follow_up.closed.v1")
    assert (ended["outcome"], ended["is_settled"]) == ("rectified", True)
    shown = (await inspection.get(admin, route)).json()
    assert [(step["act"], step["detail"]) for step in shown["steps"]] == [
        ("open", "责令改正"),
        ("close", "已改正：复查确认"),
    ]


async def test_a_transfer_is_answered_by_the_other_department_alone(inspection: Inspection) -> None:
    """R4: 谁主管谁监管."""
    path = await inspection.published(a_record_body(inspection.team, "B"))
    nobody = await inspection.post(inspection.officer(), f"{path}/follow-ups", {"kind": "transfer", "demand": "请处理"})
    body = {"kind": "transfer", "demand": "请处理", "department": "NYNC"}
    made = (await inspection.post(inspection.officer(), f"{path}/follow-ups", body)).json()
    route = f"/v1/follow-ups/{made['follow_up_id']}"
    opener = await inspection.post(
        a_department_admin("SCJG", inspection.district), f"{route}/closure", {"outcome": "accepted"}
    )
    answering = a_department_admin("NYNC", inspection.district)
    closed = await inspection.post(answering, f"{route}/closure", {"outcome": "sent_back", "note": "不属本部门"})
    hidden = await inspection.get(a_department_admin("WJW", inspection.district), route)
    assert (nobody.status_code, nobody.json()["code"]) == (422, "results.responsible_missing")
    assert (opener.status_code, opener.json()["code"]) == (403, "results.not_responsible")
    assert (closed.status_code, closed.json()["outcome"]) == (200, "sent_back")
    assert (await inspection.told("results.follow_up.closed.v1"))[0]["is_settled"] is False
    assert (hidden.status_code, hidden.json()["code"]) == (404, "results.follow_up_unknown")


async def test_suspected_crime_and_another_district_name_their_receiver(inspection: Inspection) -> None:
    """R4: 移送司法机关, 属地管理."""
    path = await inspection.published(a_record_body(inspection.team, "B"))
    bare = await inspection.post(inspection.officer(), f"{path}/follow-ups", {"kind": "judiciary", "demand": "移送"})
    named = {"kind": "judiciary", "demand": "移送", "receiver": "洛阳市公安局孟津分局"}
    made = await inspection.post(inspection.officer(), f"{path}/follow-ups", named)
    away = {"kind": "other_district", "demand": "企业已迁往偃师", "receiver": "偃师区市场监督管理局"}
    elsewhere = await inspection.post(inspection.officer(), f"{path}/follow-ups", away)
    assert (bare.status_code, bare.json()["code"]) == (422, "results.receiver_missing")
    assert (made.status_code, elsewhere.status_code) == (201, 201)


async def test_where_nothing_was_found_there_is_nothing_to_follow(inspection: Inspection) -> None:
    """R4."""
    made = (await inspection.record(a_record_body(inspection.team))).headers["location"]
    early = await inspection.post(inspection.officer(), f"{made}/follow-ups", RECTIFICATION)
    await inspection.post(inspection.officer(), f"{made}/submission")
    clean = await inspection.post(inspection.officer(), f"{made}/follow-ups", RECTIFICATION)
    foreign = await inspection.post(inspection.officer(team=1), f"{made}/follow-ups", RECTIFICATION)
    assert (early.status_code, early.json()["code"]) == (409, "results.too_early_to_follow_up")
    assert (clean.status_code, clean.json()["code"]) == (422, "results.nothing_to_follow_up")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "results.result_unknown")


async def test_overdue_follow_ups_are_listed_alerted_and_exported(inspection: Inspection) -> None:
    """R4: the joint office sees them all."""
    _, follow_up = await opened(inspection)
    async with inspection.results.work(the_service("results", inspection.district)) as work:
        await work.connection.execute(
            text("UPDATE follow_ups SET due_on = :due WHERE id = :id"),
            {"due": work.today - timedelta(days=1), "id": follow_up["follow_up_id"]},
        )
        await work.commit()
    owner, office = a_department_admin("SCJG", inspection.district), the_joint_office(inspection.district)
    for who in (owner, office):
        (listed,) = (await inspection.get(who, "/v1/follow-ups?due=overdue")).json()["items"]
        assert listed["follow_up_id"] == follow_up["follow_up_id"]
    (alert,) = (await inspection.get(owner, "/v1/deadline-alerts?kind=follow_up&overdue=true")).json()["items"]
    assert (alert["subject_id"], alert["is_overdue"]) == (follow_up["follow_up_id"], True)
    assert (await inspection.get(owner, "/v1/follow-ups?due=soon")).json()["items"] == []
    found = await inspection.get(owner, "/v1/follow-ups?q=试验商贸&kind=rectification&state=open")
    assert len(found.json()["items"]) == 1
    sheet = await inspection.get(owner, "/v1/follow-ups/export?format=csv")
    words = sheet.content.decode("utf-8-sig")
    assert (sheet.status_code, "限期公示营业执照" in words, "责令改正" in words) == (200, True, True)


async def test_a_reinspection_is_a_check_of_its_own_tied_to_the_follow_up(inspection: Inspection) -> None:
    """R4: undrawn, with record, code and public result like any other."""
    path, follow_up = await opened(inspection)
    admin = a_department_admin("SCJG", inspection.district)
    async with inspection.results.work(admin) as work:
        today = work.today
    items = [{"item_id": str(item_id), "item_name": "营业执照检查"} for item_id in inspection.team.item_ids]
    body = {
        "inspector_ids": [str(one) for one in inspection.team.inspector_ids[:2]],
        "items": items,
        "window_start": today.isoformat(),
        "window_end": (today + timedelta(days=10)).isoformat(),
        "basis": "责令改正后的复查",
    }
    route = f"/v1/follow-ups/{follow_up['follow_up_id']}/reinspection"
    made = await inspection.post(admin, route, body)
    again = await inspection.post(admin, route, body)
    assert made.status_code == 201, made.text
    assert (again.status_code, again.json()["code"]) == (409, "results.already_reinspected")
    visit = (await inspection.get(admin, made.headers["location"])).json()
    assert (visit["entity_id"], visit["parts"][0]["state"]) == (str(inspection.visit.entity_id), "assigned")
    assert visit["reinspects_id"] == path.rpartition("/")[2]
