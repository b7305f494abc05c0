"""Rules as data that bind plans and tasks: grounds (N2), special inspections (S2, B20), quiet days (B16), the random
floor (B19), a longer window (planning.task.extended)."""

from __future__ import annotations

from typing import Any

from shared.events.planning import PlanPublishedV1, TaskExtendedV1, TaskIssuedV1
from tests.builders.planning import ratio_bodies
from tests.integration.planning.conftest import Desk, a_task_body

GROUND = "《中华人民共和国统计法》第三十三条"


def a_special(desk: Desk, **changes: Any) -> dict[str, Any]:
    gate = {
        "cause": "燃气监测发现多起泄漏",
        "approver": "区人民政府分管副区长",
        "approved_on": f"{desk.year}-01-01",
        "filing_no": "孟司备〔2026〕3号",
        "ends_on": f"{desk.year}-12-31",
    }
    return gate | changes


async def test_a_department_acts_alone_only_on_a_ground_that_the_rule_lists(desk: Desk) -> None:
    """N2: rule `sole_grounds`; the refusal says which there are."""
    items = await desk.publish_lists()
    await desk.set_rule("sole_grounds", entries=[{"key": "statistics", "text": GROUND}])
    body = desk.plan_body([items["scjg-001"]], [], sole_ground="工作需要")
    refused = await desk.post(desk.admin("scjg"), "/v1/plans", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "planning.sole_ground_not_listed")
    assert GROUND in refused.json()["detail"]
    for ground in ("statistics", f"依据{GROUND}"):
        taken = await desk.post(desk.admin("scjg"), "/v1/plans", body | {"sole_ground": ground})
        assert taken.status_code == 201, taken.text


async def test_a_special_inspection_passes_its_gate_and_is_public_with_it(desk: Desk) -> None:
    """S2, B20: approver, filing number, publication, term; its tasks draw like any other's."""
    items = await desk.publish_lists()
    plan = await desk.publish_plan(items, special=a_special(desk))
    assert plan["content"]["special"]["filing_no"] == "孟司备〔2026〕3号"
    published = (await desk.told())[-1]
    assert isinstance(published, PlanPublishedV1)
    assert published.special is not None
    assert published.special.approver == "区人民政府分管副区长"
    made = await desk.post(desk.admin("scjg"), f"/v1/plans/{plan['plan_id']}/tasks", a_task_body(items))
    assert made.status_code == 201, made.text


async def test_a_special_inspection_that_fails_its_gate_is_refused_by_name(desk: Desk) -> None:
    """B20: rule `special_term_days`."""
    items = await desk.publish_lists()
    await desk.set_rule("special_term_days", limit=90)
    spring = {"window_start": f"{desk.year}-02-01", "window_end": f"{desk.year}-03-01"}
    broken = {
        "planning.special_term_too_long": a_special(desk),
        "planning.special_outside_term": a_special(desk, ends_on=f"{desk.year}-02-20"),
    }
    for code, gate in broken.items():
        refused = await desk.post(desk.admin("scjg"), "/v1/plans", desk.plan_body(items, special=gate, **spring))
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    good = a_special(desk, ends_on=f"{desk.year}-03-20")
    made = await desk.post(desk.admin("scjg"), "/v1/plans", desk.plan_body(items, special=good, **spring))
    assert made.status_code == 201, made.text
    early = await desk.post(desk.admin("scjg"), f"{made.headers['location']}/tasks", a_task_body(items))
    assert (early.status_code, early.json()["code"]) == (409, "planning.plan_not_in_force")


async def test_no_object_is_out_of_the_draw_for_good(desk: Desk) -> None:
    """B19: rule `no_disturb_floor_ppm`, which itself is never zero."""
    items = await desk.publish_lists()
    zero = await desk.set_rule("no_disturb_floor_ppm", limit=0)
    assert (zero.status_code, zero.json()["code"]) == (422, "planning.rule_value_wrong")
    await desk.set_rule("no_disturb_floor_ppm", limit=1000)
    body = desk.plan_body(items, ratios=ratio_bodies(0, 20_000, 30_000, 50_000))
    refused = await desk.post(desk.admin("scjg"), "/v1/plans", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "planning.ratio_below_floor")
    assert refused.json()["detail"].endswith("（no_disturb_floor_ppm）第 1 版规定的底限 0.1%")


