"""Streams, durables and permissions on a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from deploy import topology
from deploy.embedded.errors import BrokerUnreachable
from deploy.embedded.platform import EmbeddedPlatform
from deploy.embedded.provision_nats import config_of, connect, provision_nats

HEARD = 0.5
"""Seconds within which a refusal by the broker or a delivery on this machine has certainly arrived."""


class Line:
    """A connection of one service's user and what the broker refused on it."""

    def __init__(self, client: Client, refusals: list[str]) -> None:
        self.client = client
        self.refusals = refusals

    async def publish_refused(self, subject: str) -> bool:
        """Whether the broker refused a publication (it says so later, in the error callback)."""
        self.refusals.clear()
        await self.client.publish(subject, b"{}")
        await self.client.flush()
        for _ in range(20):
            if self.refusals:
                break
            await asyncio.sleep(HEARD / 20)
        return any(subject.lower() in text for text in self.refusals)


@asynccontextmanager
async def speaking_as(platform: EmbeddedPlatform, service: str) -> AsyncIterator[Line]:
    refusals: list[str] = []

    async def remember(error: Exception) -> None:
        refusals.append(str(error).lower())

    user, password = platform.site.nats_login(service)
    client = await nats.connect(
        platform.site.nats_url,
        user=user,
        password=password,
        inbox_prefix=topology.inbox_prefix(service),
        error_cb=remember,
        allow_reconnect=False,
    )
    try:
        yield Line(client, refusals)
    finally:
        await client.close()


@asynccontextmanager
async def administrator(platform: EmbeddedPlatform) -> AsyncIterator[Client]:
    client = await connect(platform.nats_admin_url)
    try:
        yield client
    finally:
        await client.close()


async def test_every_stream_is_as_declared(platform: EmbeddedPlatform) -> None:
    """promises.md section 6."""
    async with administrator(platform) as admin:
        for stream in topology.STREAMS:
            actual = await config_of(admin, f"STREAM.INFO.{stream.name}")
            assert actual is not None
            assert topology.stream_differences(stream, actual) == []
            assert actual["max_bytes"] == stream.max_bytes


async def test_every_durable_is_as_declared(platform: EmbeddedPlatform) -> None:
    """promises.md section 6."""
    async with administrator(platform) as admin:
        for durable in topology.DURABLES:
            actual = await config_of(admin, f"CONSUMER.INFO.{durable.stream}.{durable.name}")
            assert actual is not None
            assert topology.durable_differences(durable, actual) == []


async def test_nobody_deletes_or_purges_events(platform: EmbeddedPlatform) -> None:
    async with administrator(platform) as admin:
        answer = await admin.request("$JS.API.STREAM.PURGE.CREDIT", b"", timeout=5)
    assert "error" in json.loads(answer.data)


async def test_provisioning_again_mends_settings_and_keeps_events(platform: EmbeddedPlatform) -> None:
    async with administrator(platform) as admin:
        ack = await admin.jetstream().publish("gateway.probe.made.v1", b"{}")
        stream = next(stream for stream in topology.STREAMS if stream.name == "GATEWAY")
        wrong = {**stream.config(), "max_age": topology.DAY, "discard": "old"}
        await admin.request("$JS.API.STREAM.UPDATE.GATEWAY", json.dumps(wrong).encode(), timeout=5)
        durable = topology.durables_of("gateway")[0]
        body = {"stream_name": durable.stream, "config": {**durable.config(), "max_ack_pending": 1}, "action": "update"}
        lane = f"{durable.stream}.{durable.name}"
        await admin.request(f"$JS.API.CONSUMER.CREATE.{lane}", json.dumps(body).encode(), timeout=5)
        broken = await config_of(admin, "STREAM.INFO.GATEWAY") or {}
        narrowed = await config_of(admin, f"CONSUMER.INFO.{lane}") or {}
        assert topology.stream_differences(stream, broken)
        assert topology.durable_differences(durable, narrowed)

        await provision_nats(platform.nats_admin_url)

        mended = await config_of(admin, "STREAM.INFO.GATEWAY") or {}
        widened = await config_of(admin, f"CONSUMER.INFO.{lane}") or {}
        assert topology.stream_differences(stream, mended) == []
        assert topology.durable_differences(durable, widened) == []
        assert (await admin.jetstream().stream_info("GATEWAY")).state.last_seq >= ack.seq


async def test_a_consumer_pulls_and_acknowledges_what_its_producer_told(platform: EmbeddedPlatform) -> None:
    async with speaking_as(platform, "results") as producer, speaking_as(platform, "credit") as consumer:
        for number in range(3):
            await producer.client.jetstream().publish("results.result.published.v1", str(number).encode())
        durable = next(d for d in topology.durables_of("credit") if d.producer == "results")
        lane = await consumer.client.jetstream().pull_subscribe_bind(durable.name, stream=durable.stream)
        messages = await lane.fetch(3, timeout=5)
        assert [message.data for message in messages] == [b"0", b"1", b"2"]
        await messages[-1].ack_sync(timeout=5)
        info = await lane.consumer_info()
        assert (info.ack_floor.consumer_seq if info.ack_floor else None, info.num_ack_pending) == (3, 0)
        assert consumer.refusals == []


@pytest.mark.parametrize("service", topology.PRODUCERS)
async def test_a_service_tells_only_its_own_facts(platform: EmbeddedPlatform, service: str) -> None:
    """SEC28: a service's user cannot publish another's subject."""
    async with speaking_as(platform, service) as line:
        ack = await line.client.jetstream().publish(f"{service}.probe.made.v1", b"{}")
        assert ack.stream == topology.stream_name(service)
        for other in topology.PRODUCERS:
            if other != service:
                assert await line.publish_refused(f"{other}.probe.made.v1")


async def test_a_service_can_neither_use_anothers_durable_nor_change_the_streams(platform: EmbeddedPlatform) -> None:
    async with speaking_as(platform, "planning") as line:
        for subject in (
            "$JS.API.CONSUMER.MSG.NEXT.RESULTS.credit-from-results",
            "$JS.ACK.RESULTS.credit-from-results.1.1.1.1.0",
            "$JS.API.STREAM.CREATE.EXTRA",
            "$JS.API.STREAM.DELETE.PLANNING",
            "$JS.API.CONSUMER.DELETE.DRAW.planning-from-draw",
        ):
            assert await line.publish_refused(subject), subject


async def test_a_service_cannot_listen_to_subjects_or_to_anothers_replies(platform: EmbeddedPlatform) -> None:
    heard: list[bytes] = []

    async def overhear(message: Msg) -> None:
        heard.append(message.data)

    async with speaking_as(platform, "registry") as listener, speaking_as(platform, "credit") as speaker:
        for subject in ("credit.>", f"{topology.inbox_prefix('credit')}.>", "_INBOX.>", ">"):
            await listener.client.subscribe(subject, cb=overhear)
        await listener.client.flush()
        await speaker.client.jetstream().publish("credit.class.changed.v1", b"{}")
        await asyncio.sleep(HEARD)
        assert heard == []
        assert len(listener.refusals) == 4


async def test_the_bus_knows_no_strangers(platform: EmbeddedPlatform) -> None:
    for login in ("", "credit:wrong@", "stranger:wrong@"):
        with pytest.raises(BrokerUnreachable):
            await connect(platform.site.nats_url.replace("://", f"://{login}"))
