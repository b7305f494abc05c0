"""PostgreSQL killed and gone for a while: what was acknowledged is there, and everybody finds back alone."""

from __future__ import annotations

import asyncio

from deploy import topology
from tests.faults.scene import Scene


async def test_with_the_database_killed_what_was_acknowledged_is_there(scene: Scene) -> None:
    """REL1, REL11: services recover by their pools, without a restart; nothing is parked."""
    results = await scene.approved(40)
    restarts = {name: scene.platform.restarts(name) for name in topology.SERVICES}
    running = [asyncio.ensure_future(scene.publish(result)) for result in results]
    await scene.until_answered(running, 10)
    await scene.hands(scene.platform.kill, "postgres")
    answers = await asyncio.gather(*running)
    await scene.settled()
    assert [answer.status for answer in answers] == [200] * 40
    assert any(answer.attempts > 1 for answer in answers), "the kill came too late to be met by any client"
    await scene.assert_retries_hear_the_same(answers)
    await scene.assert_each_published_once()
    assert {name: scene.platform.restarts(name) for name in topology.SERVICES} == restarts


async def test_while_the_database_is_down_nothing_is_parked_and_nobody_runs_hot(scene: Scene) -> None:
    """REL11, small: consumers wait for their database and go on from their cursor."""
    results = await scene.approved(10)
    running = [asyncio.ensure_future(scene.publish(result)) for result in results]
    await asyncio.sleep(0.05)
    await scene.hands(scene.platform.stop_process, "postgres")
    busy = await scene.busy_for(3)
    await scene.hands(scene.platform.start_process, "postgres")
    await asyncio.gather(*running)
    await scene.settled()
    await scene.assert_each_published_once()
    assert max(busy.values()) < 0.5, busy  # a loop that does not wait takes a whole core
