"""A random run: clients publish while processes are killed and paused, as the seed wills."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.builders.dice import Dice
from tests.faults.client import Answer
from tests.faults.scene import RECOVERED_WITHIN, Scene

VICTIMS = ("results", "credit", "nats", "postgres")
CLIENTS = 4


def minutes() -> float:
    return float(os.environ.get("FAULT_MINUTES", "2"))


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
