"""The event path on real servers: REL8, REL9, REL10, REL12, REL37, and the feed behind a lost broker (REL5)."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from deploy.embedded.platform import EmbeddedPlatform
from shared.runtime.bus import Bus
from shared.runtime.dead_letters import EarlierFirst, Redrive, redriver, waiting
from shared.runtime.outbox import LoggedEvent, feed_after
from shared.runtime.relay import Relay
from tests.builders.people import the_joint_office
from tests.support.listener import NAME, Listener, as_feed_rows
from tests.support.served import Served

CODES = (f"D{number}" for number in itertools.count(10))


@pytest.fixture
async def registry(served: Callable[..., Awaitable[Served]]) -> Served:
    return await served("registry")


@pytest.fixture
async def listener(platform: EmbeddedPlatform, registry: Served) -> AsyncIterator[Listener]:
    """A listener that starts where the registry's log ends: what earlier tests told is not its matter."""
    made = Listener(platform)
    await made.open()
    async with running(relay_of(platform, registry, made.bus_registry)):
        await until_numbered(registry)
    async with made.work() as work:
        at = len(await log_of(registry))
        await work.connection.execute(text("INSERT INTO inbox_cursors VALUES ('registry', :at)"), {"at": at})
        await work.commit()
    made.start = at
    yield made
    await made.close()


async def bus_of(platform: EmbeddedPlatform) -> Bus:
    user, password = platform.site.nats_login("registry")
    return await Bus.connect(platform.site.nats_url, "registry", user, password)


def relay_of(platform: EmbeddedPlatform, registry: Served, bus: Bus) -> Relay:
    return Relay(platform.database_url("registry"), bus, "registry")


@contextlib.asynccontextmanager
async def running(*parts: Any) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(part.run()) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def log_of(registry: Served) -> list[LoggedEvent]:
    async with registry.process.work() as work:
        return await feed_after(work.connection, 0, 100_000)


async def until_numbered(registry: Served) -> None:
    for _ in range(200):
        async with registry.process.work() as work:
            left = await work.connection.execute(text("SELECT count(*) FROM outboxes WHERE producer_seq IS NULL"))
            if left.scalar_one() == 0:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("events were left without a number")


async def register(registry: Served, count: int, district: str = "events") -> None:
    async with registry.client(the_joint_office(district)) as client:
        for code in itertools.islice(CODES, count):
            answer = await client.post(
                "/v1/departments", json={"code": code, "name": f"部门{code}", "short_name": code}
            )
            assert answer.status_code == 201, answer.text


async def no_feed(after: int, limit: int) -> list[dict[str, Any]]:
    return []


def feed_of(registry: Served) -> Any:
    async def feed(after: int, limit: int) -> list[dict[str, Any]]:
        async with registry.process.work() as work:
            return as_feed_rows(await feed_after(work.connection, after, limit))

    return feed


async def test_what_was_committed_is_heard_once_and_in_order(
    platform: EmbeddedPlatform, registry: Served, listener: Listener
) -> None:
    bus = await bus_of(platform)
    async with running(relay_of(platform, registry, bus), listener.lane(no_feed)):
        await register(registry, 12)
        heard = await listener.until(12)
    await bus.close()
    assert heard == list(range(listener.start + 1, listener.start + 13))


async def test_repeated_reordered_and_late_delivery_changes_nothing(registry: Served, listener: Listener) -> None:
    """REL8: whatever the broker does with the order, the effect is that of the log."""
    await register(registry, 9)
    async with running(relay_of(listener.platform, registry, listener.bus_registry)):
        await until_numbered(registry)
    events = (await log_of(registry))[listener.start :]
    lane = listener.lane(feed_of(registry))
    mixed = events * 3
    random.Random(7).shuffle(mixed)
    for place in range(0, len(mixed), 4):
        await lane.apply(mixed[place : place + 4])
    assert await listener.heard() == [event.producer_seq for event in events]


async def test_a_second_relay_never_publishes_out_of_order(
    platform: EmbeddedPlatform, registry: Served, listener: Listener
) -> None:
    """REL9: three relays, the leader's session killed again and again."""
    buses = [await bus_of(platform) for _ in range(3)]
    relays = [relay_of(platform, registry, bus) for bus in buses]
    async with running(*relays, listener.lane(feed_of(registry))):
        admin = await asyncpg.connect(platform.admin_dsn)
        for _ in range(3):
            await register(registry, 5)
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1",
                0x73736A01,
            )
            await register(registry, 3)
        await admin.close()
        heard = await listener.until(24, 30)
    for bus in buses:
        await bus.close()
    log = await log_of(registry)
    assert [event.producer_seq for event in log] == list(range(1, len(log) + 1))
    assert heard == list(range(listener.start + 1, listener.start + 25))


