"""Rows reach the peer through each transport and their receipts come back (REL29, REL38, P2, P3, P4, P5)."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import orjson
import pytest

from deploy.embedded.province import PEER_ROLE
from deploy.embedded.provision_postgres import dsn_of
from services.exchange.usecases.deliver import Pace
from shared.values.ids import new_id
from tests.builders.exchange import a_plan, a_result, a_task, corrected
from tests.builders.people import a_department_admin, the_joint_office
from tests.integration.exchange.conftest import ExchangeDistrict, MockProvince

DATASETS = ("province.results", "necips.results", "supervision.check_actions", "credit_platform.results")
"""Two by HTTP, one by files, one through the front tables."""


async def test_every_result_is_accepted_through_every_transport(here: ExchangeDistrict, mock: MockProvince) -> None:
    plan_id, task_id = new_id(), new_id()
    before = (await mock.told("GET", "/counts"))["datasets"]
    await here.hear(a_plan(plan_id), a_task(plan_id, task_id))
    await here.hear(*(a_result(number, plan_id=plan_id, task_id=task_id) for number in range(1, 8)))
    await here.until_settled(mock, mock.transports(here.district))
    after = await mock.told("GET", "/counts")
    for dataset in DATASETS:
        assert await here.states(dataset) == [(1, "accepted")] * 7, dataset
        had = before.get(dataset, {"accepted": 0})["accepted"]
        assert after["datasets"][dataset]["accepted"] - had == 7, dataset
    assert after["conflicts"] == 0


async def test_a_rejected_row_is_on_its_departments_work_list_and_passes_once_corrected(
    here: ExchangeDistrict, mock: MockProvince
) -> None:
    await here.hear(a_result(), a_result(2, department="wjw"))
    transports = mock.transports(here.district)
    await mock.misbehave(reject_ppm=1_000_000)
    await here.deliver({"province": transports["province"]})
    assert await here.states("province.results") == [(1, "rejected")] * 2
    rejected = [body for kind, body in await here.told() if kind == "exchange.row.rejected.v1"]
    assert {body["department"] for body in rejected} == {"scjg", "wjw"}
    async with here.exchange.client(a_department_admin("scjg", here.district)) as client:
        (item,) = (await client.get("/v1/work-items", params={"dataset": "province.results"})).json()["items"]
        assert item["problems"][0]["text"] == "对方系统退回：与登记信息不一致，请核对后重新报送"
        body = {"values": {"entity_name": "更正后的名称"}, "note": "按登记信息更正"}
        await client.post(f"/v1/outbound-rows/{item['row_id']}/corrections", json=body)
    await here.deliver({"province": transports["province"]})
    rows = [row for row in await here.rows("province.results") if row["owner_department"] == "scjg"]
    assert [(row["version"], row["state"]) for row in rows] == [(1, "superseded"), (2, "accepted")]
    assert orjson.loads(rows[1]["body"])["ent_name"] == "更正后的名称"


async def test_a_version_refused_when_the_next_one_is_out_is_nobodys_work(
    here: ExchangeDistrict, mock: MockProvince
) -> None:
    """Correcting it would make that next version a second time."""
    result = a_result()
    await here.hear(result, corrected(result, 2))
    transports = {"province": mock.transports(here.district)["province"]}
    await mock.misbehave(reject_ppm=1_000_000)
    await here.deliver(transports)
    assert await here.states("province.results") == [(1, "superseded"), (2, "staged")]
    async with here.exchange.client(a_department_admin("scjg", here.district)) as client:
        items = (await client.get("/v1/work-items", params={"dataset": "province.results"})).json()["items"]
        assert items == []
    await mock.misbehave(reject_ppm=0)
    await here.deliver(transports)
    assert await here.states("province.results") == [(1, "superseded"), (2, "accepted")]


async def test_versions_of_a_row_reach_the_peer_in_order_one_after_the_other(
    here: ExchangeDistrict, mock: MockProvince
) -> None:
    result = a_result()
    await here.hear(result, corrected(result, 2), corrected(result, 3))
    transports = {"province": mock.transports(here.district)["province"]}
    for accepted in (1, 2, 3):
        await here.deliver(transports)
        states = [state for _, state in await here.states("province.results")]
        assert states == ["accepted"] * accepted + ["staged"] * (3 - accepted)


async def test_an_answer_that_was_lost_is_asked_for_and_nothing_is_sent_twice(
    here: ExchangeDistrict, mock: MockProvince
) -> None:
    await here.hear(a_result())
    transports = {"province": mock.transports(here.district)["province"]}
    await mock.misbehave(deaf_ppm=1_000_000)
    before = (await mock.told("GET", "/counts"))["datasets"].get("province.results", {"stored": 0})["stored"]
    await here.until_settled(mock, transports)
    assert await here.states("province.results") == [(1, "accepted")]
    after = (await mock.told("GET", "/counts"))["datasets"]["province.results"]
    assert after["stored"] - before == 1


async def test_a_peer_that_answers_late_is_waited_for(here: ExchangeDistrict, mock: MockProvince) -> None:
    await here.hear(a_result())
    transports = {"province": mock.transports(here.district)["province"]}
    await mock.misbehave(late_seconds=0.4)
    await here.deliver(transports)
    assert await here.states("province.results") == [(1, "batched")]
    await here.until_settled(mock, transports)
    assert await here.states("province.results") == [(1, "accepted")]


async def test_a_row_without_answer_goes_to_the_work_list_and_is_asked_for_again_in_its_own_version(
    here: ExchangeDistrict, mock: MockProvince
) -> None:
    await here.hear(a_result())
    transports = {"province": mock.transports(here.district)["province"]}
    await mock.misbehave(refuse_ppm=1_000_000)
    await here.deliver(transports, Pace(timedelta(milliseconds=1), timedelta(0)))
    assert await here.states("province.results") == [(1, "unanswered")]
    await mock.misbehave()
    async with here.exchange.client(the_joint_office(here.district)) as client:
        (item,) = (await client.get("/v1/work-items", params={"peer": "province"})).json()["items"]
        refused = await client.post(
            f"/v1/outbound-rows/{item['row_id']}/corrections", json={"values": {}, "note": "再送"}
        )
        assert refused.json()["code"] == "exchange.not_on_work_list", "it may have arrived: no second version"
        asked = await client.post(f"/v1/outbound-rows/{item['row_id']}/outcome-queries")
        assert asked.json()["state"] == "unknown"
    await here.deliver(transports)
    assert await here.states("province.results") == [(1, "accepted")]


async def test_a_peer_that_changed_its_form_rejects_and_the_reason_names_it(
    here: ExchangeDistrict, mock: MockProvince
) -> None:
    await here.hear(a_result())
    await mock.misbehave(schemas={"province.results": "2027.1"})
    await here.deliver({"province": mock.transports(here.district)["province"]})
    (row,) = await here.rows("province.results")
    assert (row["state"], orjson.loads(row["problems"])[0][2]) == ("rejected", "对方系统退回：格式版本应为 2027.1")


async def test_the_peers_role_sees_the_front_tables_of_its_district_and_nothing_else(
    here: ExchangeDistrict, mock: MockProvince
) -> None:
    await here.hear(a_result())
    await here.deliver({"necips": mock.transports(here.district)["supervision"]})
    site = mock.platform.site
    peer = await asyncpg.connect(dsn_of(site.admin_dsn, "ssj_exchange", PEER_ROLE, site.credentials[PEER_ROLE]))
    try:
        assert await peer.fetchval("SELECT count(*) FROM front_rows") == 0, "no district, no row"
        await peer.execute("SELECT set_config('ssj.district', $1, false)", here.district)
        assert await peer.fetchval("SELECT count(*) FROM front_rows") == 1
        for statement in (
            "SELECT 1 FROM outbound_rows",
            "DELETE FROM front_rows",
            "UPDATE front_receipts SET code = 1",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await peer.execute(statement)
    finally:
        await peer.close()


async def test_rates_count_what_was_judged(here: ExchangeDistrict, mock: MockProvince) -> None:
    await here.hear(a_result(), a_result(2))
    await mock.misbehave(reject_ppm=1_000_000)
    await here.deliver({"province": mock.transports(here.district)["province"]})
    async with here.exchange.client(the_joint_office(here.district)) as client:
        items = (await client.get("/v1/reporting-rates", params={"month": "2026-11-15"})).json()["items"]
    (one,) = [item for item in items if item["dataset"] == "province.results"]
    assert (one["rows"], one["judged"], one["accepted"], one["acceptance_ppm"]) == (2, 2, 0, 0)
