"""What the exchange hears becomes rows, one per dataset, key and version (REL29, P2, P3, P4, P5)."""

from __future__ import annotations

import asyncpg
import orjson
import pytest

from shared.values.ids import new_id
from tests.builders.exchange import a_plan, a_result, a_task, corrected, withdrawn
from tests.builders.people import a_department_admin
from tests.integration.exchange.conftest import ExchangeDistrict


async def test_a_published_result_is_staged_for_every_peer_in_its_form(here: ExchangeDistrict) -> None:
    plan_id, task_id = new_id(), new_id()
    await here.hear(a_plan(plan_id), a_task(plan_id, task_id))
    await here.hear(a_result(plan_id=plan_id, task_id=task_id))
    (action,) = await here.rows("supervision.check_actions")
    body = orjson.loads(action["body"])
    assert body["supervise_item_implement_code"].isdecimal()
    assert len(body["supervise_item_implement_code"]) == 14
    assert body["plan_id"] == "JH-2026-0001"
    (public,) = await here.rows("necips.results")
    shown = orjson.loads(public["body"])
    assert shown["details"] == [{"raninsItemName": "价格公示情况检查", "raninsCheckResName": "未发现问题"}]
    assert shown["raninsTaskName"] == "公共场所卫生联合抽查任务"
    (plan,) = await here.rows("supervision.plans")
    assert orjson.loads(plan["body"])["check_ratio"] == "0.05", "a decimal of 0–1, not a percentage"
    assert await here.states("province.results") == [(1, "staged")]
    assert await here.states("supervision.drawn_objects") == [(1, "staged")]


async def test_what_is_heard_twice_is_staged_once(here: ExchangeDistrict) -> None:
    result = a_result()
    await here.hear(result)
    await here.hear(result)
    await here.hear(corrected(result), result)
    assert await here.states("province.results") == [(1, "staged"), (2, "staged")]


async def test_a_withdrawn_result_leaves_a_deletion_of_its_owners(here: ExchangeDistrict) -> None:
    result = a_result()
    await here.hear(result, withdrawn(result))
    rows = await here.rows("province.results")
    assert [(row["op"], row["owner_department"]) for row in rows] == [("I", "scjg"), ("D", "scjg")]


async def test_a_result_heard_before_its_plan_is_completed_when_the_plan_is_heard(here: ExchangeDistrict) -> None:
    plan_id, task_id = new_id(), new_id()
    await here.hear(a_result(plan_id=plan_id, task_id=task_id))
    assert await here.states("supervision.check_actions") == [(1, "blocked")]
    await here.hear(a_plan(plan_id))
    assert await here.states("supervision.check_actions") == [(1, "superseded"), (2, "staged")]


async def test_an_unmapped_code_blocks_the_row_and_its_department_reads_why(here: ExchangeDistrict) -> None:
    await here.hear(a_result(department="newdept"))
    owner = a_department_admin("newdept", here.district)
    async with here.exchange.client(owner) as client:
        items = (await client.get("/v1/work-items", params={"dataset": "province.results"})).json()["items"]
        reasons = [problem["text"] for problem in items[0]["problems"]]
        assert reasons == ["“检查部门”的代码 newdept 在代码表“部门统一社会信用代码”中没有对应值"]
        other = a_department_admin("wjw", here.district)
    async with here.exchange.client(other) as client:
        assert (await client.get("/v1/work-items")).json()["items"] == []
        hidden = await client.get(f"/v1/outbound-rows/{items[0]['row_id']}")
        assert hidden.status_code == 404


async def test_a_correction_is_a_higher_version_and_the_first_stays(here: ExchangeDistrict) -> None:
    await here.hear(a_result(uscc="X"))
    owner = a_department_admin("scjg", here.district)
    async with here.exchange.client(owner) as client:
        items = (await client.get("/v1/work-items", params={"dataset": "province.results"})).json()["items"]
        path = f"/v1/outbound-rows/{items[0]['row_id']}/corrections"
        wrong = await client.post(path, json={"values": {"result_id": "1"}, "note": "改号"})
        assert wrong.status_code == 422
        assert wrong.json()["code"] == "exchange.field_not_correctable"
        done = await client.post(path, json={"values": {"uscc": "91410308MXYT81MC3Y"}, "note": "补录代码"})
        assert (done.status_code, done.json()["version"], done.json()["state"]) == (201, 2, "staged")
        again = await client.post(path, json={"values": {}, "note": "再来一次"})
        assert again.status_code == 409
        detail = (await client.get(f"/v1/outbound-rows/{done.json()['row_id']}")).json()
    assert detail["body"]["uscc"] == "91410308MXYT81MC3Y"
    assert [one["state"] for one in detail["versions"]] == ["superseded", "staged"]


async def test_a_correction_outlives_the_next_version_of_the_fact_unless_the_fact_says_otherwise(
    here: ExchangeDistrict,
) -> None:
    result = a_result(uscc="X")
    await here.hear(result)
    owner = a_department_admin("scjg", here.district)
    async with here.exchange.client(owner) as client:
        items = (await client.get("/v1/work-items", params={"dataset": "province.results"})).json()["items"]
        path = f"/v1/outbound-rows/{items[0]['row_id']}/corrections"
        await client.post(path, json={"values": {"uscc": "91410308MXYT81MC3Y"}, "note": "补录代码"})
    await here.hear(corrected(result, 2), corrected(result, 3, uscc="Y"))
    rows = await here.rows("province.results")
    assert [row["state"] for row in rows] == ["superseded", "staged", "staged", "blocked"]


async def test_nobody_can_change_what_a_row_says(here: ExchangeDistrict) -> None:
    await here.hear(a_result())
    with pytest.raises(asyncpg.RaiseError, match="a correction is a new version"):
        async with here.work() as work:
            await work.driver.execute("UPDATE outbound_rows SET body = '{}'")
