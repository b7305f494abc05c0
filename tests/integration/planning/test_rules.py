"""Rules as data through commit: a second officer approves (I3, N7); refusals name rule, version and value."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.builders.planning import an_item_body
from tests.integration.planning.conftest import Desk

KEY_COUNT = "/v1/rules/key_item_count/versions"


def _three_key_items(desk: Desk) -> dict[str, Any]:
    return {"year": desk.year, "items": [an_item_body(f"k{n}", None) for n in range(3)]}


async def test_a_rule_binds_nobody_until_another_officer_of_the_office_approves_it(desk: Desk) -> None:
    """I3."""
    proposed = (await desk.propose_rule("key_item_count", limit=2)).json()
    assert (proposed["state"], proposed["decided_at"]) == ("proposed", None)
    assert (await desk.get(desk.office, "/v1/rules")).json() == []
    assert [one["code"] for one in (await desk.get(desk.office, "/v1/rules/proposals")).json()] == ["key_item_count"]
    own = await desk.post(desk.office, f"{KEY_COUNT}/1/approval", {"reason": "同意"})
    assert (own.status_code, own.json()["code"]) == (403, "planning.own_filing")
    admin = await desk.post(desk.admin("scjg"), f"{KEY_COUNT}/1/approval", {"reason": "同意"})
    assert (admin.status_code, admin.json()["code"]) == (403, "request.role_missing")
    silent = await desk.post(desk.second, f"{KEY_COUNT}/1/approval", {"reason": " "})
    assert silent.status_code == 422
    approved = await desk.post(desk.second, f"{KEY_COUNT}/1/approval", {"reason": "第1次会议纪要"})
    assert (approved.json()["state"], approved.json()["decision_reason"]) == ("approved", "第1次会议纪要")
    assert [one["version"] for one in (await desk.get(desk.office, "/v1/rules")).json()] == [1]
    assert (await desk.get(desk.office, "/v1/rules/proposals")).json() == []
    again = await desk.post(desk.second, f"{KEY_COUNT}/1/rejection", {"reason": "再议"})
    assert (again.status_code, again.json()["code"]) == (409, "planning.decided_already")
    unknown = await desk.post(desk.second, f"{KEY_COUNT}/9/approval", {"reason": "同意"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "planning.rule_version_unknown")


async def test_a_rejected_version_leaves_the_one_in_force_as_it_is(desk: Desk) -> None:
    await desk.set_rule("key_item_count", limit=2)
    await desk.propose_rule("key_item_count", limit=99)
    await desk.post(desk.second, f"{KEY_COUNT}/2/rejection", {"reason": "数量过多"})
    (standing,) = (await desk.get(desk.office, "/v1/rules")).json()
    assert (standing["version"], standing["value"]["limit"]) == (1, 2)
    shown = (await desk.get(desk.admin("scjg"), KEY_COUNT)).json()
    assert [(one["version"], one["state"], one["decision_reason"]) for one in shown] == [
        (1, "approved", "会议纪要"),
        (2, "rejected", "数量过多"),
    ]


async def test_a_rule_is_effective_from_its_day_and_never_backwards(desk: Desk) -> None:
    async with desk.planning.work(desk.office) as work:
        today = work.today
    body: dict[str, Any] = {"value": {"limit": 1}, "reason": "议定"}
    late = await desk.post(desk.office, KEY_COUNT, body | {"effective_on": (today - timedelta(days=1)).isoformat()})
    assert (late.status_code, late.json()["code"]) == (422, "planning.rule_effective_in_past")
    tomorrow = (today + timedelta(days=1)).isoformat()
    made = await desk.post(desk.office, KEY_COUNT, body | {"effective_on": tomorrow})
    version = made.json()["version"]
    approved = await desk.post(desk.second, f"{KEY_COUNT}/{version}/approval", {"reason": "同意"})
    assert approved.json()["effective_on"] == tomorrow
    assert (await desk.get(desk.office, "/v1/rules")).json() == []


async def test_a_refusal_names_the_rule_its_version_and_its_value(desk: Desk) -> None:
    """I3: `explained in every refusal`."""
    await desk.set_rule("key_item_count", limit=9)
    await desk.set_rule("key_item_count", limit=2)
    refused = await desk.post(desk.admin("scjg"), "/v1/item-lists", _three_key_items(desk))
    text = "scjg 的重点检查事项有 3 项，超过规则“重点检查事项数量上限”（key_item_count）第 2 版规定的 2 项"
    assert refused.json()["detail"].startswith(text)


async def test_an_override_holds_for_one_department_and_year_once_the_office_approves_it(desk: Desk) -> None:
    """I3: asked for with a reason, approved with a reason, both kept; the rule stays as it is."""
    admin, body = desk.admin("scjg"), _three_key_items(desk)
    await desk.set_rule("key_item_count", limit=2)
    asked = {"rule": "key_item_count", "year": desk.year, "limit": 3, "reason": "新增一项公共安全检查"}
    made = await desk.post(admin, "/v1/limit-overrides", asked)
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    path = made.headers["location"]
    assert (await desk.post(admin, "/v1/item-lists", body)).json()["code"] == "planning.too_many_key_items"
    assert (await desk.post(admin, f"{path}/approval", {"reason": "同意"})).status_code == 403
    assert (await desk.get(desk.admin("wjw"), path)).status_code == 404
    approved = await desk.post(desk.office, f"{path}/approval", {"reason": "联席会议同意"})
    assert (approved.json()["state"], approved.json()["decision_reason"]) == ("approved", "联席会议同意")
    assert (await desk.get(admin, path)).headers["etag"] == '"2"'
    late = await desk.post(desk.second, f"{path}/rejection", {"reason": "不同意"})
    assert (late.status_code, late.json()["code"]) == (409, "planning.decided_already")
    assert (await desk.post(admin, "/v1/item-lists", body)).status_code == 201
    other = [an_item_body(f"w{n}", None) for n in range(3)]
    for who, wrong in ((desk.admin("wjw"), {"year": desk.year}), (admin, {"year": desk.year + 1})):
        refused = await desk.post(who, "/v1/item-lists", wrong | {"items": other})
        assert refused.json()["code"] == "planning.too_many_key_items"
    listed = (await desk.get(desk.office, f"/v1/limit-overrides?state=approved&year={desk.year}")).json()["items"]
    assert [one["department"] for one in listed] == ["scjg"]
    assert (await desk.get(desk.admin("wjw"), "/v1/limit-overrides")).json()["items"] == []


async def test_an_override_of_a_cap_is_for_one_item_and_a_rejected_one_changes_nothing(desk: Desk) -> None:
    """I3: the ratio of general items."""
    admin = desk.admin("scjg")
    await desk.set_rule("general_cap_ppm", limit=100_000)
    asked = {"rule": "general_cap_ppm", "year": desk.year, "limit": 200_000, "reason": "食品安全"}
    broken = {
        "planning.override_item_missing": asked,
        "planning.rule_not_overridable": asked | {"rule": "region_code", "item_code": "scjg-001"},
        "planning.override_out_of_range": asked | {"limit": 0, "item_code": "scjg-001"},
    }
    for code, one in broken.items():
        refused = await desk.post(admin, "/v1/limit-overrides", one)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    for item, step in (("scjg-001", "approval"), ("scjg-002", "rejection")):
        made = await desk.post(admin, "/v1/limit-overrides", asked | {"item_code": item})
        await desk.post(desk.office, f"{made.headers['location']}/{step}", {"reason": "议定"})
    allowed, not_allowed = an_item_body("scjg-001", 200_000), an_item_body("scjg-002", 200_000)
    refused = await desk.post(admin, "/v1/item-lists", {"year": desk.year, "items": [allowed, not_allowed]})
    assert (refused.json()["code"], "scjg-002" in refused.json()["detail"]) == ("planning.cap_above_limit", True)
    taken = await desk.post(admin, "/v1/item-lists", {"year": desk.year, "items": [allowed]})
    assert taken.status_code == 201, taken.text
