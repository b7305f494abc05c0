"""Checks that no draw assigned: of a lead (S1) or a re-inspection; everything else is as for a drawn one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2

from shared.events.planning import LeadClosedV1, LeadRegisteredV1, LeadRescheduledV1
from shared.runtime.unit_of_work import SHANGHAI
from shared.values.ids import new_id
from tests.builders.people import a_department_admin, an_inspector
from tests.builders.results import NOW, REGISTRY, a_record_body, a_team
from tests.integration.results.conftest import Inspection

TODAY = datetime.now(SHANGHAI).date()
OFFICERS = (new_id(), new_id())


def a_lead(department: str = "SCJG", **changes: Any) -> LeadRegisteredV1:
    told = LeadRegisteredV1(
        aggregate_version=1,
        lead_id=new_id(),
        lead_no="XS2026030001",
        kind="complaint",
        department=department,
        entity_id=new_id(),
        received_on=date(2026, 3, 2),
        due_on=date(2026, 3, 31),
        registered_at=NOW,
    )
    return told.model_copy(update=changes)


def a_check(**changes: Any) -> dict[str, Any]:
    body = {
        "inspector_ids": [str(officer) for officer in OFFICERS],
        "items": [{"item_id": str(new_id()), "item_name": "食品经营许可检查"}],
        "window_start": (TODAY - timedelta(days=3)).isoformat(),
        "window_end": (TODAY + timedelta(days=10)).isoformat(),
        "basis": "投诉举报核查",
    }
    return body | changes


async def assigned(inspection: Inspection, **changes: Any) -> httpx2.Response:
    return await inspection.post(a_department_admin("SCJG", inspection.district), "/v1/checks", a_check(**changes))


async def test_the_copy_of_a_lead_follows_the_day_that_planning_computed_anew(inspection: Inspection) -> None:
    """R2, S1: a notice of days off moved it."""
    lead, other = a_lead(), a_lead()
    await inspection.hear(lead, other)
    await inspection.hear(LeadRescheduledV1(aggregate_version=2, lead_id=lead.lead_id, due_on=date(2026, 4, 2)))
    admin = a_department_admin("SCJG", inspection.district)
    shown = (await inspection.get(admin, "/v1/check-leads")).json()["items"]
    assert {one["lead_id"]: one["due_on"] for one in shown} == {
        str(lead.lead_id): "2026-04-02",
        str(other.lead_id): "2026-03-31",
    }


async def test_a_lead_becomes_a_check_with_code_record_and_public_result(inspection: Inspection) -> None:
    lead = a_lead()
    await inspection.hear(lead)
    visit = (await assigned(inspection, lead_id=str(lead.lead_id))).json()
    officer = an_inspector(OFFICERS[0], "SCJG", inspection.district)
    sheet = await inspection.get(officer, f"/v1/visits/{visit['visit_id']}/sheet")
    item_id = visit["parts"][0]["item_ids"][0]
    team = a_team().model_copy(update={"inspector_ids": list(OFFICERS), "item_ids": [UUID(item_id)]})
    body = a_record_body(team, "B")
    body["items"][0]["item_name"] = "别的名称"
    recorded = await inspection.post(officer, f"/v1/visits/{visit['visit_id']}/records", body)
    path = recorded.headers["location"]
    assert (visit["origin"], visit["code_state"], visit["task_no"]) == ("lead", "unopened", "XS2026030001")
    assert visit["entity_id"] == str(lead.entity_id)
    assert sheet.json()["items"][0]["name"] == "食品经营许可检查"
    assert recorded.json()["content"]["items"][0]["item_name"] == "食品经营许可检查"
    for who, act, sent in (
        (officer, "submission", None),
        (inspection.reviewer, "review", {"decision": "approved"}),
        (officer, "publication", None),
    ):
        answer = await inspection.post(who, f"{path}/{act}", sent)
        assert answer.status_code == 200, answer.text
    (published,) = await inspection.told("results.result.published.v1")
    (concluded,) = await inspection.told("results.visit.concluded.v1")
    assert (published["result"]["origin"], concluded["origin"]) == ("lead", "lead")


async def test_a_check_needs_one_cause_of_its_own_department(inspection: Inspection) -> None:
    other, closed = a_lead("XFJY"), a_lead()
    await inspection.hear(other, closed)
    await inspection.hear(
        LeadClosedV1(
            aggregate_version=2,
            lead_id=closed.lead_id,
            department="SCJG",
            outcome="unfounded",
            result_ids=[],
            plan_id=None,
            closed_at=NOW,
        )
    )
    causes: list[dict[str, str]] = [
        {},
        {"lead_id": str(other.lead_id)},
        {"lead_id": str(closed.lead_id)},
        {"reinspects_id": str(new_id())},
    ]
    answers = [await assigned(inspection, **cause) for cause in causes]
    assert [answer.json()["code"] for answer in answers] == [
        "results.check_without_cause",
        "results.lead_unknown",
        "results.lead_closed",
        "results.result_unknown",
    ]
    open_leads = await inspection.get(a_department_admin("SCJG", inspection.district), "/v1/check-leads?closed=false")
    all_leads = await inspection.get(a_department_admin("SCJG", inspection.district), "/v1/check-leads")
    assert (open_leads.json()["items"], len(all_leads.json()["items"])) == ([], 1)


async def test_officers_of_others_and_without_valid_certificate_are_not_assigned(inspection: Inspection) -> None:
    """D1, B2."""
    lead = a_lead()
    await inspection.hear(lead)
    expired, foreign = new_id(), new_id()
    REGISTRY.expired.add(expired)
    REGISTRY.departments[foreign] = "XFJY"
    answers = [
        await assigned(inspection, lead_id=str(lead.lead_id), inspector_ids=[str(OFFICERS[0]), str(officer)])
        for officer in (expired, foreign)
    ]
    assert [answer.json()["code"] for answer in answers] == [
        "results.certificate_not_valid",
        "results.officer_of_others",
    ]


async def test_a_result_is_reinspected_at_the_same_object(inspection: Inspection) -> None:
    path = await inspection.published(a_record_body(inspection.team, "B"))
    result_id = path.rpartition("/")[2]
    visit = (await assigned(inspection, reinspects_id=result_id)).json()
    wrong = await assigned(inspection, reinspects_id=result_id, entity_id=str(new_id()))
    listed = await inspection.get(inspection.officer(), "/v1/visits?origin=reinspection")
    assert (visit["origin"], visit["reinspects_id"]) == ("reinspection", result_id)
    assert visit["entity_id"] == str(inspection.visit.entity_id)
    assert wrong.json()["code"] == "results.check_entity_differs"
    assert [one["visit_id"] for one in listed.json()["items"]] == [visit["visit_id"]]


async def test_only_the_departments_administrator_assigns(inspection: Inspection) -> None:
    answer = await inspection.post(inspection.officer(), "/v1/checks", a_check(lead_id=str(new_id())))
    assert (answer.status_code, answer.json()["code"]) == (403, "request.role_missing")
