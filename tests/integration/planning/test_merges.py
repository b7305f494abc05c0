"""Overlapping plans found and merged by the office, through commit (N4)."""

from __future__ import annotations

from typing import Any

from services.planning.domain.plan_content import LibraryVersion
from shared.events.planning import PlanAdjustedV1, PlanCancelledV1
from shared.runtime.principal import JOINT_OFFICE
from shared.values.ids import new_id
from tests.builders.people import an_officer
from tests.builders.planning import an_item_body, ratio_bodies
from tests.integration.planning.conftest import Desk, StubRegistry

FOOD = LibraryVersion(new_id(), 3)
LIFTS = LibraryVersion(new_id(), 1)


def _of(library: LibraryVersion) -> dict[str, Any]:
    return {"library_id": str(library.id), "version": library.version}


async def _two_plans(desk: Desk, registry: StubRegistry) -> tuple[dict[str, Any], dict[str, Any]]:
    """scjg with wjw over 1,000 food firms, yjj alone over the 200 of them that have lifts; both public."""
    registry.hold("B", 800, FOOD)
    registry.hold("B", 200, FOOD, LIFTS)
    items = await desk.publish_lists()
    host = await desk.publish_plan(items, library=_of(FOOD))
    listed = await desk.publish_list("yjj", an_item_body("yjj-001"))
    body = desk.plan_body([listed["items"][0]["item_id"]], [], title="电梯安全检查", library=_of(LIFTS))
    body |= {"sole_ground": "《特种设备安全法》第五十七条", "ratios": ratio_bodies(10_000, 50_000, 50_000, 50_000)}
    made = await desk.post(desk.admin("yjj"), "/v1/plans", body | {"window_end": f"{desk.year}-11-30"})
    assert made.status_code == 201, made.text
    await desk.walk(desk.admin("yjj"), made.headers["location"])
    return host, made.json()


def _merge_body(host: dict[str, Any], other: dict[str, Any], **changes: Any) -> dict[str, Any]:
    ids = {"host_plan_id": host["plan_id"], "absorbed_plan_ids": [other["plan_id"]]}
    return ids | {"reason": "同一批餐饮单位", "ratios": ratio_bodies(10_000, 20_000, 30_000, 50_000)} | changes


async def test_overlapping_plans_are_found_with_what_a_merge_would_save(desk: Desk, registry: StubRegistry) -> None:
    """N4: 1,000 × 2 % + 200 × 5 % = 30 visits alone; joint at the higher ratio 1,000 × 5 % = 50."""
    host, other = await _two_plans(desk, registry)
    (found,) = (await desk.get(desk.office, f"/v1/plan-overlaps?year={desk.year}")).json()
    assert [one["plan_id"] for one in found["sides"]] == [host["plan_id"], other["plan_id"]]
    assert [one["expected_visits"] for one in found["sides"]] == [20.0, 10.0]
    assert (found["shared_objects"], found["drawn_twice"], found["window_end"]) == (200, 0.2, f"{desk.year}-11-30")
    assert (found["merged_visits"], found["saved_visits"], found["holder_plan_id"]) == (50.0, -20.0, host["plan_id"])


async def test_a_merge_takes_effect_when_the_host_is_published_and_cancels_the_plans_it_took_in(
    desk: Desk, registry: StubRegistry
) -> None:
    """N4, N6: merged by one officer of the office, approved by another; each side sees what it gains."""
    host, other = await _two_plans(desk, registry)
    merger = an_officer(JOINT_OFFICE, department="lxb", district=desk.district)
    made = await desk.post(merger, "/v1/plan-merges", _merge_body(host, other))
    assert made.status_code == 201, made.text
    merge = made.json()
    assert (merge["rule"], merge["state"], merge["host_version"]) == ("joint_plan", "proposed", 2)
    assert (merge["visits_before"], merge["visits_joint"], merge["saved_visits"]) == (30.0, 20.0, 10.0)
    assert [(one["department"], one["visits_alone"], one["visits_joint"]) for one in merge["departments"]] == [
        ("scjg", 20.0, 20.0),
        ("wjw", 20.0, 20.0),
        ("yjj", 10.0, 20.0),
    ]
    path = f"/v1/plans/{host['plan_id']}"
    own = await desk.post(merger, f"{path}/approval")
    assert (own.status_code, own.json()["code"]) == (403, "planning.own_filing")
    await desk.post(desk.office, f"{path}/approval")
    by_owner = await desk.post(desk.admin("scjg"), f"{path}/publication")
    assert (by_owner.status_code, by_owner.json()["code"]) == (403, "planning.merged_plan_not_yours")
    published = await desk.post(desk.office, f"{path}/publication")
    assert (published.status_code, published.json()["content"]["participants"]) == (200, ["wjw", "yjj"])
    gone = (await desk.get(desk.admin("yjj"), f"/v1/plans/{other['plan_id']}")).json()
    assert (gone["state"], gone["remark"]) == ("cancelled", f"并入计划 {host['plan_no']}：同一批餐饮单位")
    seen = (await desk.get(desk.admin("yjj"), made.headers["location"])).json()
    assert (seen["state"], seen["saved_visits"]) == ("effective", 10.0)
    adjusted, cancelled = (await desk.told())[-2:]
    assert isinstance(adjusted, PlanAdjustedV1)
    assert isinstance(cancelled, PlanCancelledV1)
    assert cancelled.merged_into == adjusted.plan_id
    assert (await desk.get(desk.office, f"/v1/plan-overlaps?year={desk.year}")).json() == []


