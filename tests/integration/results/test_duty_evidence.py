"""G2: for any object or inspector, what was owed, what was done when, what was missed."""

from __future__ import annotations

from tests.builders.people import an_auditor, an_officer
from tests.builders.results import a_record_body
from tests.integration.results.conftest import Inspection


async def test_the_evidence_of_a_visit_names_each_departments_part(inspection: Inspection) -> None:
    """One department published and did not follow up; the other never went, and its window is over."""
    path = await inspection.published(a_record_body(inspection.team, "B"))
    supervisor = an_officer("supervision", department="JW", district=inspection.district)
    query = f"/v1/duty-evidence?entity={inspection.visit.entity_id}"
    items = (await inspection.get(supervisor, query)).json()["items"]
    parts = {one["department"]: one for one in items}
    assert parts["SCJG"]["missed"] == ["problem_unfollowed"]
    assert parts["SCJG"]["published_on"] is not None
    assert parts["SCJG"]["assigned_at"] is not None
    assert parts["XFJY"]["missed"] == ["not_inspected"]
    body = {"kind": "rectification", "demand": "限期公示"}
    await inspection.post(inspection.officer(), f"{path}/follow-ups", body)
    after = (await inspection.get(supervisor, f"{query}&department=SCJG")).json()["items"]
    assert [(one["missed"], one["follow_ups"]) for one in after] == [([], 1)]


async def test_the_evidence_of_an_inspector_is_his_own_and_a_file(inspection: Inspection) -> None:
    inspector, other = inspection.team.inspector_ids[0], inspection.visit.teams[1].inspector_ids[0]
    auditor = an_auditor(inspection.district)
    mine = (await inspection.get(auditor, f"/v1/duty-evidence?inspector={inspector}")).json()["items"]
    theirs = (await inspection.get(auditor, f"/v1/duty-evidence?inspector={other}")).json()["items"]
    assert [one["department"] for one in mine + theirs] == ["SCJG", "XFJY"]
    file = await inspection.get(auditor, f"/v1/duty-evidence/export?format=csv&inspector={inspector}")
    assert "逾期未检查" in file.content.decode("utf-8-sig")
    stranger = an_officer("department_admin", department="NYNC", district=inspection.district)
    assert (await inspection.get(stranger, "/v1/duty-evidence")).json()["items"] == []
