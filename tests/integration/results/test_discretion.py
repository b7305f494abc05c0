"""Leniency and discretion at a finding (B25), over the real tables: offered, chosen, held, reviewed, by version."""

from __future__ import annotations

from typing import Any

from tests.builders.people import the_joint_office
from tests.builders.results import a_record_body, a_team, a_visit_assigned
from tests.integration.results.conftest import Inspection

CHOSEN = {"code": "first", "reason": "首次发现，当场改正，没有危害后果"}


def light(inspection: Inspection, **chosen: Any) -> dict[str, Any]:
    """A light problem under every item, with what was chosen at each."""
    body = a_record_body(inspection.team, "B")
    for item in body["items"]:
        for found in item["findings"]:
            found |= {"severity": 2} | chosen
    return body


async def test_a_light_finding_is_held_until_the_choice_is_made_and_the_reviewer_sees_why(
    inspection: Inspection,
) -> None:
    recorded = await inspection.record(light(inspection))
    path = recorded.headers["location"]
    held = await inspection.post(inspection.officer(), f"{path}/submission")
    assert (held.status_code, held.json()["code"]) == (409, "results.discretion_undecided")
    async with inspection.results.client(inspection.officer()) as client:
        revised = await client.put(
            path, json=light(inspection, discretion=CHOSEN), headers={"If-Match": recorded.headers["etag"]}
        )
    assert revised.status_code == 200, revised.text
    assert (await inspection.post(inspection.officer(), f"{path}/submission")).status_code == 200
    seen = (await inspection.get(inspection.reviewer, path)).json()["content"]
    considered = (await inspection.get(inspection.reviewer, f"{path}/discretions")).json()
    assert seen["discretion_version"] == considered["table_version"] == 1
    assert [found["discretion"] for item in seen["items"] for found in item["findings"]] == [CHOSEN, CHOSEN]
    assert [one["chosen"] for one in considered["findings"]] == [CHOSEN, CHOSEN]
    assert "第三十三条" in considered["findings"][0]["offers"][0]["basis"]


async def test_a_second_offence_is_no_first_one_and_a_withdrawn_one_never_was(inspection: Inspection) -> None:
    public = await inspection.published(light(inspection, discretion=CHOSEN))
    again = a_visit_assigned(a_team("SCJG"), entity_id=inspection.visit.entity_id)
    await inspection.hear(again)
    inspection.visit = again
    route = f"/v1/visits/{again.visit_id}/discretions?outcome_code=B&severity=2"
    offers = {one["code"]: one for one in (await inspection.get(inspection.officer(), route)).json()["offers"]}
    refused = await inspection.record(light(inspection, discretion=CHOSEN))
    assert (offers["first"]["is_open"], offers["minor"]["is_open"]) == (False, True)
    assert offers["first"]["earlier"][0]["result_id"] == public.rpartition("/")[2]
    assert (refused.status_code, refused.json()["code"]) == (422, "results.discretion_closed")
    withdrawn = await inspection.post(inspection.reviewer, f"{public}/withdrawals", {"reason": "检查对象认定错误"})
    assert withdrawn.status_code == 200, withdrawn.text
    assert (await inspection.record(light(inspection, discretion=CHOSEN))).status_code == 201


async def test_a_district_sets_its_own_table_with_a_day_from_which_it_holds(inspection: Inspection) -> None:
    """Versioned data: the record keeps the version it chose from."""
    async with inspection.results.work(inspection.officer()) as work:
        today = work.today.isoformat()
    rows: list[dict[str, Any]] = [
        {"code": "grave", "text": "一般情节", "kind": "ordinary", "basis": "本区裁量基准第3项"},
        {"code": "minor", "text": "轻微免罚", "kind": "exempt", "basis": "第三十三条", "max_severity": 1},
    ]
    table: dict[str, Any] = {"source": "孟市监法〔2026〕1号", "effective_on": today, "codes": rows}
    route = "/v1/code-tables/discretion/versions"
    office = the_joint_office(inspection.district)
    nameless = await inspection.post(office, route, table | {"codes": [rows[0] | {"basis": ""}]})
    assert nameless.json()["code"] == "results.code_basis_missing"
    assert (await inspection.post(office, route, table)).status_code == 201
    recorded = await inspection.record(light(inspection))
    path = recorded.headers["location"]
    assert recorded.json()["content"]["discretion_version"] == 2
    assert (await inspection.post(inspection.officer(), f"{path}/submission")).status_code == 200
