"""What a district sets for itself is data (R2, R4, R7): tables in versions, used from their day on."""

from __future__ import annotations

from typing import Any

from tests.builders.people import a_department_admin, the_joint_office
from tests.builders.results import a_listing_body, a_record_body
from tests.integration.results.conftest import Inspection


async def today_of(inspection: Inspection) -> str:
    async with inspection.results.work(inspection.officer()) as work:
        return str(work.today)


async def test_the_office_declares_abnormal_listings_major_and_they_go_to_legal_review(inspection: Inspection) -> None:
    """R7: without a line of code."""
    row = {"code": "abnormal_operations", "text": "列入经营异常名录", "kind": "list"}
    table: dict[str, Any] = {
        "source": "孟双随机办〔2026〕6号",
        "effective_on": await today_of(inspection),
        "codes": [row],
    }
    route = "/v1/code-tables/major_decision"
    admin = await inspection.post(a_department_admin("SCJG", inspection.district), f"{route}/versions", table)
    made = await inspection.post(the_joint_office(inspection.district), f"{route}/versions", table)
    shown = (await inspection.get(inspection.officer(), route)).json()
    assert (admin.status_code, made.status_code) == (403, 201)
    assert (shown["version"], [one["code"] for one in shown["codes"]]) == (2, ["abnormal_operations"])
    body = a_record_body(inspection.team, "B", listing=a_listing_body())
    path = (await inspection.record(body)).headers["location"]
    await inspection.post(inspection.officer(), f"{path}/submission")
    reviewed = await inspection.post(inspection.reviewer, f"{path}/review", {"decision": "approved"})
    assert reviewed.json()["state"] == "legal_review"


async def test_a_table_of_the_future_waits_and_the_provinces_stay(inspection: Inspection) -> None:
    rows = [{"code": "rectification", "text": "责令改正", "kind": "own", "days": 5}]
    table = {"source": "孟双随机办〔2026〕7号", "effective_on": "2099-01-01", "codes": rows}
    office = the_joint_office(inspection.district)
    made = await inspection.post(office, "/v1/code-tables/follow_up/versions", table)
    fixed = await inspection.post(office, "/v1/code-tables/outcome/versions", table)
    unknown = await inspection.post(office, "/v1/code-tables/nothing/versions", table)
    shown = (await inspection.get(office, "/v1/code-tables/follow_up")).json()
    assert (made.status_code, made.json()["version"], shown["version"]) == (201, 2, 1)
    assert (fixed.status_code, fixed.json()["code"]) == (422, "results.code_table_fixed")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "results.code_table_unknown")
    assert (await inspection.get(office, "/v1/code-tables/nothing")).status_code == 404
