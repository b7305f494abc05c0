"""Recording and submitting: 谁检查、谁录入 (R1), nothing normal by default, closed and gone by rule (D6)."""

from __future__ import annotations

import pytest

from tests.builders.people import a_department_admin, a_reviewer, an_inspector
from tests.builders.results import REGISTRY, a_record_body
from tests.integration.results.conftest import Inspection


async def test_the_assigned_inspector_records_and_the_answers_of_registry_are_kept(inspection: Inspection) -> None:
    """R1, B2."""
    answer = await inspection.record(a_record_body(inspection.team, "B"))
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"2"'
    shown = answer.json()
    assert (shown["state"], shown["revision"], shown["department"]) == ("draft", 1, "SCJG")
    assert [item["outcome_codes"] for item in shown["content"]["items"]] == [["B"], ["B"]]
    assert len(shown["content"]["certificates"]) == 2
    read = await inspection.get(inspection.officer(2), answer.headers["location"])
    assert read.json() == shown


async def test_nobody_but_the_assigned_inspectors_records(inspection: Inspection) -> None:
    """R1: not a colleague of the department, not its administrator; another department does not find the visit."""
    body = a_record_body(inspection.team)
    colleague = await inspection.record(body, an_inspector(None, "SCJG", inspection.district))
    admin = await inspection.record(body, a_department_admin("SCJG", inspection.district))
    stranger = await inspection.record(body, an_inspector(None, "NYNC", inspection.district))
    found = [(answer.status_code, answer.json()["code"]) for answer in (colleague, admin, stranger)]
    assert found == [
        (403, "results.not_assigned"),
        (403, "request.role_missing"),
        (404, "results.visit_unknown"),
    ]


async def test_an_officer_of_the_other_team_records_only_his_own_department(inspection: Inspection) -> None:
    other = inspection.officer(0, team=1)
    wrong = await inspection.record(a_record_body(inspection.team), other)
    own = await inspection.record(a_record_body(inspection.visit.teams[1]), other)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "results.officer_not_assigned")
    assert (own.status_code, own.json()["department"]) == (201, "XFJY")


async def test_an_expired_certificate_stops_the_recording(inspection: Inspection) -> None:
    """B2: asked of registry for the visit's day."""
    officer = inspection.team.inspector_ids[1]
    REGISTRY.expired.add(officer)
    body = a_record_body(inspection.team)
    answer = await inspection.record(body)
    assert (answer.status_code, answer.json()["code"]) == (422, "results.certificate_not_valid")
    assert (officer, body["concluded_on"]) in [(asked, day.isoformat()) for asked, day in REGISTRY.asked]


async def test_a_visit_is_recorded_once_and_a_retry_hears_the_first_answer(inspection: Inspection) -> None:
    """REL19: the kept answer comes before any other question."""
    path, body = f"/v1/visits/{inspection.visit.visit_id}/records", a_record_body(inspection.team)
    first = await inspection.post(inspection.officer(), path, body, key="k1")
    again = await inspection.post(inspection.officer(), path, body, key="k1")
    other = await inspection.post(inspection.officer(), path, body, key="k2")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (other.status_code, other.json()["code"]) == (409, "results.cannot_record")


async def test_an_unanswered_item_blocks_the_submission_until_it_is_answered(inspection: Inspection) -> None:
    body = a_record_body(inspection.team)
    recorded = await inspection.record(body | {"items": body["items"][:1]})
    path = recorded.headers["location"]
    blocked = await inspection.post(inspection.officer(), f"{path}/submission")
    assert (blocked.status_code, blocked.json()["code"]) == (422, "results.items_without_outcome")
    assert str(inspection.team.item_ids[1]) in blocked.json()["errors"][0]["pointer"]
    assert await inspection.told("results.visit.concluded.v1") == []
    async with inspection.results.client(inspection.officer()) as client:
        revised = await client.put(path, json=body, headers={"If-Match": recorded.headers["etag"]} | _key("k1"))
    assert (revised.status_code, revised.json()["revision"]) == (200, 2)
    submitted = await inspection.post(inspection.officer(), f"{path}/submission")
    assert (submitted.status_code, submitted.json()["state"]) == (200, "submitted")


async def test_a_change_based_on_an_old_version_is_refused(inspection: Inspection) -> None:
    """REL20."""
    body = a_record_body(inspection.team)
    path = (await inspection.record(body)).headers["location"]
    async with inspection.results.client(inspection.officer()) as client:
        without = await client.put(path, json=body, headers=_key("k1"))
        stale = await client.put(path, json=body, headers={"If-Match": '"1"'} | _key("k2"))
        fresh = await client.put(path, json=body, headers={"If-Match": '"2"'} | _key("k3"))
    assert [answer.status_code for answer in (without, stale, fresh)] == [428, 412, 200]


async def test_submission_tells_the_conclusion_and_the_record(inspection: Inspection) -> None:
    body = a_record_body(inspection.team)
    path = (await inspection.record(body)).headers["location"]
    answer = await inspection.post(inspection.officer(1), f"{path}/submission")
    (concluded,) = await inspection.told("results.visit.concluded.v1")
    (recorded,) = await inspection.told("results.result.recorded.v1")
    assert (concluded["outcome"], concluded["visit_id"]) == ("done", str(inspection.visit.visit_id))
    assert recorded["due_on"] == answer.json()["due_on"]
    assert "findings" not in recorded


@pytest.mark.parametrize(("outcome", "code"), [("closed", "7"), ("moved", "12"), ("not_found", "6")])
async def test_an_object_that_is_gone_is_recorded_by_rule_and_published(
    inspection: Inspection, outcome: str, code: str
) -> None:
    """D6: with the account of two officers, never silently dropped."""
    body = a_record_body(inspection.team, outcome=outcome, items=[], note="门已封，邻铺称三月前搬走")
    path = await inspection.published(body)
    (concluded,) = await inspection.told("results.visit.concluded.v1")
    public = await inspection.get(a_department_admin("NYNC", inspection.district), f"{path}/public")
    assert concluded["outcome"] == outcome
    assert public.json()["result"]["outcome_codes"] == [code]


async def test_a_draft_is_the_departments_own_and_shared_with_the_visit_once_submitted(inspection: Inspection) -> None:
    """SEC2; architecture, Identity: drafts are the owner's only."""
    path = (await inspection.record(a_record_body(inspection.team, "B"))).headers["location"]
    partner, stranger = a_reviewer("XFJY", inspection.district), a_reviewer("NYNC", inspection.district)
    drafted = await inspection.get(partner, path)
    await inspection.post(inspection.officer(), f"{path}/submission")
    submitted = await inspection.get(partner, path)
    unknown = await inspection.get(stranger, path)
    assert (drafted.json()["state"], drafted.json()["content"]) == ("draft", None)
    assert submitted.json()["content"]["items"][0]["outcome_codes"] == ["B"]
    assert unknown.status_code == 404


async def test_the_other_department_of_the_visit_changes_nothing(inspection: Inspection) -> None:
    """R1, SEC3: what it may read it may not act on."""
    path = (await inspection.record(a_record_body(inspection.team))).headers["location"]
    await inspection.post(inspection.officer(), f"{path}/submission")
    answers = [
        await inspection.post(inspection.officer(0, team=1), f"{path}/submission"),
        await inspection.post(a_reviewer("XFJY", inspection.district), f"{path}/review", {"decision": "approved"}),
        await inspection.post(inspection.officer(0, team=1), f"{path}/publication"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def _key(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}
