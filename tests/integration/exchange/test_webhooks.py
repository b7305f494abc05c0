"""Webhooks of flags and publications: signed, in order, with the same id, given up in public (REL28, SEC24)."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.exchange.adapters.guarded_http import GuardedClient
from services.exchange.adapters.webhook_sender import WebhookSender
from services.exchange.usecases.manage_webhooks import RegisterEndpoint, register_endpoint
from services.exchange.usecases.tell_webhooks import send_one
from shared.events.credit import FlagLiftedV1, FlagRaisedV1
from shared.values.ids import new_id
from tests.builders.exchange import a_result, corrected
from tests.builders.people import a_department_admin, the_joint_office
from tests.integration.exchange.conftest import ExchangeDistrict, MockProvince

FIRST, SECOND = ("whsec_" + base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
SOON = timedelta(milliseconds=1)
DAY = timedelta(days=1)


@dataclass
class Receiver:
    """A small server that keeps what it was sent and answers `statuses` in turn, then 204."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:]) if name}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.got.append((headers, body))
        status = self.statuses.pop(0) if self.statuses else 204
        extra = "Location: http://127.0.0.1:1/\r\n" if status == 302 else ""
        writer.write(f"HTTP/1.1 {status} x\r\n{extra}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    def types(self) -> list[str]:
        return [Webhook(FIRST).verify(body, headers)["type"].split(".", 1)[1] for headers, body in self.got]

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    here = Receiver()
    server = await asyncio.start_server(here, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    yield here
    server.close()
    await server.wait_closed()


def raised(entity_id: UUID, flag_id: UUID) -> FlagRaisedV1:
    return FlagRaisedV1(
        aggregate_version=1,
        flag_id=flag_id,
        entity_id=entity_id,
        uscc="91410308MXYT81MC3Y",
        area="bidding",
        measure_code="CJ-ZTB-01",
        ground="列入严重违法失信名单",
        listing_id=new_id(),
        starts_on=date(2026, 11, 24),
        ends_on=None,
    )


def lifted(entity_id: UUID, flag_id: UUID) -> FlagLiftedV1:
    return FlagLiftedV1(
        aggregate_version=2,
        flag_id=flag_id,
        entity_id=entity_id,
        area="bidding",
        reason="移出名单",
        lifted_on=date(2026, 11, 25),
    )


async def subscribed(here: ExchangeDistrict, mock: MockProvince, receiver: Receiver, *topics: str) -> UUID:
    command = RegisterEndpoint("某系统", f"http://127.0.0.1:{receiver.port}/hook", topics, FIRST)
    return (await register_endpoint(command, mock.work(the_joint_office(here.district)))).id


async def send_all(here: ExchangeDistrict, patience: timedelta = DAY, rounds: int = 12) -> None:
    sender = WebhookSender(GuardedClient(2.0, ["127.0.0.1"]))
    for _ in range(rounds):
        await send_one(sender, SOON, patience, here.work)
        await asyncio.sleep(0.005)


async def test_a_flag_reaches_the_subscriber_signed_and_in_order_though_the_first_attempts_fail(
    here: ExchangeDistrict, mock: MockProvince, receiver: Receiver
) -> None:
    await subscribed(here, mock, receiver, "credit.flag")
    entity, flag = new_id(), new_id()
    receiver.statuses = [500, 503, 302, 429]
    await here.hear(raised(entity, flag), lifted(entity, flag), a_result())
    await send_all(here)
    assert receiver.types() == ["flag.raised.v1"] * 5 + ["flag.lifted.v1"], "a redirect is no success"
    assert len(set(receiver.ids()[:5])) == 1, "the same id at every attempt"
    assert len(set(receiver.ids())) == 2


async def test_only_what_was_subscribed_to_is_sent(
    here: ExchangeDistrict, mock: MockProvince, receiver: Receiver
) -> None:
    await subscribed(here, mock, receiver, "results.result")
    result = a_result()
    await here.hear(raised(new_id(), new_id()), result, corrected(result))
    await send_all(here)
    assert receiver.types() == ["result.published.v1", "result.corrected.v1"]


async def test_a_dead_endpoint_is_disabled_reported_and_gets_all_once_it_is_back(
    here: ExchangeDistrict, mock: MockProvince, receiver: Receiver
) -> None:
    endpoint_id = await subscribed(here, mock, receiver, "credit.flag")
    entity, flag = new_id(), new_id()
    receiver.statuses = [500]
    await here.hear(raised(entity, flag), lifted(entity, flag))
    await send_all(here, patience=timedelta(0), rounds=3)
    assert len(receiver.got) == 1, "nothing goes to a disabled endpoint"
    told = [body for kind, body in await here.told() if kind == "exchange.endpoint.disabled.v1"]
    assert [body["endpoint_id"] for body in told] == [str(endpoint_id)]
    async with here.exchange.client(the_joint_office(here.district)) as client:
        (shown,) = (await client.get("/v1/webhook-endpoints")).json()["items"]
        assert (shown["state"], shown["reason"]) == ("disabled", "连续推送失败，已停用：对方答复 500")
        assert "whsec" not in str(shown)
        assert (await client.post(f"/v1/webhook-endpoints/{endpoint_id}/enabling")).status_code == 200
        assert (await client.post(f"/v1/webhook-endpoints/{endpoint_id}/enabling")).status_code == 409
    await send_all(here)
    assert receiver.types() == ["flag.raised.v1", "flag.raised.v1", "flag.lifted.v1"]


async def test_a_replay_sends_a_time_again_under_the_same_ids_and_the_log_shows_it(
    here: ExchangeDistrict, mock: MockProvince, receiver: Receiver
) -> None:
    endpoint_id = await subscribed(here, mock, receiver, "credit.flag")
    await here.hear(raised(new_id(), new_id()), raised(new_id(), new_id()))
    await send_all(here, rounds=4)
    path = f"/v1/webhook-endpoints/{endpoint_id}"
    span: dict[str, Any] = {"since": "2026-11-24T00:00:00+08:00", "until": "2026-11-25T00:00:00+08:00"}
    async with here.exchange.client(the_joint_office(here.district)) as client:
        assert (await client.post(f"{path}/replays", json=span)).json() == {"messages": 2}
    await send_all(here, rounds=4)
    assert sorted(receiver.ids()[:2]) == sorted(receiver.ids()[2:])
    async with here.exchange.client(the_joint_office(here.district)) as client:
        log = (await client.get(f"{path}/deliveries", params={"state": "delivered"})).json()["items"]
    assert [(one["attempts"], one["last_status"]) for one in log] == [(2, 204), (2, 204)]


async def test_while_secrets_change_over_both_sign_and_a_third_party_verifies_either(
    here: ExchangeDistrict, mock: MockProvince, receiver: Receiver
) -> None:
    endpoint_id = await subscribed(here, mock, receiver, "credit.flag")
    async with here.exchange.client(the_joint_office(here.district)) as client:
        body = {"secret": SECOND}
        assert (await client.post(f"/v1/webhook-endpoints/{endpoint_id}/secrets", json=body)).status_code == 201
    await here.hear(raised(new_id(), new_id()))
    await send_all(here, rounds=2)
    ((headers, sent),) = receiver.got
    assert len(headers["webhook-signature"].split()) == 2
    for secret in (FIRST, SECOND):
        assert Webhook(secret).verify(sent, headers)["type"] == "credit.flag.raised.v1"
    with pytest.raises(WebhookVerificationError):
        Webhook(FIRST).verify(sent + b" ", headers)


async def test_an_address_is_https_and_registered_by_the_joint_office(here: ExchangeDistrict) -> None:
    body = {"name": "某系统", "url": "http://10.0.0.1/", "topics": ["credit.flag"], "secret": FIRST}
    async with here.exchange.client(the_joint_office(here.district)) as client:
        refused = await client.post("/v1/webhook-endpoints", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "exchange.address_not_allowed")
        taken = await client.post("/v1/webhook-endpoints", json=body | {"url": "https://peer.example/"})
        assert taken.status_code == 201
    async with here.exchange.client(a_department_admin("scjg", here.district)) as client:
        assert (await client.post("/v1/webhook-endpoints", json=body)).status_code == 403
    async with here.work() as work:
        kept = await work.driver.fetchval("SELECT secrets FROM webhook_endpoints WHERE district = $1", here.district)
        acts = await work.driver.fetch("SELECT * FROM audits WHERE district = $1", here.district)
    assert FIRST.encode() not in bytes(kept)
    assert FIRST not in str([tuple(act) for act in acts])