async def test_a_transaction_that_commits_late_is_not_hidden_behind_a_later_number(
    platform: EmbeddedPlatform, registry: Served, listener: Listener
) -> None:
    """REL10: A opens first and commits last; both are heard."""
    bus = await bus_of(platform)
    async with running(relay_of(platform, registry, bus), listener.lane(no_feed)):
        slow = await asyncpg.connect(platform.database_url("registry"))
        transaction = slow.transaction()
        await transaction.start()
        await slow.execute(
            "INSERT INTO outboxes (event_id, district, aggregate_type, aggregate_id, aggregate_version, type, payload,"
            " occurred_at) SELECT gen_random_uuid(), 'events', 'change', 'slow', 1, 'registry.change.recorded.v1',"
            " payload, now() FROM outboxes LIMIT 1"
        )
        await register(registry, 2)
        assert len(await listener.until(2)) == 2
        await transaction.commit()
        heard = await listener.until(3)
        await slow.close()
    await bus.close()
    assert len(heard) == 3


async def test_a_poison_event_is_parked_its_aggregate_waits_others_flow_and_it_is_redriven(
    registry: Served, listener: Listener
) -> None:
    """REL12."""
    await register(registry, 3)
    async with running(relay_of(listener.platform, registry, listener.bus_registry)):
        await until_numbered(registry)
    first, second, third = (await log_of(registry))[listener.start :]
    later = replace(second, aggregate_id=first.aggregate_id)
    listener.dislikes.add(first.aggregate_id)
    lane = listener.lane(no_feed)
    await lane.apply([first, later, third])
    assert await listener.heard() == [third.producer_seq]
    async with listener.work() as work:
        parked = await waiting(work.connection)
    assert [(letter.producer_seq, letter.code) for letter in parked] == [
        (first.producer_seq, "request.disliked"),
        (later.producer_seq, "event.waits"),
    ]
    redrive = redriver(NAME, {"registry": listener.handlers})
    with pytest.raises(EarlierFirst):
        await redrive(Redrive("registry", later.producer_seq), listener.work())
    listener.dislikes.clear()
    await redrive(Redrive("registry", first.producer_seq), listener.work())
    await redrive(Redrive("registry", later.producer_seq), listener.work())
    assert await listener.heard() == [third.producer_seq, first.producer_seq, later.producer_seq]


async def test_an_unknown_major_is_parked_and_an_unknown_field_ignored(registry: Served, listener: Listener) -> None:
    """REL37."""
    await register(registry, 2)
    async with running(relay_of(listener.platform, registry, listener.bus_registry)):
        await until_numbered(registry)
    first, second = (await log_of(registry))[listener.start :]
    grown = replace(first, payload=first.payload.replace("{", '{"field_of_the_future": 1, ', 1))
    await listener.lane(no_feed).apply([grown, replace(second, type="registry.change.recorded.v9")])
    assert await listener.heard() == [first.producer_seq]
    async with listener.work() as work:
        assert [letter.code for letter in await waiting(work.connection)] == ["event.unknown_major"]


async def test_events_that_the_broker_lost_are_pulled_from_the_producers_feed(
    registry: Served, listener: Listener
) -> None:
    """REL5: a gap is found by number and closed without anyone looking."""
    await register(registry, 5)
    async with running(relay_of(listener.platform, registry, listener.bus_registry)):
        await until_numbered(registry)
    events = (await log_of(registry))[listener.start :]
    await listener.lane(feed_of(registry)).apply(events[4:])
    assert await listener.heard() == [event.producer_seq for event in events]


async def test_with_the_broker_down_acts_succeed_and_all_arrives_after_its_return(
    platform: EmbeddedPlatform, registry: Served, listener: Listener
) -> None:
    """REL4, small: publishing goes on answering, nothing is lost."""
    bus = await bus_of(platform)
    async with running(relay_of(platform, registry, bus), listener.lane(no_feed)):
        platform.kill("nats", restart=False)
        await register(registry, 4)
        platform.start_process("nats")
        heard = await listener.until(4, 30)
    await bus.close()
    assert heard == list(range(listener.start + 1, listener.start + 5))