async def test_quiet_days_travel_with_the_task_and_leave_it_a_day(desk: Desk) -> None:
    """B16: rules `quiet_days` and `quiet_exceptions`."""
    items, year, admin = await desk.publish_lists(), desk.year, desk.admin("scjg")
    december = {"key": "december", "text": "年末安静期", "starts_on": f"{year}-12-01", "ends_on": f"{year}-12-31"}
    await desk.set_rule("quiet_days", entries=[december])
    plan = await desk.publish_plan(items)
    path = f"/v1/plans/{plan['plan_id']}/tasks"
    quiet = a_task_body(items, window_start=f"{year}-12-02", window_end=f"{year}-12-20")
    made = await desk.post(admin, path, quiet)
    refused = await desk.post(admin, f"{made.headers['location']}/issuance")
    assert (refused.status_code, refused.json()["code"]) == (422, "planning.no_day_left")
    assert "quiet_days" in refused.json()["detail"]
    made = await desk.post(admin, path, a_task_body(items))
    assert (await desk.post(admin, f"{made.headers['location']}/issuance")).status_code == 200
    issued = (await desk.told())[-1]
    assert isinstance(issued, TaskIssuedV1)
    assert (len(issued.quiet_days), issued.quiet_days[0].isoformat()) == (31, f"{year}-12-01")


async def test_what_the_exceptions_name_goes_on_in_quiet_days(desk: Desk) -> None:
    """B16: special inspections by the lawful exception."""
    items, year, admin = await desk.publish_lists(), desk.year, desk.admin("scjg")
    december = {"key": "december", "text": "年末安静期", "starts_on": f"{year}-12-01", "ends_on": f"{year}-12-31"}
    await desk.set_rule("quiet_days", entries=[december])
    await desk.set_rule("quiet_exceptions", entries=[{"key": "special", "text": "经批准的专项检查"}])
    plan = await desk.publish_plan(items, special=a_special(desk))
    body = a_task_body(items, window_start=f"{year}-12-02", window_end=f"{year}-12-20")
    made = await desk.post(admin, f"/v1/plans/{plan['plan_id']}/tasks", body)
    assert (await desk.post(admin, f"{made.headers['location']}/issuance")).status_code == 200


async def test_a_longer_window_is_told_and_nothing_else_of_an_issued_task_changes(desk: Desk) -> None:
    """Issue 5 point 6: a longer window is `planning.task.extended`; a shorter one or one beyond the plan is refused."""
    items, year, admin = await desk.publish_lists(), desk.year, desk.admin("scjg")
    plan = await desk.publish_plan(items)
    body = a_task_body(items, window_end=f"{year}-12-01")
    made = await desk.post(admin, f"/v1/plans/{plan['plan_id']}/tasks", body)
    path = made.headers["location"]
    longer = {"window_end": f"{year}-12-20", "reason": "汛期延后"}
    draft = await desk.post(admin, f"{path}/extensions", longer)
    assert (draft.status_code, draft.json()["code"]) == (409, "planning.task_not_extensible")
    await desk.post(admin, f"{path}/issuance")
    same = await desk.post(admin, f"{path}/extensions", longer | {"window_end": f"{year}-12-01"})
    assert (same.status_code, same.json()["code"]) == (422, "planning.task_window_not_longer")
    beyond = await desk.post(admin, f"{path}/extensions", longer | {"window_end": f"{year + 1}-01-05"})
    assert (beyond.status_code, beyond.json()["code"]) == (422, "planning.task_window_outside_plan")
    extended = await desk.post(admin, f"{path}/extensions", longer)
    assert (extended.status_code, extended.json()["window_end"]) == (200, f"{year}-12-20")
    assert (await desk.get(desk.admin("wjw"), path)).json()["window_end"] == f"{year}-12-20"
    event = (await desk.told())[-1]
    assert isinstance(event, TaskExtendedV1)
    assert (event.window_end.isoformat(), event.reason) == (f"{year}-12-20", "汛期延后")
