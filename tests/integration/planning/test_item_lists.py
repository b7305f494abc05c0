"""Item lists through commit: I1–I4, who sees and decides what."""

from __future__ import annotations

from shared.events.planning import ItemListPublishedV1
from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE
from tests.builders.people import an_officer
from tests.builders.planning import an_item_body
from tests.integration.planning.conftest import Desk


async def test_a_list_goes_from_draft_to_publication_and_is_told_of(desk: Desk) -> None:
    """I4."""
    shown = await desk.publish_list("scjg", an_item_body("scjg-001"), an_item_body("scjg-002", None))
    assert (shown["state"], shown["version"], shown["item_count"]) == ("published", 1, 2)
    first, second = shown["items"]
    assert (first["level_name"], first["ratio_cap_ppm"], second["ratio_cap_ppm"]) == ("一般检查事项", 50_000, None)
    assert first["methods"] == [{"code": "on_site", "name": "实地核查"}]
    (event,) = await desk.told()
    assert isinstance(event, ItemListPublishedV1)
    assert (event.department, event.year, event.version, event.item_count) == ("scjg", desk.year, 1, 2)


async def test_a_draft_is_seen_by_its_department_only_and_a_published_list_by_all(desk: Desk) -> None:
    """架构 Identity: drafts are the owner's."""
    admin = desk.admin("scjg")
    made = await desk.post(admin, "/v1/item-lists", {"year": desk.year, "items": [an_item_body()]})
    path = made.headers["location"]
    assert (await desk.get(admin, path)).status_code == 200
    for other in (desk.admin("wjw"), desk.office):
        assert (await desk.get(other, path)).status_code == 404
        assert (await desk.get(other, "/v1/item-lists")).json()["items"] == []
    await desk.post(admin, f"{path}/submission")
    assert (await desk.get(desk.office, path)).status_code == 200
    assert (await desk.get(desk.admin("wjw"), path)).status_code == 404
    await desk.post(desk.office, f"{path}/approval")
    await desk.post(admin, f"{path}/publication")
    seen = await desk.get(desk.admin("wjw"), path)
    assert len(seen.json()["items"]) == 1


async def test_the_next_version_takes_the_place_of_the_last_and_items_keep_their_ids(desk: Desk) -> None:
    """I4."""
    first = await desk.publish_list("scjg", an_item_body("scjg-001"), an_item_body("scjg-002"))
    second = await desk.publish_list("scjg", an_item_body("scjg-002", name="改了名"), an_item_body("scjg-003"))
    old = (await desk.get(desk.office, f"/v1/item-lists/{first['item_list_id']}")).json()
    assert (old["state"], second["state"], second["version"]) == ("superseded", "published", 2)
    assert old["items"][1]["item_id"] == second["items"][0]["item_id"]
    in_force = (await desk.get(desk.office, f"/v1/items?year={desk.year}")).json()["items"]
    assert [item["code"] for item in in_force] == ["scjg-002", "scjg-003"]
    assert in_force[0]["name"] == "改了名"


async def test_one_version_of_a_year_is_open_at_a_time(desk: Desk) -> None:
    admin = desk.admin("scjg")
    body = {"year": desk.year, "items": [an_item_body()]}
    await desk.post(admin, "/v1/item-lists", body)
    again = await desk.post(admin, "/v1/item-lists", body)
    assert (again.status_code, again.json()["code"]) == (409, "planning.item_list_open_already")


async def test_items_that_break_a_rule_are_refused_by_name(desk: Desk) -> None:
    """I1, I2."""
    broken = {
        "planning.general_item_without_cap": an_item_body(level="general", ratio_cap_ppm=None),
        "planning.key_item_with_cap": an_item_body(level="key"),
        "planning.item_incomplete": an_item_body(bases=[]),
        "planning.method_unknown": an_item_body(methods=["突击检查"]),
    }
    for code, item in broken.items():
        refused = await desk.post(desk.admin("scjg"), "/v1/item-lists", {"year": desk.year, "items": [item]})
        assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_too_many_key_items_are_refused_with_the_rule_named_until_the_office_allows_more(desk: Desk) -> None:
    """I3: the override is a new version of the rule, set by the office with its reason."""
    admin, body = desk.admin("scjg"), {"year": desk.year, "items": [an_item_body(f"k{n}", None) for n in range(3)]}
    await desk.set_rule("key_item_count", limit=2)
    refused = await desk.post(admin, "/v1/item-lists", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "planning.too_many_key_items")
    assert "key_item_count" in refused.json()["detail"]
    await desk.set_rule("key_item_count", limit=2, exceptions=[{"key": "scjg", "limit": 3}])
    assert (await desk.post(admin, "/v1/item-lists", body)).status_code == 201
    versions = (await desk.get(admin, "/v1/rules/key_item_count/versions")).json()
    assert [(one["version"], one["value"]["limit"]) for one in versions] == [(1, 2), (2, 2)]


