"""One ledger of all contacts with a firm (B17): inspections by themselves, once a joint visit; the rest as told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2
import pytest

from shared.values.ids import new_id
from tests.builders.people import a_department_admin, a_reviewer
from tests.builders.results import a_record_body
from tests.integration.results.conftest import Inspection

TODAY = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()


async def told(inspection: Inspection, department: str = "SCJG", **changes: Any) -> httpx2.Response:
    body = {
        "entity_id": str(inspection.visit.entity_id),
        "kind": "guidance",
        "happened_on": TODAY.isoformat(),
        "people": 2,
        "purpose": "安全生产指导服务",
    }
    return await inspection.post(a_department_admin(department, inspection.district), "/v1/contacts", body | changes)


async def submitted(inspection: Inspection, team: int, **changes: Any) -> None:
    body = a_record_body(inspection.visit.teams[team], **changes)
    path = (await inspection.record(body, inspection.officer(team=team))).headers["location"]
    answer = await inspection.post(inspection.officer(team=team), f"{path}/submission")
    assert answer.status_code == 200, answer.text


async def counts(inspection: Inspection, entity_id: UUID) -> dict[str, Any]:
    path = f"/v1/entities/{entity_id}/contact-counts"
    found: dict[str, Any] = (await inspection.get(a_reviewer("NYNC", inspection.district), path)).json()
    return found


async def test_a_joint_visit_is_one_contact_told_once(inspection: Inspection) -> None:
    """进一次门，查多项事 (N4): two departments, one door."""
    await submitted(inspection, 0)
    await submitted(inspection, 1)
    (event,) = await inspection.told("results.contact.recorded.v1")
    listed = await inspection.get(inspection.officer(), f"/v1/contacts?entity={inspection.visit.entity_id}")
    (contact,) = listed.json()["items"]
    assert (event["kind"], event["is_enforcement"], event["visit_id"]) == (
        "inspection",
        True,
        str(inspection.visit.visit_id),
    )
    assert (contact["visit_id"], contact["on_site"], contact["people"]) == (event["visit_id"], True, 2)
    assert (await counts(inspection, inspection.visit.entity_id))["enforcement_year"] == 1


async def test_a_firm_that_was_not_met_was_not_contacted(inspection: Inspection) -> None:
    await submitted(inspection, 0, outcome="moved", items=[], note="门已封")
    assert await inspection.told("results.contact.recorded.v1") == []


async def test_every_department_reads_the_ledger_and_it_counts_for_caps(inspection: Inspection) -> None:
    entity = inspection.visit.entity_id
    long_ago = TODAY.replace(year=TODAY.year - 1).isoformat()
    await told(inspection)
    await told(inspection, "XFJY", kind="inspection", level="city", purpose="市级消防抽查")
    await told(inspection, kind="third_party", third_party="洛阳某某检测公司", on_site=True, happened_on=long_ago)
    await told(inspection, entity_id=str(new_id()))
    found = await counts(inspection, entity)
    assert {name: found[name] for name in ("day", "week", "month", "year", "enforcement_year", "on_site_year")} == {
        "day": 2,
        "week": 2,
        "month": 2,
        "year": 2,
        "enforcement_year": 1,
        "on_site_year": 2,
    }
    assert found["departments"] == [
        {"department": "SCJG", "contacts": 1},
        {"department": "XFJY", "contacts": 1},
    ]


async def test_checks_too_close_together_are_warned_of(inspection: Inspection) -> None:
    """B1: more than one a day, more than two in seven days; guidance is no check."""
    entity = inspection.visit.entity_id
    for department in ("SCJG", "XFJY"):
        await told(inspection, department, kind="inspection", level="city")
    await told(inspection)
    first = await counts(inspection, entity)
    await told(inspection, kind="inspection", level="province", happened_on=(TODAY - timedelta(days=6)).isoformat())
    second = await counts(inspection, entity)
    assert first["warnings"] == ["当日执法检查 2 次"]
    assert second["warnings"] == ["当日执法检查 2 次", "近 7 日执法检查 3 次"]


async def test_the_ledger_is_searched_and_turned_page_by_page(inspection: Inspection) -> None:
    for purpose in ("燃气安全指导", "用工调研", "燃气报警器回访"):
        await told(inspection, purpose=purpose)
    base = f"/v1/contacts?entity={inspection.visit.entity_id}"
    gas = await inspection.get(inspection.officer(), f"{base}&q=燃气")
    first = (await inspection.get(inspection.officer(), f"{base}&page_size=2")).json()
    rest = (await inspection.get(inspection.officer(), f"{base}&page_size=2&cursor={first['next']}")).json()
    none = await inspection.get(inspection.officer(), f"{base}&enforcement=true")
    assert sorted(one["purpose"] for one in gas.json()["items"]) == ["燃气安全指导", "燃气报警器回访"]
    assert (len(first["items"]), len(rest["items"]), rest["next"], none.json()["items"]) == (2, 1, None, [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"happened_on": "2099-01-01"}, "results.contact_in_future"),
        ({"kind": "third_party"}, "results.contact_third_party_missing"),
        ({"kind": "inspection"}, "results.contact_inspection_typed"),
    ],
)
async def test_what_is_no_contact_of_its_kind_is_refused(
    inspection: Inspection, changes: dict[str, Any], code: str
) -> None:
    answer = await told(inspection, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
