"""A process that stands still for a while and wakes up late: it doubles nothing and writes nothing out of turn."""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.scene import Scene

STANDS_STILL = 20.0
"""Seconds, as `promises` asks; longer than the app role's idle-in-transaction limit and the clients' patience for one
attempt."""


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["results", "credit", "nats", "postgres"])
async def test_a_process_stopped_for_twenty_seconds_wakes_up_to_no_harm(scene: Scene, victim: str) -> None:
    """REL14: SIGSTOP with work in its hands. Clients try again with the same key; each result is published and
    credited once."""
    results = await scene.approved(30)
    running = [asyncio.ensure_future(scene.publish(result)) for result in results]
    await scene.until_answered(running, 3)
    scene.platform.pause(victim)
    await asyncio.sleep(STANDS_STILL)
    scene.platform.resume(victim)
    await asyncio.gather(*running)
    took = await scene.settled()
    print(f"{victim} stood still for {STANDS_STILL:.0f} s, settled in {took:.1f} s")
    await scene.assert_each_published_once()
