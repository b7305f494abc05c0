"""Tasks through commit: issued to draw, their progress derived from what draw and results tell (D5, W14)."""

from __future__ import annotations

import asyncio
from uuid import UUID

from shared.events.planning import TaskCancelledV1, TaskIssuedV1
from shared.values.ids import new_id
from tests.builders.people import the_service
from tests.builders.planning import (
    a_draw_completed,
    a_draw_voided,
    a_pool_committed,
    a_published,
    a_recorded,
    a_reopened,
    a_substitution,
    a_visit_assigned,
    a_withdrawn,
    an_excused,
    an_exempted,
    an_item_body,
    ratio_bodies,
)
from tests.integration.planning.conftest import Desk, a_task_body

BOTH = ("scjg", "wjw")


async def _state(desk: Desk, task_id: UUID) -> str:
    return str((await desk.get(desk.admin("wjw"), f"/v1/tasks/{task_id}")).json()["state"])


async def test_an_issued_task_tells_draw_all_it_needs(desk: Desk) -> None:
    """D1."""
    items = await desk.publish_lists()
    task = await desk.issue_task(items)
    assert (task["state"], task["plan_version"], len(task["task_no"])) == ("issued", 1, 18)
    assert task["task_no"].startswith("410308")
    event = (await desk.told())[-1]
    assert isinstance(event, TaskIssuedV1)
    assert (str(event.task_id), event.task_no, event.plan_no) == (task["task_id"], task["task_no"], task["plan_no"])
    assert [(part.department, part.officers) for part in event.departments] == [("scjg", 2), ("wjw", 2)]
    assert [str(part.item_ids[0]) for part in event.departments] == list(items.values())
    assert (str(event.library_id), event.library_version) == (task["library"]["library_id"], 3)
    assert {ratio.credit_class: ratio.ppm for ratio in event.ratios}["U"] == 20_000