async def test_the_rules_are_checked_again_when_the_list_is_submitted(desk: Desk) -> None:
    """I3."""
    admin = desk.admin("scjg")
    made = await desk.post(admin, "/v1/item-lists", {"year": desk.year, "items": [an_item_body("k", None)]})
    await desk.set_rule("key_item_count", limit=0)
    refused = await desk.post(admin, f"{made.headers['location']}/submission")
    assert refused.json()["code"] == "planning.too_many_key_items"


async def test_only_the_office_sets_rules(desk: Desk) -> None:
    body = {"value": {"limit": 99}, "reason": "方便"}
    refused = await desk.post(desk.admin("scjg"), "/v1/rules/key_item_count/versions", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "request.role_missing")


async def test_nobody_approves_the_list_he_filed_though_he_sits_in_the_office(desk: Desk) -> None:
    """架构 Identity: the office is a role."""
    both = an_officer(DEPARTMENT_ADMIN, JOINT_OFFICE, department="scjg", district=desk.district)
    made = await desk.post(both, "/v1/item-lists", {"year": desk.year, "items": [an_item_body()]})
    path = made.headers["location"]
    await desk.post(both, f"{path}/submission")
    refused = await desk.post(both, f"{path}/approval")
    assert (refused.status_code, refused.json()["code"]) == (403, "planning.own_filing")
    assert (await desk.post(desk.office, f"{path}/approval")).status_code == 200


async def test_a_returned_list_is_edited_on_the_version_seen_and_filed_again(desk: Desk) -> None:
    """REL20: no lost update."""
    admin = desk.admin("scjg")
    made = await desk.post(admin, "/v1/item-lists", {"year": desk.year, "items": [an_item_body()]})
    path = made.headers["location"]
    await desk.post(admin, f"{path}/submission")
    returned = await desk.post(desk.office, f"{path}/returns", {"reason": "依据不全"})
    assert (returned.json()["state"], returned.json()["remark"]) == ("returned", "依据不全")
    body = {"items": [an_item_body(), an_item_body("scjg-002")]}
    bare = await desk.put(admin, path, body)
    stale = await desk.put(admin, path, body, If_Match='"1"')
    fresh = await desk.put(admin, path, body, If_Match=returned.headers["etag"])
    assert (bare.status_code, stale.status_code, fresh.status_code) == (428, 412, 200)
    await desk.walk(admin, path)
    late = await desk.put(admin, path, body, If_Match='"7"')
    assert (late.status_code, late.json()["code"]) == (409, "planning.not_editable")


async def test_acts_out_of_turn_are_refused_by_name(desk: Desk) -> None:
    admin = desk.admin("scjg")
    made = await desk.post(admin, "/v1/item-lists", {"year": desk.year, "items": [an_item_body()]})
    path = made.headers["location"]
    early = await desk.post(admin, f"{path}/publication")
    assert (early.status_code, early.json()["code"]) == (409, "planning.not_approved")
    stranger = await desk.post(desk.admin("wjw"), f"{path}/submission")
    assert stranger.status_code == 404
    lacking = await desk.post(admin, f"{path}/approval")
    assert (lacking.status_code, lacking.json()["code"]) == (403, "request.role_missing")


async def test_items_in_force_are_filtered_and_paged(desk: Desk) -> None:
    await desk.publish_list("scjg", *(an_item_body(f"scjg-{n:03d}") for n in range(1, 6)))
    await desk.publish_list("wjw", an_item_body("wjw-001", None, name="医疗机构监督检查"))
    await desk.publish_list("wjw", an_item_body("wjw-009", None), year=desk.year + 1)
    first = (await desk.get(desk.office, f"/v1/items?page_size=4&year={desk.year}")).json()
    rest = (await desk.get(desk.office, f"/v1/items?page_size=4&year={desk.year}&cursor={first['next']}")).json()
    codes = [item["code"] for item in (*first["items"], *rest["items"])]
    assert codes == [*(f"scjg-{n:03d}" for n in range(1, 6)), "wjw-001"]
    assert rest["next"] is None

    async def found(query: str) -> list[str]:
        return [item["code"] for item in (await desk.get(desk.office, f"/v1/items?{query}")).json()["items"]]

    assert await found(f"year={desk.year}&level=key") == ["wjw-001"]
    assert await found(f"year={desk.year}&q=医疗 机构") == ["wjw-001"]
    assert await found(f"year={desk.year}&q=scjg-003") == ["scjg-003"]
    assert await found(f"year={desk.year + 1}&department=wjw") == ["wjw-009"]
    assert await found(f"year={desk.year - 1}") == []
