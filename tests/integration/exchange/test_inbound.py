"""What other systems hand in: idempotent, quarantined when wrong, a penalty one fact whichever way (P4)."""

from __future__ import annotations

from typing import Any

from shared.runtime.principal import Principal
from tests.builders.people import a_department_admin, the_joint_office, the_service
from tests.integration.credit.conftest import a_client
from tests.integration.exchange.conftest import ExchangeDistrict

PENALTY = {
    "uscc": "91410308MXYT81MC3Y",
    "entity_name": "孟津区丰穗霖保安服务有限公司",
    "document_no": "孟市监罚〔2026〕12号",
    "authority": "洛阳市孟津区市场监督管理局",
    "decided_on": "2026-11-20",
    "violation": "价格违法",
    "penalty_kinds": "罚款",
    "text": "罚款贰仟元",
    "fine": "0.200000",
}


def a_row(version: int = 1, key: str = "CF-1", op: str = "I", **changes: Any) -> dict[str, Any]:
    content = PENALTY | changes
    return {"kind": "penalty", "source_key": key, "source_version": version, "op": op, "content": content}


async def hand_in(
    here: ExchangeDistrict, *rows: dict[str, Any], source: str = "credit_platform", by: Principal | None = None
) -> list[str]:
    async with here.exchange.client(by or a_client(here.district, "exchange.write")) as client:
        answer = await client.post("/v1/inbound-batches", json={"source": source, "rows": list(rows)})
    assert answer.status_code == 201, answer.text
    return [item["state"] for item in answer.json()["items"]]


async def told(here: ExchangeDistrict) -> list[tuple[str, int]]:
    return [
        (body["source_key"], body["source_version"])
        for kind, body in await here.told()
        if kind == "exchange.penalty.received.v1"
    ]


async def test_a_row_is_told_once_per_source_key_and_version(here: ExchangeDistrict) -> None:
    assert await hand_in(here, a_row(), a_row(), a_row(2, text="更正")) == ["taken", "known", "taken"]
    assert await hand_in(here, a_row(), a_row(2, text="更正")) == ["known", "known"]
    assert await told(here) == [("CF-1", 1), ("CF-1", 2)]


async def test_an_older_version_and_another_content_of_a_known_one_change_nothing(here: ExchangeDistrict) -> None:
    assert await hand_in(here, a_row(3)) == ["taken"]
    assert await hand_in(here, a_row(2), a_row(3, text="改了")) == ["older", "quarantined"]
    assert await told(here) == [("CF-1", 3)]


async def test_a_wrong_row_is_kept_apart_with_every_reason_and_holds_up_no_other(here: ExchangeDistrict) -> None:
    wrong = a_row(key="CF-2", uscc="X", fine="0.1234567", document_no="", weight="1")
    assert await hand_in(here, wrong, a_row()) == ["quarantined", "taken"]
    async with here.exchange.client(the_joint_office(here.district)) as client:
        (item,) = (await client.get("/v1/inbound-rows", params={"state": "quarantined"})).json()["items"]
    assert [one["code"] for one in item["problems"]] == ["malformed", "missing", "malformed", "unknown_field"]
    assert await hand_in(here, a_row(key="CF-2", document_no="孟市监罚〔2026〕13号")) == ["taken"]


async def test_a_penalty_is_one_fact_whichever_way_it_comes(here: ExchangeDistrict) -> None:
    assert await hand_in(here, a_row()) == ["taken"]
    same = a_row(key="XZCF-77", document_no="孟市监罚（2026）12号 ")
    assert await hand_in(here, same, source="necips") == ["same_fact"]
    assert await hand_in(here, a_row(key="XZCF-78", document_no="孟市监罚〔2026〕14号"), source="necips") == ["taken"]
    assert len(await told(here)) == 2


async def test_the_event_names_the_row_and_only_a_listed_service_pulls_it(here: ExchangeDistrict) -> None:
    await hand_in(here, a_row())
    ((_, body),) = [one for one in await here.told() if one[0] == "exchange.penalty.received.v1"]
    assert PENALTY["entity_name"] not in str(body)
    path = f"/internal/v1/inbound-rows/{body['row_id']}"
    async with here.exchange.client(the_service("credit", here.district)) as client:
        assert (await client.get(path)).json()["content"] == PENALTY
    async with here.exchange.client(the_joint_office(here.district)) as client:
        assert (await client.get(path)).status_code == 403


async def test_what_was_handed_in_lies_sealed(here: ExchangeDistrict) -> None:
    await hand_in(here, a_row())
    async with here.work() as work:
        kept = await work.driver.fetchval("SELECT content FROM inbound_rows WHERE district = $1", here.district)
    assert PENALTY["entity_name"].encode() not in bytes(kept)


async def test_only_a_system_with_the_scope_or_the_joint_office_hands_in(here: ExchangeDistrict) -> None:
    assert await hand_in(here, a_row(), by=the_joint_office(here.district)) == ["taken"]
    for nobody in (a_client(here.district, "credit.check"), a_department_admin("scjg", here.district)):
        async with here.exchange.client(nobody) as client:
            body = {"source": "x", "rows": [a_row()]}
            assert (await client.post("/v1/inbound-batches", json=body)).status_code == 403
