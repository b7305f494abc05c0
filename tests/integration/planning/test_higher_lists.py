"""Lists of higher levels prevail (I5), and lists side by side (I4)."""

from __future__ import annotations

from typing import Any

from shared.events.planning import ItemListPublishedV1, JointListPublishedV1
from tests.builders.planning import an_item_body, ratio_bodies
from tests.integration.planning.conftest import Desk


def a_higher_body(year: int, *items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    head = {"department": "scjg", "tier": "province", "year": year, "source": "豫市监〔2026〕1号"}
    return head | {"items": list(items)} | changes


async def test_an_item_of_a_higher_list_takes_the_place_of_the_districts_once_loaded(desk: Desk) -> None:
    """I5: caps of the province bind plans; a plan made before is refused at submission."""
    items, admin = await desk.publish_lists(), desk.admin("scjg")
    made = await desk.post(admin, "/v1/plans", desk.plan_body(items))
    higher = an_item_body("scjg-001", 30_000, name="省级名称")
    loaded = await desk.post(desk.office, "/v1/higher-item-lists", a_higher_body(desk.year, higher))
    assert (loaded.status_code, loaded.json()["tier_name"], loaded.json()["state"]) == (201, "省级", "published")
    in_force = (await desk.get(admin, f"/v1/items?year={desk.year}&department=scjg")).json()["items"]
    assert [(one["code"], one["name"], one["tier"]) for one in in_force] == [("scjg-001", "省级名称", "province")]
    assert in_force[0]["item_id"] == items["scjg-001"]
    late = await desk.post(admin, f"{made.headers['location']}/submission")
    assert (late.status_code, late.json()["code"]) == (422, "planning.item_not_in_force")
    refused = await desk.post(admin, "/v1/plans", desk.plan_body(items))
    assert (refused.json()["code"], refused.json()["params"]["cap"]) == ("planning.ratio_above_cap", "3%")
    kept = await desk.post(admin, "/v1/plans", desk.plan_body(items, ratios=ratio_bodies(1, 2, 3, 30_000)))
    assert kept.status_code == 201, kept.text
    (event,) = [one for one in await desk.told() if isinstance(one, ItemListPublishedV1) and one.tier == "province"]
    assert (event.department, event.item_count) == ("scjg", 1)


async def test_the_province_prevails_over_the_city_and_the_districts_other_items_stay(desk: Desk) -> None:
    """I5."""
    await desk.publish_list("scjg", an_item_body("scjg-001"), an_item_body("scjg-002"))
    for tier, name in (("province", "省"), ("city", "市")):
        body = a_higher_body(desk.year, an_item_body("scjg-001", name=name), tier=tier)
        assert (await desk.post(desk.office, "/v1/higher-item-lists", body)).status_code == 201
    await desk.publish_list("scjg", an_item_body("scjg-001", name="区"), an_item_body("scjg-002"))
    in_force = (await desk.get(desk.office, f"/v1/items?year={desk.year}")).json()["items"]
    assert [(one["code"], one["name"][:1], one["tier"]) for one in in_force] == [
        ("scjg-001", "省", "province"),
        ("scjg-002", "s", "district"),
    ]


async def test_only_the_office_loads_lists_and_only_those_of_a_higher_level(desk: Desk) -> None:
    """I5."""
    body = a_higher_body(desk.year, an_item_body())
    denied = await desk.post(desk.admin("scjg"), "/v1/higher-item-lists", body)
    assert (denied.status_code, denied.json()["code"]) == (403, "request.role_missing")
    own = await desk.post(desk.office, "/v1/higher-item-lists", body | {"tier": "district"})
    assert (own.status_code, own.json()["code"]) == (422, "planning.not_higher_tier")


async def test_a_newer_higher_list_supersedes_the_last_and_the_difference_is_shown(desk: Desk) -> None:
    """I4, I5."""
    first = a_higher_body(desk.year, an_item_body("scjg-001"), an_item_body("scjg-002"))
    second = a_higher_body(desk.year, an_item_body("scjg-002", 20_000, name="改名"), an_item_body("scjg-003"))
    old = (await desk.post(desk.office, "/v1/higher-item-lists", first)).json()
    new = (await desk.post(desk.office, "/v1/higher-item-lists", second)).json()
    path = f"/v1/item-lists/{new['item_list_id']}/differences?against={old['item_list_id']}"
    shown = (await desk.get(desk.admin("wjw"), path)).json()
    assert (shown["before"]["state"], shown["after"]["version"]) == ("superseded", 2)
    assert [one["code"] for one in shown["added"]] == ["scjg-003"]
    assert [one["code"] for one in shown["removed"]] == ["scjg-001"]
    assert [(one["code"], one["part_names"]) for one in shown["changed"]] == [("scjg-002", ["名称", "比例上限"])]


async def test_an_office_override_of_a_limit_needs_a_reason_and_stays_on_record(desk: Desk) -> None:
    """I3: the ratio of general items; a lasting exception is a version of the rule with who and why."""
    await desk.set_rule("general_cap_ppm", limit=100_000)
    body = {"year": desk.year, "items": [an_item_body("scjg-001", 200_000)]}
    refused = await desk.post(desk.admin("scjg"), "/v1/item-lists", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "planning.cap_above_limit")
    assert "general_cap_ppm" in refused.json()["detail"]
    value = {"limit": 100_000, "exceptions": [{"key": "scjg", "limit": 200_000}]}
    path = "/v1/rules/general_cap_ppm/versions"
    silent = await desk.post(desk.office, path, {"value": value, "reason": ""})
    assert silent.status_code == 422
    await desk.post(desk.office, path, {"value": value, "reason": "食品安全专项要求"})
    assert (await desk.post(desk.admin("scjg"), "/v1/item-lists", body)).status_code == 422
    await desk.post(desk.second, f"{path}/2/approval", {"reason": "会议纪要"})
    assert (await desk.post(desk.admin("scjg"), "/v1/item-lists", body)).status_code == 201
    assert [one["reason"] for one in (await desk.get(desk.office, path)).json()] == ["联席会议议定", "食品安全专项要求"]


async def test_the_joint_list_is_made_by_the_office_from_lists_in_force_and_its_deadline_is_known(desk: Desk) -> None:
    """I5, N2: by 31 March; department lists by 31 December before."""
    items = await desk.publish_lists()
    entry = {"title": "餐饮单位联合抽查", "initiator": "scjg", "item_ids": list(items.values())}
    broken = {
        "planning.joint_entry_of_one": entry | {"item_ids": [items["scjg-001"]]},
        "planning.joint_initiator_without_item": entry | {"initiator": "yjj"},
        "planning.item_not_in_force": entry | {"item_ids": ["019a0000-0000-7000-8000-000000000001"]},
    }
    for code, one in broken.items():
        refused = await desk.post(desk.office, "/v1/joint-item-lists", {"year": desk.year, "entries": [one]})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    empty = await desk.post(desk.office, "/v1/joint-item-lists", {"year": desk.year, "entries": []})
    assert empty.json()["code"] == "planning.joint_list_empty"
    body = {"year": desk.year, "entries": [entry]}
    denied = await desk.post(desk.admin("scjg"), "/v1/joint-item-lists", body)
    assert (denied.status_code, denied.json()["code"]) == (403, "request.role_missing")
    versions = [(await desk.post(desk.office, "/v1/joint-item-lists", body)).json()["version"] for _ in range(2)]
    assert versions == [1, 2]
    shown = (await desk.get(desk.admin("wjw"), f"/v1/joint-item-lists?year={desk.year}")).json()
    assert [one["version"] for one in shown] == [2, 1]
    assert [(part["department"], part["codes"]) for part in shown[0]["entries"][0]["departments"]] == [
        ("scjg", ["scjg-001"]),
        ("wjw", ["wjw-001"]),
    ]
    assert isinstance((await desk.told())[-1], JointListPublishedV1)
    deadlines = (await desk.get(desk.office, f"/v1/list-deadlines?year={desk.year}")).json()
    assert [(one["code"], one["department"], one["due_on"][4:]) for one in deadlines] == [
        ("department_list", "scjg", "-12-31"),
        ("department_list", "wjw", "-12-31"),
        ("joint_list", None, "-03-31"),
    ]
    assert deadlines[0]["due_on"] == f"{desk.year - 1}-12-31"
    assert all(one["done_on"] and one["overdue"] == (one["done_on"] > one["due_on"]) for one in deadlines)
    (missing, *_) = (await desk.get(desk.office, f"/v1/list-deadlines?year={desk.year + 1}")).json()
    assert missing["done_on"] is None