async def test_a_task_that_leaves_its_plan_is_refused_by_name(desk: Desk) -> None:
    """N6, B2."""
    items = await desk.publish_lists()
    plan = await desk.publish_plan(items)
    path = f"/v1/plans/{plan['plan_id']}/tasks"
    lone = [{"department": "scjg", "item_ids": [items["scjg-001"]], "officers": 1}]
    broken = {
        "planning.too_few_officers": a_task_body(items, departments=lone),
        "planning.task_department_not_in_plan": a_task_body({"yjj-001": items["wjw-001"]}),
        "planning.task_item_not_in_plan": a_task_body({"scjg-001": items["wjw-001"]}),
        "planning.task_window_outside_plan": a_task_body(items, window_end=f"{desk.year + 1}-01-01"),
        "planning.task_ratio_above_plan": a_task_body(
            {"wjw-001": items["wjw-001"]}, ratios=ratio_bodies(1, 2, 3, 60_000)
        ),
    }
    for code, body in broken.items():
        refused = await desk.post(desk.admin("scjg"), path, body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    other = await desk.post(desk.admin("wjw"), path, a_task_body(items))
    assert other.status_code == 404


async def test_a_task_is_issued_once(desk: Desk) -> None:
    task = await desk.issue_task(await desk.publish_lists())
    again = await desk.post(desk.admin("scjg"), f"/v1/tasks/{task['task_id']}/issuance")
    assert (again.status_code, again.json()["code"]) == (409, "planning.task_not_draft")


async def test_progress_follows_the_draw_and_the_results_to_the_last_part(desk: Desk) -> None:
    """D5, W14: one department's results do not complete a task of two."""
    task_id = UUID((await desk.issue_task(await desk.publish_lists()))["task_id"])
    draw_id = new_id()
    await desk.hear(a_pool_committed(task_id, draw_id))
    assert await _state(desk, task_id) == "pool_committed"
    visits = [a_visit_assigned(task_id, draw_id, *BOTH) for _ in range(2)]
    await desk.hear(a_draw_completed(task_id, draw_id, 2), *visits)
    assert await _state(desk, task_id) == "drawn"
    await desk.hear(a_recorded(visits[0], "scjg"))
    assert await _state(desk, task_id) == "inspecting"
    await desk.hear(*(a_published(visit, "scjg") for visit in visits))
    shown = (await desk.get(desk.admin("scjg"), f"/v1/tasks/{task_id}")).json()
    assert (shown["state"], shown["state_name"]) == ("inspecting", "检查中")
    assert (shown["progress"]["parts_due"], shown["progress"]["parts_published"]) == (4, 2)
    last = [a_published(visit, "wjw") for visit in visits]
    await desk.hear(*last)
    assert await _state(desk, task_id) == "completed"
    await desk.hear(a_withdrawn(last[0]))
    assert await _state(desk, task_id) == "inspecting"
    done = (await desk.get(desk.office, "/v1/tasks?state=completed")).json()["items"]
    open_yet = (await desk.get(desk.office, "/v1/tasks?state=inspecting&department=wjw")).json()["items"]
    assert ([task["task_id"] for task in open_yet], done) == ([str(task_id)], [])


async def test_parts_the_law_keeps_from_the_public_or_a_recognised_result_excuses_are_done(desk: Desk) -> None:
    """R3, R5, D5: and are told apart from what is public; a recognition revoked opens its part again."""
    task_id = UUID((await desk.issue_task(await desk.publish_lists()))["task_id"])
    draw_id = new_id()
    visit = a_visit_assigned(task_id, draw_id, *BOTH)
    recorded, excused = a_recorded(visit, "scjg"), an_excused(visit, "wjw")
    await desk.hear(a_draw_completed(task_id, draw_id, 1), visit, recorded, excused)
    assert await _state(desk, task_id) == "inspecting"
    await desk.hear(an_exempted(recorded))
    done = (await desk.get(desk.admin("scjg"), f"/v1/tasks/{task_id}")).json()
    counts = {name: done["progress"][name] for name in ("parts_due", "parts_published", "parts_settled")}
    assert (done["state"], counts) == ("completed", {"parts_due": 2, "parts_published": 0, "parts_settled": 2})
    await desk.hear(a_reopened(excused))
    again = (await desk.get(desk.admin("scjg"), f"/v1/tasks/{task_id}")).json()
    assert (again["state"], again["progress"]["parts_recorded"]) == ("inspecting", 1)
    await desk.hear(a_recorded(visit, "wjw", excused.record_id), a_published(visit, "wjw", excused.record_id))
    assert await _state(desk, task_id) == "completed"


async def test_a_visit_concluded_otherwise_waits_for_its_result(desk: Desk) -> None:
    """R5: only `excused` stands for a result."""
    task_id = UUID((await desk.issue_task(await desk.publish_lists()))["task_id"])
    draw_id = new_id()
    visit = a_visit_assigned(task_id, draw_id, "scjg")
    done = an_excused(visit, "scjg").model_copy(update={"outcome": "done", "recognised_result_id": None})
    await desk.hear(a_draw_completed(task_id, draw_id, 1), visit, done)
    assert await _state(desk, task_id) == "drawn"


async def test_results_heard_before_the_visits_count_once_the_visits_are_known(desk: Desk) -> None:
    """The lanes of draw and results are not ordered against one another."""
    task_id = UUID((await desk.issue_task(await desk.publish_lists()))["task_id"])
    draw_id = new_id()
    visit = a_visit_assigned(task_id, draw_id, *BOTH)
    await desk.hear(*(a_published(visit, one) for one in BOTH))
    assert await _state(desk, task_id) == "issued"
    await desk.hear(visit, a_draw_completed(task_id, draw_id, 1))
    assert await _state(desk, task_id) == "completed"


async def test_a_result_recorded_anew_does_not_take_a_public_one_back(desk: Desk) -> None:
    """R6: a correction is prepared while the public version stands."""
    task_id = UUID((await desk.issue_task(await desk.publish_lists()))["task_id"])
    draw_id, result_id = new_id(), new_id()
    visit = a_visit_assigned(task_id, draw_id, "scjg")
    await desk.hear(a_draw_completed(task_id, draw_id, 1), visit, a_published(visit, "scjg", result_id))
    await desk.hear(a_recorded(visit, "scjg", result_id))
    assert await _state(desk, task_id) == "completed"


async def test_a_voided_draw_takes_its_visits_out_and_the_next_draw_counts(desk: Desk) -> None:
    """D2: a redraw is a new draw."""
    task_id = UUID((await desk.issue_task(await desk.publish_lists()))["task_id"])
    first, second = new_id(), new_id()
    gone = a_visit_assigned(task_id, first, *BOTH)
    await desk.hear(a_pool_committed(task_id, first), a_draw_completed(task_id, first, 1), gone)
    await desk.hear(a_draw_voided(task_id, first))
    assert await _state(desk, task_id) == "issued"
    kept = a_visit_assigned(task_id, second, *BOTH)
    await desk.hear(a_pool_committed(task_id, second), a_draw_completed(task_id, second, 1), kept)
    progress = (await desk.get(desk.admin("scjg"), f"/v1/tasks/{task_id}")).json()["progress"]
    assert (progress["visits_expected"], progress["visits_assigned"], progress["parts_due"]) == (1, 1, 2)


async def test_a_substituted_visit_is_no_longer_due_and_its_substitute_is(desk: Desk) -> None:
    """D6."""
    task_id = UUID((await desk.issue_task(await desk.publish_lists()))["task_id"])
    draw_id = new_id()
    closed, spare = (a_visit_assigned(task_id, draw_id, "scjg") for _ in range(2))
    await desk.hear(a_draw_completed(task_id, draw_id, 1), closed, a_substitution(closed, spare))
    waiting = (await desk.get(desk.admin("scjg"), f"/v1/tasks/{task_id}")).json()
    assert (waiting["state"], waiting["progress"]["visits_expected"]) == ("drawn", 2)
    await desk.hear(spare, a_published(spare, "scjg"))
    done = (await desk.get(desk.admin("scjg"), f"/v1/tasks/{task_id}")).json()
    assert (done["state"], done["progress"]["visits_substituted"], done["progress"]["parts_due"]) == ("completed", 1, 1)


async def test_two_lanes_at_once_leave_the_progress_of_everything_they_told(desk: Desk) -> None:
    """W14: the count waits for the other lane's commit."""
    task_id = UUID((await desk.issue_task(await desk.publish_lists()))["task_id"])
    draw_id = new_id()
    visits = [a_visit_assigned(task_id, draw_id, *BOTH) for _ in range(6)]
    told = [a_published(visit, one) for visit in visits for one in BOTH]
    await asyncio.gather(
        desk.hear(a_draw_completed(task_id, draw_id, 6), *visits[:3]),
        desk.hear(*told[:6]),
        desk.hear(*visits[3:]),
        desk.hear(*told[6:]),
    )
    assert await _state(desk, task_id) == "completed"


async def test_a_cancelled_task_is_told_of_with_its_reason(desk: Desk) -> None:
    task = await desk.issue_task(await desk.publish_lists())
    path = f"/v1/tasks/{task['task_id']}/cancellation"
    stranger = await desk.post(desk.admin("wjw"), path, {"reason": "不想查"})
    cancelled = await desk.post(desk.office, path, {"reason": "计划调整"})
    again = await desk.post(desk.office, path, {"reason": "再次"})
    assert stranger.status_code in (403, 404)
    assert (cancelled.json()["state"], cancelled.json()["cancel_reason"]) == ("cancelled", "计划调整")
    assert (again.status_code, again.json()["code"]) == (409, "planning.task_not_open")
    event = (await desk.told())[-1]
    assert isinstance(event, TaskCancelledV1)
    assert event.reason == "计划调整"


async def test_a_draft_that_was_never_issued_is_cancelled_without_a_word_to_draw(desk: Desk) -> None:
    items = await desk.publish_lists()
    plan = await desk.publish_plan(items)
    made = await desk.post(desk.admin("scjg"), f"/v1/plans/{plan['plan_id']}/tasks", a_task_body(items))
    before = len(await desk.told())
    assert (await desk.get(desk.admin("wjw"), made.headers["location"])).status_code == 404
    await desk.post(desk.admin("scjg"), f"{made.headers['location']}/cancellation", {"reason": "填错"})
    assert len(await desk.told()) == before


async def test_the_sheet_has_the_departments_items_in_the_words_of_the_plans_list_version(desk: Desk) -> None:
    """R1, I4: a list published later does not change the sheet."""
    task = await desk.issue_task(await desk.publish_lists())
    await desk.publish_list("scjg", an_item_body("scjg-001", name="新名称", content=["新内容"]))
    path = f"/internal/v1/tasks/{task['task_id']}"
    results = the_service("results", desk.district)
    sheet = (await desk.get(results, f"{path}/sheet?department=scjg")).json()
    everybody = (await desk.get(results, f"{path}/sheet")).json()
    refused = await desk.get(desk.admin("scjg"), f"{path}/sheet?department=scjg")
    (item,) = sheet["items"]
    assert (item["code"], item["name"], item["list_version"]) == ("scjg-001", "scjg-001 餐饮服务监督检查", 1)
    assert item["content"] == ["许可证是否有效", "进货查验记录是否留存"]
    assert [one["department"] for one in everybody["items"]] == ["scjg", "wjw"]
    assert (refused.status_code, refused.json()["code"]) == (403, "request.services_only")
    assert (await desk.get(the_service("draw", desk.district), path)).json()["task_no"] == task["task_no"]


async def test_twenty_writers_of_tasks_get_twenty_numbers_without_gap_or_duplicate(desk: Desk) -> None:
    """Issue 5: 18 digits, national format; a refused task spends none."""
    items = await desk.publish_lists()
    path = f"/v1/plans/{(await desk.publish_plan(items))['plan_id']}/tasks"
    good = a_task_body(items)
    bad = good | {"window_end": f"{desk.year + 1}-01-01"}
    bodies = [bad if n % 4 == 0 else good for n in range(20)]
    answers = await asyncio.gather(*(desk.post(desk.admin("scjg"), path, body) for body in bodies))
    numbers = sorted(answer.json()["task_no"] for answer in answers if answer.status_code == 201)
    assert [number[-4:] for number in numbers] == [f"1{place:03d}" for place in range(1, 16)]
    assert {len(number) for number in numbers} == {18}
