"""The broker killed, stopped, paused, its store damaged, its stream gone: NATS is transport, PostgreSQL the record."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from deploy import topology
from tests.faults.broker import Damage, ask, flipped, provision, rolled_back, store_of, truncated, wiped
from tests.faults.scene import Scene, until_true

_SOME_UNCONFIRMED = "SELECT published_seq < (SELECT max(producer_seq) FROM outboxes) FROM relay_states"
_ALL_STORED = (
    "SELECT published_seq = (SELECT max(producer_seq) FROM outboxes) AND NOT EXISTS (SELECT FROM outbox_waits)"
    " FROM relay_states"
)
CAUGHT_UP = 'ssj_catchup_events_total{consumer="credit",producer="results"}'


async def holds(scene: Scene, condition: str) -> bool:
    return bool((await scene.books.rows("results", condition))[0][0])


async def until_stored(scene: Scene) -> None:
    """Until the relay has noted that the broker confirmed all that results told."""
    await until_true(partial(holds, scene, _ALL_STORED), 15, "the broker did not take what was told")


async def test_with_the_broker_killed_in_between_each_result_is_published_once(scene: Scene) -> None:
    """REL3, REL4: kill -9, brought back by the supervisor."""
    results = await scene.approved(12)
    running = [asyncio.ensure_future(scene.publish(result)) for result in results[:6]]
    await scene.hands(scene.platform.kill, "nats")
    answers = [*await asyncio.gather(*running), *await scene.publish_all(results[6:])]
    await scene.settled()
    await scene.assert_retries_hear_the_same(answers)
    await scene.assert_each_published_once()


async def test_with_the_broker_down_publication_answers_and_all_is_credited_after_its_return(scene: Scene) -> None:
    """REL4, small: every client was answered at its first attempt."""
    results = await scene.approved(12)
    await scene.hands(scene.platform.stop_process, "nats")
    answers = await scene.publish_all(results)
    behind = (await scene.books.state()).behind()
    await scene.hands(scene.platform.start_process, "nats")
    await scene.settled()
    assert {answer.attempts for answer in answers} == {1}
    assert any(line.startswith("credit has") for line in behind)
    await scene.assert_each_published_once()


@pytest.mark.slow
async def test_a_broker_away_for_a_minute_is_caught_up_with_at_two_hundred_events_a_second(scene: Scene) -> None:
    """REL4, scaled as `promises` says: every client answered at once, everybody ready again, the backlog drained."""
    results = await scene.approved(2000)
    await scene.hands(scene.platform.stop_process, "nats")
    stopped = time.monotonic()
    answers = await scene.publish_all(results, at_once=40)
    await asyncio.sleep(max(0.0, stopped + 60 - time.monotonic()))
    await scene.hands(scene.platform.start_process, "nats")
    took = await scene.settled()
    assert {answer.attempts for answer in answers} == {1}
    assert len(results) / took >= 200
    await scene.assert_each_published_once()
    for name in topology.SERVICES:
        await scene.hands(scene.platform.wait_ready, name, 30)


async def test_what_was_sent_and_never_confirmed_is_told_once(scene: Scene) -> None:
    """The broker stands still with the messages in its hands, the relay that sent them dies, both come back."""
    results = await scene.approved(4)
    await until_stored(scene)
    scene.platform.pause("nats")
    await scene.publish_all(results)
    await until_true(partial(holds, scene, _SOME_UNCONFIRMED), 15, "the relay did not take up what was committed")
    await asyncio.sleep(0.2)  # and has sent it
    await scene.hands(scene.platform.kill, "results")
    scene.platform.resume("nats")
    await scene.settled()
    await scene.assert_each_published_once()


async def told_and_lost(scene: Scene, results: Sequence[UUID], damage: Damage, copy: Path) -> None:
    """Publishes while credit stands still. The broker confirms all, hands out nothing, and its store is damaged."""
    scene.platform.pause("credit")
    await scene.hands(scene.platform.kill, "nats")  # so that nothing waits in a socket of credit's
    await scene.hands(scene.platform.wait_ready, "nats")
    await scene.publish_all(results)
    await until_stored(scene)
    await scene.hands(scene.platform.kill, "nats", restart=False)
    damage(store_of(scene.platform), copy)
    await scene.hands(scene.platform.start_process, "nats")
    await provision(scene.platform)
    scene.platform.resume("credit")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(wiped, id="wiped"),
        pytest.param(rolled_back, id="rolled back"),
        pytest.param(truncated, id="truncated"),
        pytest.param(flipped, id="one bit flipped"),
    ],
)
async def test_a_broker_that_lost_events_nobody_had_heard_changes_nothing(scene: Scene, damage: Damage) -> None:
    """REL5: credit lags, the broker confirms and forgets, the next event shows the gap; nobody lends a hand."""
    first, lost, later = await scene.approved(4), await scene.approved(4), await scene.approved(1)
    await scene.publish_all(first)
    await scene.settled()
    copy = scene.folder / "store"
    shutil.copytree(store_of(scene.platform), copy)
    pulled = await scene.metric("credit", CAUGHT_UP)
    await told_and_lost(scene, lost, damage, copy)
    await scene.publish_all(later)
    await scene.settled()
    assert await scene.metric("credit", CAUGHT_UP) >= pulled + len(lost), "credit had not lost what it should have"
    await scene.assert_each_published_once()


@pytest.mark.slow
async def test_a_loss_that_no_later_event_shows_is_found_by_asking(scene: Scene) -> None:
    """REL5: within a minute, though the producer falls silent."""
    results = await scene.approved(4)
    await told_and_lost(scene, results, wiped, scene.folder)
    await scene.settled(within=60)
    await scene.assert_each_published_once()


async def test_a_stream_deleted_and_made_anew_skips_nothing(scene: Scene) -> None:
    """REL6: its own numbers begin at 1 again; credit goes by the producer's. While it is gone nobody runs hot."""
    before, meanwhile, after = await scene.approved(3), await scene.approved(3), await scene.approved(3)
    await scene.publish_all(before)
    await scene.settled()
    deleted = await ask(scene.platform, f"STREAM.DELETE.{topology.stream_name('results')}")
    assert deleted["success"] is True
    await scene.publish_all(meanwhile)
    busy = await scene.busy_for(2)
    await provision(scene.platform)
    await scene.publish_all(after)
    await scene.settled()
    await scene.assert_each_published_once()
    assert max(busy.values()) < 0.1, busy
