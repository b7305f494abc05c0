"""What each may see of tasks, recusals, the log and the record (D2, SEC33)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from shared.runtime.principal import Principal
from shared.values.ids import new_id
from tests.builders.people import a_department_admin, an_inspector, the_service
from tests.integration.draw.conftest import Led, tell

Lead = Callable[..., Awaitable[Led]]


async def test_a_task_waits_in_the_list_until_it_has_a_live_draw(lead: Lead) -> None:
    led = await lead()
    waiting = (await led.get(led.freezer, "/v1/tasks"))["items"]
    assert [(task["task_id"], task["draw_id"]) for task in waiting] == [(str(led.task.task_id), None)]
    await led.freeze()
    drawn = (await led.get(led.committer, "/v1/tasks"))["items"]
    assert [task["draw_id"] for task in drawn] == [str(led.draw_id)]
    assert (await led.get(a_department_admin("jtj", led.district), "/v1/tasks"))["items"] == []


async def test_a_task_told_twice_is_one_task_and_a_later_version_replaces_it(lead: Lead) -> None:
    """REL8: redelivered and reordered events change nothing."""
    led = await lead()
    await tell(led.served, led.district, led.task.model_copy(update={"aggregate_version": 3, "title": "新名称"}))
    await tell(led.served, led.district, led.task.model_copy(update={"aggregate_version": 2, "title": "旧名称"}))
    assert [task["title"] for task in (await led.get(led.freezer, "/v1/tasks"))["items"]] == ["新名称"]


async def test_the_ground_of_a_recusal_stays_in_its_department_and_out_of_the_record(lead: Lead) -> None:
    led = await lead()
    officer = led.registry.inspectors[5]
    pair = {"inspector_id": officer["inspector_id"], "entity_id": led.registry.objects[0]["entity_id"]}
    ground = {"ground": "配偶在该企业任职"}
    own = an_inspector(new_id(), "scjg", led.district)
    refused = await led.post(own, "/v1/recusals", pair | ground, None)
    assert (refused.status_code, refused.json()["code"]) == (403, "draw.not_own_recusal")
    await led.post(led.freezer, "/v1/recusals", pair | ground, 201)
    again = await led.post(led.committer, "/v1/recusals", pair | ground, None)
    assert (again.status_code, again.json()["code"]) == (409, "draw.recusal_known")
    seen = (await led.get(led.committer, "/v1/recusals"))["items"]
    assert [recusal["ground"] for recusal in seen] == [ground["ground"]]
    assert (await led.get(a_department_admin("yjj", led.district), "/v1/recusals"))["items"] == []
    await led.led_to_result()
    assert "recusals" not in (await led.record())["public"]
    await led.act(led.committer, "disclosure", {})
    record = await led.record()
    assert len(record["public"]["recusals"]) == 1
    assert ground["ground"] not in json.dumps(record, ensure_ascii=False)


async def test_the_record_of_anybody_is_the_record_of_the_office(lead: Lead) -> None:
    """D2: everybody verifies the same; objects that were not drawn keep their names."""
    led = await lead()
    await led.led_to_result()
    await led.act(led.committer, "disclosure", {"with_inspectors": False})
    anybody = Principal("anonymous", led.district)
    record = await led.get(anybody, f"/v1/draws/{led.draw_id}/record")
    assert record == await led.record()
    opened = {row.split("\t")[3] for row in record["public"]["openings"]}
    drawn = sum(line.startswith("D\t") for line in record["expected"]["result_text"].splitlines())
    assert len(opened) == drawn < len(led.registry.objects)
    text = json.dumps(record, ensure_ascii=False)
    hidden = [row["entity_id"] for row in led.registry.objects if row["entity_id"] not in opened]
    assert not any(entity_id in text for entity_id in hidden)
    assert not any(row["name"] in text for row in led.registry.inspectors)


async def test_the_log_is_read_page_by_page_in_order(lead: Lead) -> None:
    led = await lead()
    await led.led_to_result()
    first = await led.get(led.freezer, "/v1/log?page_size=2")
    second = await led.get(led.freezer, f"/v1/log?page_size=2&cursor={first['next']}")
    assert [entry["log_seq"] for entry in first["items"] + second["items"]] == [1, 2, 3]
    assert second["next"] is None
    texts = [json.loads(entry["text"]) for entry in first["items"] + second["items"]]
    assert [text["log_prev"] for text in texts[1:]] == [entry["digest"] for entry in first["items"]]
    assert (await led.get(led.freezer, f"/v1/log?draw={new_id()}"))["items"] == []
    async with led.served.client(led.freezer) as client:
        odd = await client.get("/v1/log?cursor=eyJ9")
    assert odd.json()["code"] == "request.bad_cursor"


async def test_another_service_asks_for_a_visit_and_officers_cannot_use_its_door(lead: Lead) -> None:
    led = await lead()
    await led.led_to_result()
    visit = (await led.get(led.freezer, "/v1/visits?page_size=1"))["items"][0]
    path = f"/internal/v1/visits/{visit['visit_id']}"
    assert await led.get(the_service("results", led.district), path) == visit
    async with led.served.client(led.freezer) as client:
        assert (await client.get(path)).status_code == 403
    mine = await led.get(led.freezer, f"/v1/visits?inspector={visit['seats'][0]['inspector_id']}&page_size=200")
    assert visit["visit_id"] in {found["visit_id"] for found in mine["items"]}
    assert (await led.get(led.freezer, f"/v1/visits?inspector={new_id()}"))["items"] == []
