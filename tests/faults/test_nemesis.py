"""A random run: clients publish while processes are killed and paused, as the seed wills."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import asyncpg
import nats.errors
import pytest

from shared.runtime.bus import Bus, BusUnavailable
from shared.values.ids import new_id
from tests.builders.dice import Dice
from tests.builders.results import a_listing
from tests.faults.client import Answer
from tests.faults.scene import RECOVERED_WITHIN, Scene

VICTIMS = ("results", "credit", "nats", "postgres")
CLIENTS = 4
AGAIN = 40
"""Events delivered once more at a time."""
FLAGS_OF_ENTRY = 4
"""Measures that an entry of 经营异常名录 triggers."""
_AWAY = (OSError, TimeoutError, BusUnavailable, asyncpg.PostgresError, asyncpg.InterfaceError, nats.errors.Error)
"""What asking a broker or a database that was just killed may raise."""


def minutes() -> float:
    return float(os.environ.get("FAULT_MINUTES", "2"))


def kills_wanted() -> int:
    return int(os.environ.get("FAULT_KILLS", "200"))


async def _publish_until(scene: Scene, results: Iterator[UUID], dice: Dice, end: float) -> list[Answer]:
    answers = []
    while time.monotonic() < end and (result := next(results, None)) is not None:
        answers.append(await scene.publish(result))
        await asyncio.sleep(dice.below(400) / 1000)
    return answers


async def _torment(scene: Scene, dice: Dice, end: float) -> list[str]:
    """Kills (half of them back to back with another) or pauses, every two to six seconds."""
    done = []
    while time.monotonic() < end:
        await asyncio.sleep(dice.between(20, 60) / 10)
        victim = dice.pick(VICTIMS)
        if dice.chance(25):
            done.append(f"pause {victim}")
            scene.platform.pause(victim)
            await asyncio.sleep(dice.between(5, 30) / 10)
            scene.platform.resume(victim)
        else:
            for name in (victim, *dice.some(VICTIMS, 20)):
                done.append(f"kill {name}")
                await scene.hands(scene.platform.kill, name)
    return done


@pytest.mark.slow
@pytest.mark.timeout(0)
async def test_under_random_kills_each_result_is_published_and_credited_once(scene: Scene) -> None:
    """REL1, REL2, REL3, REL11, REL14; `FAULT_MINUTES` (2) and `--seed` (1) say how long and which."""
    results = iter(await scene.approved(4_000))
    end = time.monotonic() + 60 * minutes()
    clients = asyncio.gather(
        *(_publish_until(scene, results, Dice(f"client {number} {scene.seed}"), end) for number in range(CLIENTS))
    )
    done = await _torment(scene, Dice(f"nemesis {scene.seed}"), end)
    told = [answer for part in await clients for answer in part]
    await scene.make_whole()
    took = await scene.settled(RECOVERED_WITHIN)
    tried_again = sum(answer.attempts > 1 for answer in told)
    print(f"{len(done)} faults, {len(told)} publications, {tried_again} tried again, settled in {took:.1f} s")
    assert {answer.status for answer in told} == {200}
    assert tried_again > 0
    scene.result_ids = [answer.result_id for answer in told]
    await scene.assert_each_published_once()


async def _publish_while(scene: Scene, results: Iterator[UUID], dice: Dice, over: asyncio.Event) -> list[Answer]:
    answers = []
    while not over.is_set() and (result := next(results, None)) is not None:
        answers.append(await scene.publish(result))
        await asyncio.sleep(dice.below(1_500) / 1000)
    return answers


async def _kill_so_often(scene: Scene, dice: Dice, kills: int) -> int:
    """Kills one process after the other, a moment after it was ready; of ten, four credit and three results."""
    victims = (*["credit"] * 4, *["results"] * 3, "nats", "nats", "postgres")
    for _ in range(kills):
        victim = dice.pick(victims)
        await scene.hands(scene.platform.wait_ready, victim)
        await asyncio.sleep(dice.between(2, 15) / 10)
        await scene.hands(scene.platform.kill, victim)
    return kills


async def _deliver_again(scene: Scene, dice: Dice) -> int:
    """Until cancelled: events told already, some twice, in any order, under new message ids. Returns how many went."""
    given = 0
    try:
        while True:
            await asyncio.sleep(dice.between(10, 30) / 10)
            try:
                given += await _once_more(scene, dice)
            except _AWAY:
                continue
    except asyncio.CancelledError:
        return given


async def _once_more(scene: Scene, dice: Dice) -> int:
    events = await scene.books.log("results", scene.district)
    login = scene.platform.site.nats_login("results")
    bus = await Bus.connect(scene.platform.site.nats_url, "results", *login)
    try:
        again = dice.sample(events * 2, AGAIN)
        for event in again:
            await bus.publish([replace(event.outgoing("results"), message_id=str(new_id()))])
    finally:
        await bus.close()
    return len(again)


@pytest.mark.slow
@pytest.mark.timeout(0)
async def test_under_two_hundred_kills_each_publication_is_credited_once_and_its_flags_follow(scene: Scene) -> None:
    """REL1, REL2, REL8, C1, C4: kills, repeated and reordered deliveries at once. `FAULT_KILLS` (200) and
    `--seed` (1) say how many and which; the seed is printed."""
    listed, plain = await scene.approved(1_000, a_listing()), await scene.approved(3_000)
    results = iter([one for some in zip(listed, *[iter(plain)] * 3, strict=True) for one in some])
    over = asyncio.Event()
    clients = [
        asyncio.ensure_future(_publish_while(scene, results, Dice(f"client {number} {scene.seed}"), over))
        for number in range(CLIENTS)
    ]
    again = asyncio.ensure_future(_deliver_again(scene, Dice(f"again {scene.seed}")))
    kills = await _kill_so_often(scene, Dice(f"kills {scene.seed}"), kills_wanted())
    over.set()
    again.cancel()
    given = await again
    await scene.make_whole()
    told = [answer for part in await asyncio.gather(*clients) for answer in part]
    took = await scene.settled(RECOVERED_WITHIN)
    print(f"seed {scene.seed}: {kills} kills, {given} repeated, {len(told)} publications, settled in {took:.1f} s")
    assert {answer.status for answer in told} == {200}
    assert given > 0
    scene.result_ids = [answer.result_id for answer in told]
    await scene.assert_each_published_once()
    stands = await scene.books.credit_as_it_stands(scene.district)
    entered = {*listed} & {*scene.result_ids}
    assert len(stands.sections["listings"]) == len(entered)
    assert len(stands.sections["flags"]) == FLAGS_OF_ENTRY * len(entered)
