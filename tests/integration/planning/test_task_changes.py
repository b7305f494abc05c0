"""A task never changes once issued: another scope, ratio, department or method is another task with its own number and
its own draw; only a longer window stays with the task (D2, D5, N6)."""

from __future__ import annotations

import tomllib
from typing import Any
from uuid import UUID

import pytest

from services.planning.domain.plan_content import LibraryVersion
from shared.events.planning import TaskCancelledV1, TaskExtendedV1, TaskIssuedV1
from shared.values.ids import new_id
from tests.architecture.source import ROOT
from tests.builders.planning import (
    a_draw_completed,
    a_draw_voided,
    a_pool_committed,
    a_visit_assigned,
    an_item_body,
    ratio_bodies,
)
from tests.integration.planning.conftest import Desk, a_task_body

OTHER = LibraryVersion(new_id(), 7)
FIXED = ("library", "ratios", "departments", "method", "plan_version", "batches", "names_open", "task_no")


def test_the_only_acts_on_an_issued_task_are_a_longer_window_and_its_end() -> None:
    """D2: nothing can be called that would change what was drawn from."""
    policy = tomllib.loads((ROOT / "gateway/policy/planning.toml").read_text("utf-8"))
    acts = {route for route in policy if "/v1/tasks" in route and not route.startswith("GET ")}
    assert acts == {f"POST /v1/tasks/{{task_id}}/{act}" for act in ("issuance", "extensions", "cancellation")}


async def _adjusted(desk: Desk, plan_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """The plan's next public version."""
    path = f"/v1/plans/{plan_id}"
    del body["year"]
    made = await desk.post(desk.admin("scjg"), f"{path}/adjustments", body | {"reason": "上级部署"})
    assert made.status_code == 201, made.text
    await desk.post(desk.office, f"{path}/approval")
    published = await desk.post(desk.admin("scjg"), f"{path}/publication")
    assert published.status_code == 200, published.text
    return dict(published.json())


@pytest.mark.parametrize("what", ["scope", "ratio", "department", "method"])
async def test_an_adjusted_plan_leaves_its_issued_task_and_the_next_task_has_its_own_number(
    desk: Desk, what: str
) -> None:
    """N6, D2."""
    items, admin = await desk.publish_lists(), desk.admin("scjg")
    old = await desk.issue_task(items)
    if what == "department":
        listed = await desk.publish_list("yjj", an_item_body("yjj-001"))
        items = items | {"yjj-001": listed["items"][0]["item_id"]}
    changes: dict[str, dict[str, Any]] = {
        "scope": {"library": {"library_id": str(OTHER.id), "version": OTHER.version}},
        "ratio": {"ratios": ratio_bodies(20_000, 30_000, 40_000, 50_000)},
        "department": {"participants": ["wjw", "yjj"]},
        "method": {"method": "书面检查"},
    }
    await _adjusted(desk, old["plan_id"], desk.plan_body(items, **changes[what]))
    kept = (await desk.get(admin, f"/v1/tasks/{old['task_id']}")).json()
    assert {name: kept[name] for name in FIXED} == {name: old[name] for name in FIXED}
    cancelled = await desk.post(admin, f"/v1/tasks/{old['task_id']}/cancellation", {"reason": "计划调整"})
    assert cancelled.json()["state"] == "cancelled"
    made = await desk.post(admin, f"/v1/plans/{old['plan_id']}/tasks", a_task_body(items))
    new = (await desk.post(admin, f"{made.headers['location']}/issuance")).json()
    assert (new["task_id"] != old["task_id"], new["task_no"] != old["task_no"]) == (True, True)
    assert (new["plan_version"], old["plan_version"]) == (2, 1)
    gone, issued = (await desk.told())[-2:]
    assert isinstance(gone, TaskCancelledV1)
    assert isinstance(issued, TaskIssuedV1)
    assert (str(gone.task_id), str(issued.task_id)) == (old["task_id"], new["task_id"])


async def test_a_cancelled_task_stays_cancelled_through_the_public_void_of_its_draw(desk: Desk) -> None:
    """D2: two people void it in draw; what was drawn for the old task counts for nothing."""
    items = await desk.publish_lists()
    task_id = UUID((await desk.issue_task(items))["task_id"])
    draw_id = new_id()
    visit = a_visit_assigned(task_id, draw_id, "scjg", "wjw")
    await desk.hear(a_pool_committed(task_id, draw_id), a_draw_completed(task_id, draw_id, 1), visit)
    await desk.post(desk.admin("scjg"), f"/v1/tasks/{task_id}/cancellation", {"reason": "计划调整"})
    await desk.hear(a_draw_voided(task_id, draw_id))
    shown = (await desk.get(desk.admin("wjw"), f"/v1/tasks/{task_id}")).json()
    assert (shown["state"], shown["progress"]["visits_expected"]) == ("cancelled", 0)
    again = await desk.post(desk.admin("scjg"), f"/v1/tasks/{task_id}/issuance")
    assert (again.status_code, again.json()["code"]) == (409, "planning.task_not_draft")


async def test_a_longer_window_keeps_task_number_and_draw(desk: Desk) -> None:
    """D5: `planning.task.extended`, and no new task."""
    items, admin = await desk.publish_lists(), desk.admin("scjg")
    plan = await desk.publish_plan(items)
    body = a_task_body(items, window_end=f"{desk.year}-12-01")
    made = await desk.post(admin, f"/v1/plans/{plan['plan_id']}/tasks", body)
    path = made.headers["location"]
    before = (await desk.post(admin, f"{path}/issuance")).json()
    longer = {"window_end": f"{desk.year}-12-30", "reason": "汛期延后"}
    after = (await desk.post(admin, f"{path}/extensions", longer)).json()
    assert {name: after[name] for name in FIXED} == {name: before[name] for name in FIXED}
    assert (after["window_end"], after["task_id"]) == (f"{desk.year}-12-30", before["task_id"])
    assert isinstance((await desk.told())[-1], TaskExtendedV1)