async def test_merges_that_break_a_rule_are_refused_by_name_and_change_nothing(
    desk: Desk, registry: StubRegistry
) -> None:
    """N4, L6, I2."""
    host, other = await _two_plans(desk, registry)
    broken = {
        "planning.merge_saves_nothing": _merge_body(host, other, ratios=None),
        "planning.merge_loses_objects": _merge_body(other, host),
        "planning.merge_of_one": _merge_body(host, host),
        "planning.ratio_above_cap": _merge_body(host, other, ratios=ratio_bodies(1, 2, 3, 60_000)),
        "planning.ratio_falls_with_risk": _merge_body(host, other, ratios=ratio_bodies(4, 3, 2, 1)),
    }
    for code, body in broken.items():
        refused = await desk.post(desk.office, "/v1/plan-merges", body)
        assert refused.json()["code"] == code, refused.text
    denied = await desk.post(desk.admin("scjg"), "/v1/plan-merges", _merge_body(host, other))
    assert (denied.status_code, denied.json()["code"]) == (403, "request.role_missing")
    assert (await desk.get(desk.office, f"/v1/plans/{host['plan_id']}")).json()["state"] == "published"
    assert (await desk.get(desk.office, "/v1/plan-merges")).json()["items"] == []


async def test_a_returned_host_drops_its_merge_and_the_other_plan_stays(desk: Desk, registry: StubRegistry) -> None:
    host, other = await _two_plans(desk, registry)
    made = await desk.post(desk.office, "/v1/plan-merges", _merge_body(host, other))
    again = await desk.post(desk.office, "/v1/plan-merges", _merge_body(host, other))
    assert again.json()["code"] == "planning.plan_merging_already", again.text
    second = an_officer(JOINT_OFFICE, department="lxb", district=desk.district)
    await desk.post(second, f"/v1/plans/{host['plan_id']}/returns", {"reason": "时间不便"})
    seen = (await desk.get(desk.office, made.headers["location"])).json()
    assert (seen["state"], seen["state_name"]) == ("withdrawn", "未采用")
    assert (await desk.get(desk.office, f"/v1/plans/{other['plan_id']}")).json()["state"] == "published"


async def test_who_takes_no_part_in_a_merge_does_not_see_it(desk: Desk, registry: StubRegistry) -> None:
    """架构 Identity."""
    host, other = await _two_plans(desk, registry)
    made = await desk.post(desk.office, "/v1/plan-merges", _merge_body(host, other))
    for department, status in (("scjg", 200), ("yjj", 200), ("tjj", 404)):
        assert (await desk.get(desk.admin(department), made.headers["location"])).status_code == status


async def test_a_plan_that_is_being_merged_holds_still_until_the_merge_is_settled(
    desk: Desk, registry: StubRegistry
) -> None:
    """N4: the figures that were approved stay true; a cancelled host lets the other go."""
    host, other = await _two_plans(desk, registry)
    made = await desk.post(desk.office, "/v1/plan-merges", _merge_body(host, other))
    path = f"/v1/plans/{other['plan_id']}/cancellation"
    held = await desk.post(desk.admin("yjj"), path, {"reason": "不再检查"})
    assert (held.status_code, held.json()["code"]) == (409, "planning.plan_merging_already")
    dropped = await desk.post(desk.admin("scjg"), f"/v1/plans/{host['plan_id']}/cancellation", {"reason": "机构改革"})
    assert dropped.status_code == 200, dropped.text
    assert (await desk.get(desk.office, made.headers["location"])).json()["state"] == "withdrawn"
    assert (await desk.post(desk.admin("yjj"), path, {"reason": "不再检查"})).status_code == 200
