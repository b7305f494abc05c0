"""A plan tried on the libraries before approval (B8): a read that keeps nothing."""

from __future__ import annotations

from services.planning.domain.plan_content import LibraryVersion
from services.planning.domain.what_if import OfficerGroup
from shared.values.ids import new_id
from tests.builders.planning import an_item_body, ratio_bodies
from tests.integration.planning.conftest import Desk, StubRegistry

FOOD = LibraryVersion(new_id(), 2)
SCOPE = {"library_id": str(FOOD.id), "version": 2}


async def _draft(desk: Desk, registry: StubRegistry) -> str:
    """A draft of scjg with wjw over 1,000 firms of class B and 100 of D, in May and June."""
    registry.hold("B", 1000, FOOD)
    registry.hold("D", 100, FOOD)
    registry.groups += [
        OfficerGroup("scjg", frozenset({"食品安全"}), 3),
        OfficerGroup("scjg", frozenset({"食品安全", "冷链食品"}), 2),
        OfficerGroup("wjw", frozenset({"卫生监督"}), 1),
    ]
    items = await desk.publish_lists()
    body = desk.plan_body(items, library=SCOPE, window_start=f"{desk.year}-05-01", window_end=f"{desk.year}-06-30")
    made = await desk.post(desk.admin("scjg"), "/v1/plans", body)
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


async def test_a_draft_shows_visits_by_month_officers_against_them_and_what_cannot_be_staffed(
    desk: Desk, registry: StubRegistry
) -> None:
    """B8: 1,000 × 2 % + 100 × 5 % = 25 visits; one officer of wjw makes no team of two."""
    path = await _draft(desk, registry)
    await desk.set_rule("officer_visits_per_month", limit=4)
    wish = {"department": "scjg", "officers": 2, "officer_tags": ["食品安全"]}
    tried = await desk.post(desk.admin("scjg"), f"{path}/what-if", {"departments": [wish]})
    assert tried.status_code == 200, tried.text
    shown = tried.json()
    assert (shown["objects"], shown["expected_visits"]) == (1100, 25.0)
    scjg, wjw = shown["departments"]
    assert [(one["department"], one["qualified"]) for one in (scjg, wjw)] == [("scjg", 5), ("wjw", 1)]
    assert [month["month"] for month in scjg["months"]] == [f"{desk.year}-05-01", f"{desk.year}-06-01"]
    assert round(sum(month["expected_visits"] for month in scjg["months"]), 2) == 25.0
    assert [month["capacity"] for month in scjg["months"]] == [20.0, 20.0]
    for month in scjg["months"]:
        assert month["shortage"] == "over_capacity"
        assert round(month["officer_slots"] - month["capacity"], 2) == month["infeasible_slots"]
    assert {month["shortage"] for month in wjw["months"]} == {"no_team"}
    both = [month["infeasible_slots"] for one in (scjg, wjw) for month in one["months"]]
    assert shown["infeasible_slots"] == round(sum(both), 2)


async def test_other_ratios_are_tried_and_those_that_break_a_rule_are_refused(
    desk: Desk, registry: StubRegistry
) -> None:
    """B8, N3: nothing is kept."""
    path = await _draft(desk, registry)
    doubled = {"ratios": ratio_bodies(10_000, 40_000, 40_000, 50_000)}
    falling = {"ratios": ratio_bodies(10_000, 40_000, 30_000, 50_000)}
    assert (await desk.post(desk.admin("scjg"), f"{path}/what-if", doubled)).json()["expected_visits"] == 45.0
    refused = await desk.post(desk.admin("scjg"), f"{path}/what-if", falling)
    assert (refused.status_code, refused.json()["code"]) == (422, "planning.ratio_falls_with_risk")
    plan = (await desk.get(desk.admin("scjg"), path)).json()
    assert (plan["row_version"], plan["content"]["ratios"][1]["ppm"]) == (1, 20_000)


async def test_visits_that_a_merge_would_save_are_shown_before_approval(desk: Desk, registry: StubRegistry) -> None:
    """B8, N4."""
    path = await _draft(desk, registry)
    listed = await desk.publish_list("yjj", an_item_body("yjj-001"))
    body = desk.plan_body([listed["items"][0]["item_id"]], [], library=SCOPE, sole_ground="《安全生产法》第六十五条")
    other = await desk.post(desk.admin("yjj"), "/v1/plans", body)
    await desk.walk(desk.admin("yjj"), other.headers["location"])
    (overlap,) = (await desk.post(desk.admin("scjg"), f"{path}/what-if", {})).json()["overlaps"]
    assert [side["departments"] for side in overlap["sides"]] == [["scjg", "wjw"], ["yjj"]]
    assert (overlap["saved_visits"], overlap["shared_objects"]) == (25.0, 1100)


async def test_the_load_of_the_years_other_plans_is_on_the_same_officers(desk: Desk, registry: StubRegistry) -> None:
    """B8: 25 visits of another plan of scjg, two officers each, in the same two months."""
    path = await _draft(desk, registry)
    await desk.set_rule("officer_visits_per_month", limit=10)
    items = [
        one["item_id"]
        for one in (await desk.get(desk.office, f"/v1/items?department=scjg&year={desk.year}")).json()["items"]
    ]
    body = desk.plan_body(items, [], library=SCOPE, sole_ground="《食品安全法》第一百一十条")
    other = await desk.post(
        desk.admin("scjg"),
        "/v1/plans",
        body | {"window_start": f"{desk.year}-05-01", "window_end": f"{desk.year}-06-30"},
    )
    await desk.walk(desk.admin("scjg"), other.headers["location"])
    scjg, wjw = (await desk.post(desk.admin("scjg"), f"{path}/what-if", {})).json()["departments"]
    assert round(sum(month["other_slots"] for month in scjg["months"]), 2) == 50.0
    assert [month["other_slots"] for month in wjw["months"]] == [0.0, 0.0]
    for month in scjg["months"]:
        over = month["officer_slots"] + month["other_slots"] - month["capacity"]
        assert (month["infeasible_slots"], month["shortage"] is None) == (round(max(0.0, over), 2), over <= 0)


async def test_a_draft_of_another_department_is_not_tried(desk: Desk, registry: StubRegistry) -> None:
    path = await _draft(desk, registry)
    assert (await desk.post(desk.admin("yjj"), f"{path}/what-if", {})).status_code == 404
