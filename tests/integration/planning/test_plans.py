"""Plans through commit: N1–N3, N5–N7, numbers without gap, who sees what."""

from __future__ import annotations

import asyncio

from shared.events.planning import PlanAdjustedV1, PlanCancelledV1, PlanPublishedV1
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE
from tests.builders.people import an_officer
from tests.builders.planning import an_item_body, ratio_bodies
from tests.integration.planning.conftest import Desk, a_task_body


async def test_a_plan_that_breaks_a_rule_is_refused_at_once_by_name(desk: Desk) -> None:
    """N1, N2, N3, I2: nothing is kept, no number is spent."""
    items = await desk.publish_lists()
    both, admin = list(items.values()), desk.admin("scjg")
    broken = {
        "planning.ratio_falls_with_risk": desk.plan_body(both, ratios=ratio_bodies(10_000, 30_000, 20_000, 50_000)),
        "planning.ratio_above_cap": desk.plan_body(both, ratios=ratio_bodies(10_000, 20_000, 30_000, 300_000)),
        "planning.credit_class_missing": desk.plan_body(both, ratios=ratio_bodies(1, 2, 3, 4)[:3]),
        "planning.sole_department_without_ground": desk.plan_body([items["scjg-001"]], []),
        "planning.department_without_item": desk.plan_body([items["scjg-001"]]),
        "planning.item_of_other_department": desk.plan_body(both, []) | {"sole_ground": "法定"},
        "planning.item_not_in_force": desk.plan_body([*both, "019a0000-0000-7000-8000-000000000001"]),
        "planning.window_outside_year": desk.plan_body(both, window_end=f"{desk.year + 1}-04-01"),
        "planning.method_unknown": desk.plan_body(both, method="突击"),
    }
    for code, body in broken.items():
        refused = await desk.post(admin, "/v1/plans", body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    cap = (await desk.post(admin, "/v1/plans", broken["planning.ratio_above_cap"])).json()
    assert (cap["params"]["item_code"], cap["params"]["cap"]) == ("scjg-001", "5%")
    made = await desk.post(admin, "/v1/plans", desk.plan_body(both))
    assert (made.status_code, made.json()["plan_no"]) == (201, f"410308{desk.year}1001")


async def test_an_approved_plan_is_made_public_and_told_of_with_its_body(desk: Desk) -> None:
    """N5; the plan notes the list version of each item (I4)."""
    items = await desk.publish_lists()
    plan = await desk.publish_plan(items)
    assert (plan["state"], plan["in_force_version"], plan["pending"]) == ("published", 1, None)
    event = (await desk.told())[-1]
    assert isinstance(event, PlanPublishedV1)
    assert (event.plan_no, event.initiator, event.participants) == (plan["plan_no"], "scjg", ["wjw"])
    assert [(ratio.credit_class, ratio.ppm) for ratio in event.ratios] == [
        ("A", 10_000),
        ("B", 20_000),
        ("C", 30_000),
        ("D", 50_000),
        ("U", 20_000),
    ]
    assert {(item.code, item.list_version) for item in event.items} == {("scjg-001", 1), ("wjw-001", 1)}


async def test_a_ground_for_acting_alone_is_published_with_the_plan(desk: Desk) -> None:
    """N2."""
    items, ground = await desk.publish_lists(), "《中华人民共和国统计法》第三十三条"
    alone = {"scjg-001": items["scjg-001"]}
    plan = await desk.publish_plan(alone, participants=[], sole_ground=ground)
    event = (await desk.told())[-1]
    assert isinstance(event, PlanPublishedV1)
    assert (plan["content"]["sole_ground"], event.sole_ground) == (ground, ground)


async def test_yearly_visits_come_from_the_districts_rule_and_may_not_exceed_it(desk: Desk) -> None:
    """N7."""
    items = await desk.publish_lists()
    limits = [{"key": key, "limit": limit} for key, limit in zip("ABCD", (1, 1, 2, 4), strict=True)]
    await desk.set_rule("visits_per_year", exceptions=limits)
    body = desk.plan_body(items)
    caps = [{"credit_class": one, "visits": 3} for one in "ABCD"]
    refused = await desk.post(desk.admin("scjg"), "/v1/plans", body | {"visit_caps": caps})
    taken = await desk.post(desk.admin("scjg"), "/v1/plans", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "planning.visit_cap_above_limit")
    shown = {cap["credit_class"]: cap["visits"] for cap in taken.json()["content"]["visit_caps"]}
    assert shown == {"A": 1, "B": 1, "C": 2, "D": 4, "U": 1}


async def test_twenty_writers_get_twenty_numbers_without_gap_or_duplicate(desk: Desk) -> None:
    """domain-facts section 3: numbers made by max()+1 repeat; ours come from a counter row. Refusals spend none."""
    items = await desk.publish_lists()
    good = desk.plan_body(items)
    bad = good | {"ratios": ratio_bodies(4, 3, 2, 1)}
    bodies = [bad if n % 4 == 0 else good for n in range(20)]
    answers = await asyncio.gather(*(desk.post(desk.admin("scjg"), "/v1/plans", body) for body in bodies))
    numbers = sorted(answer.json()["plan_no"] for answer in answers if answer.status_code == 201)
    assert numbers == [f"410308{desk.year}1{place:03d}" for place in range(1, 16)]


async def test_without_the_region_code_a_plan_gets_no_number(desk: Desk) -> None:
    """B10."""
    listed = await desk.publish_list("scjg", an_item_body("scjg-001"))
    body = desk.plan_body([listed["items"][0]["item_id"]], [], sole_ground="法定")
    refused = await desk.post(desk.admin("scjg"), "/v1/plans", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "planning.region_code_missing")


async def test_a_draft_is_the_initiators_a_submitted_plan_also_its_participants_a_public_one_everybodys(
    desk: Desk,
) -> None:
    """架构 Identity."""
    items, admin = await desk.publish_lists(), desk.admin("scjg")
    made = await desk.post(admin, "/v1/plans", desk.plan_body(items))
    path = made.headers["location"]

    async def seen_by() -> list[int]:
        everybody = (admin, desk.admin("wjw"), desk.office, desk.admin("yjj"))
        return [(await desk.get(who, path)).status_code for who in everybody]

    assert await seen_by() == [200, 404, 404, 404]
    await desk.post(admin, f"{path}/submission")
    assert await seen_by() == [200, 200, 200, 404]
    await desk.post(desk.office, f"{path}/approval")
    await desk.post(desk.office, f"{path}/publication")
    assert await seen_by() == [200, 200, 200, 200]
    assert [plan["title"] for plan in await _contents(desk, "yjj")] == ["餐饮单位联合抽查"]


async def _contents(desk: Desk, department: str) -> list[dict[str, object]]:
    listed = (await desk.get(desk.admin(department), f"/v1/plans?year={desk.year}")).json()["items"]
    return [plan["content"] for plan in listed]


async def test_the_officer_who_filed_a_plan_does_not_approve_it(desk: Desk) -> None:
    items = await desk.publish_lists()
    both = an_officer(DEPARTMENT_ADMIN, JOINT_OFFICE, department="scjg", district=desk.district)
    made = await desk.post(both, "/v1/plans", desk.plan_body(items))
    await desk.post(both, f"{made.headers['location']}/submission")
    refused = await desk.post(both, f"{made.headers['location']}/approval")
    assert (refused.status_code, refused.json()["code"]) == (403, "planning.own_filing")


async def test_a_plan_from_a_list_superseded_meanwhile_is_refused_at_submission(desk: Desk) -> None:
    """I4."""
    items, admin = await desk.publish_lists(), desk.admin("scjg")
    made = await desk.post(admin, "/v1/plans", desk.plan_body(items))
    path = made.headers["location"]
    await desk.publish_list("scjg", an_item_body("scjg-001", 40_000))
    refused = await desk.post(admin, f"{path}/submission")
    assert (refused.status_code, refused.json()["code"]) == (422, "planning.item_not_in_force")
    body = desk.plan_body(items, ratios=ratio_bodies(1, 2, 3, 40_000))
    del body["year"]
    assert (await desk.put(admin, path, body, If_Match=made.headers["etag"])).status_code == 200
    assert (await desk.post(admin, f"{path}/submission")).status_code == 200


async def test_an_adjustment_is_public_with_its_reason_once_published_and_hidden_before(desk: Desk) -> None:
    """N6."""
    items, admin = await desk.publish_lists(), desk.admin("scjg")
    plan = await desk.publish_plan(items)
    path = f"/v1/plans/{plan['plan_id']}"
    body = desk.plan_body(items, title="调整后的计划", reason="上级部署")
    del body["year"]
    assert (await desk.post(admin, f"{path}/adjustments", body | {"reason": " "})).status_code == 422
    filed = await desk.post(admin, f"{path}/adjustments", body)
    assert (filed.status_code, filed.json()["state"], filed.json()["in_force_version"]) == (201, "submitted", 1)
    own, other = (await desk.get(admin, path)).json(), (await desk.get(desk.admin("yjj"), path)).json()
    assert (own["content"]["title"], own["pending"]["title"]) == ("餐饮单位联合抽查", "调整后的计划")
    assert (other["content"]["title"], other["pending"]) == ("餐饮单位联合抽查", None)
    await desk.post(desk.office, f"{path}/approval")
    published = await desk.post(admin, f"{path}/publication")
    assert (published.json()["state"], published.json()["state_name"]) == ("adjusted", "已调整")
    versions = (await desk.get(desk.admin("yjj"), f"{path}/versions")).json()
    assert [(one["version"], one["reason"], one["content"]["title"]) for one in versions] == [
        (1, None, "餐饮单位联合抽查"),
        (2, "上级部署", "调整后的计划"),
    ]
    event = (await desk.told())[-1]
    assert isinstance(event, PlanAdjustedV1)
    assert (event.version, event.reason) == (2, "上级部署")


async def test_a_plan_is_cancelled_with_a_reason_when_no_task_of_it_is_open(desk: Desk) -> None:
    items, admin = await desk.publish_lists(), desk.admin("scjg")
    task = await desk.issue_task(items)
    path = f"/v1/plans/{task['plan_id']}"
    open_yet = await desk.post(admin, f"{path}/cancellation", {"reason": "机构改革"})
    assert (open_yet.status_code, open_yet.json()["code"]) == (409, "planning.plan_has_open_tasks")
    await desk.post(admin, f"/v1/tasks/{task['task_id']}/cancellation", {"reason": "机构改革"})
    cancelled = await desk.post(admin, f"{path}/cancellation", {"reason": "机构改革"})
    assert (cancelled.json()["state"], cancelled.json()["remark"]) == ("cancelled", "机构改革")
    event = (await desk.told())[-1]
    assert isinstance(event, PlanCancelledV1)
    refused = await desk.post(admin, f"{path}/tasks", a_task_body(items))
    assert (refused.status_code, refused.json()["code"]) == (409, "planning.plan_not_in_force")


async def test_another_district_sees_nothing_of_a_public_plan(desk: Desk) -> None:
    """B10, SEC3."""
    plan = await desk.publish_plan(await desk.publish_lists())
    stranger = an_officer(DEPARTMENT_ADMIN, JOINT_OFFICE, department="scjg", district="elsewhere")
    assert (await desk.get(stranger, f"/v1/plans/{plan['plan_id']}")).status_code == 404
    assert (await desk.get(stranger, f"/v1/items?year={desk.year}")).json()["items"] == []
