"""Terms that are public with plan and task: when names open (M2), batches of key items (I2), visits to warn of (B1)."""

from __future__ import annotations

from shared.events.planning import PlanPublishedV1, TaskIssuedV1
from tests.builders.planning import ratio_bodies
from tests.integration.planning.conftest import Desk, a_task_body

PAPER = "孟双随机办〔2026〕1号"


async def _issued(desk: Desk) -> TaskIssuedV1:
    event = (await desk.told())[-1]
    assert isinstance(event, TaskIssuedV1)
    return event


async def test_where_the_district_sets_nothing_names_open_with_the_result(desk: Desk) -> None:
    """M2."""
    items = await desk.publish_lists()
    task = await desk.issue_task(items)
    event = await _issued(desk)
    assert (event.names_open, event.batches, event.no_disturb_floor_ppm, event.visit_warnings) == (
        "at_result",
        0,
        0,
        [],
    )
    assert event.names_open_basis
    assert task["names_open"] == {"code": "at_result", "name": "随抽取结果公开"}
    told = [(item.code, item.level, item.ratio_cap_ppm, str(item.item_id)) for item in event.items]
    assert told == [("scjg-001", "general", 50_000, items["scjg-001"]), ("wjw-001", "key", None, items["wjw-001"])]


async def test_a_task_tells_what_the_districts_rules_say_on_the_day_it_is_issued(desk: Desk) -> None:
    """M2, B19, B1: `names_open`, `no_disturb_floor_ppm`, `visit_warnings`."""
    items = await desk.publish_lists()
    await desk.set_rule("names_open", entries=[{"key": "as_visited", "text": PAPER}])
    await desk.set_rule("no_disturb_floor_ppm", limit=5_000)
    await desk.set_rule("visit_warnings", exceptions=[{"key": "30", "limit": 4}, {"key": "1", "limit": 2}])
    await desk.issue_task(items)
    event = await _issued(desk)
    assert (event.names_open, event.names_open_basis, event.no_disturb_floor_ppm) == ("as_visited", PAPER, 5_000)
    assert [(one.days, one.visits) for one in event.visit_warnings] == [(1, 2), (30, 4)]


async def test_a_plan_that_departs_from_the_rule_states_the_paper_it_rests_on(desk: Desk) -> None:
    """M2: public with the plan, and its tasks follow it."""
    items = await desk.publish_lists()
    await desk.set_rule("names_open", entries=[{"key": "at_result", "text": PAPER}])
    body = desk.plan_body(items, names_open="as_visited")
    refused = await desk.post(desk.admin("scjg"), "/v1/plans", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "planning.names_open_without_basis")
    assert "（names_open）第 1 版" in refused.json()["detail"]
    unknown = await desk.post(desk.admin("scjg"), "/v1/plans", desk.plan_body(items, names_open="never"))
    assert unknown.json()["code"] == "planning.names_open_unknown"
    other = "孟双随机办〔2026〕9号"
    plan = await desk.publish_plan(items, names_open="as_visited", names_open_basis=other)
    assert (plan["content"]["names_open"]["code"], plan["content"]["names_open_basis"]) == ("as_visited", other)
    published = (await desk.told())[-1]
    assert isinstance(published, PlanPublishedV1)
    assert (published.names_open, published.names_open_basis) == ("as_visited", other)
    made = await desk.post(desk.admin("scjg"), f"/v1/plans/{plan['plan_id']}/tasks", a_task_body(items))
    await desk.post(desk.admin("scjg"), f"{made.headers['location']}/issuance")
    assert (await _issued(desk)).names_open_basis == other


async def test_where_the_ratio_of_key_items_is_high_the_plan_is_parted_into_batches(desk: Desk) -> None:
    """I2: rule `batch_ratio_ppm`; general items are never parted."""
    items, admin = await desk.publish_lists(), desk.admin("wjw")
    await desk.set_rule("batch_ratio_ppm", limit=500_000)
    ratios = ratio_bodies(10_000, 20_000, 500_000, 1_000_000)
    body = desk.plan_body([items["wjw-001"]], [], sole_ground="《传染病防治法》第五十三条", ratios=ratios)
    refused = await desk.post(admin, "/v1/plans", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "planning.key_items_without_batches")
    assert "C 类抽查比例 50% 达到规则" in refused.json()["detail"]
    general = desk.plan_body([items["scjg-001"]], [], sole_ground="法定", batches=3)
    wrong = await desk.post(desk.admin("scjg"), "/v1/plans", general)
    assert wrong.json()["code"] == "planning.batches_without_key_item"
    made = await desk.post(admin, "/v1/plans", body | {"batches": 4})
    assert made.status_code == 201, made.text
    await desk.walk(admin, made.headers["location"])
    task = await desk.post(admin, f"{made.headers['location']}/tasks", a_task_body({"wjw-001": items["wjw-001"]}))
    assert task.json()["batches"] == 4
    await desk.post(admin, f"{task.headers['location']}/issuance")
    assert (await _issued(desk)).batches == 4


async def test_a_task_without_key_items_is_not_parted_though_its_plan_is(desk: Desk) -> None:
    """I2."""
    items, admin = await desk.publish_lists(), desk.admin("scjg")
    plan = await desk.publish_plan(items, batches=3)
    path = f"/v1/plans/{plan['plan_id']}/tasks"
    only_general = a_task_body({"scjg-001": items["scjg-001"]})
    assert (await desk.post(admin, path, only_general)).json()["batches"] == 0
    assert (await desk.post(admin, path, a_task_body(items))).json()["batches"] == 3
    stated = await desk.post(admin, path, only_general | {"batches": 2})
    assert (stated.status_code, stated.json()["code"]) == (422, "planning.batches_without_key_item")
    too_many = await desk.post(admin, path, a_task_body(items, batches=61))
    assert too_many.json()["code"] == "planning.batches_out_of_range"
