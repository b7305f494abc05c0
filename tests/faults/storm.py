"""A seeded nemesis of many kinds: each act is drawn by the seed, done, undone, and counted by its kind."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from tests.builders.dice import Dice
from tests.faults.broker import Damage, provision, rolled_back, store_of, truncated, wiped
from tests.faults.proxy import Proxy
from tests.faults.scene import Scene

PROCESSES = ("results", "credit", "nats", "postgres")
DAMAGES: dict[str, Damage] = {"wiped": wiped, "rolled back": rolled_back, "truncated": truncated}


def minutes() -> float:
    """`make faults MINUTES=`."""
    return float(os.environ.get("FAULT_MINUTES", "1"))


class Storm:
    """Blows on a scene; `links` are proxies that services of it speak through."""

    def __init__(self, scene: Scene, links: Sequence[Proxy]) -> None:
        self._scene, self._links = scene, links
        self._dice = Dice(f"storm {scene.seed}")
        self._copy: Path | None = None
        self.done: Counter[str] = Counter()

    @property
    def _acts(self) -> Sequence[Callable[[], Awaitable[str]]]:
        return (self._kill, self._kill, self._pause, self._reset, self._half_open, self._damage)

    async def blow(self, seconds: float) -> None:
        """One act after the other, a moment apart."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(self._dice.between(10, 40) / 10)
            self.done[await self._dice.pick(self._acts)()] += 1

    async def each_once(self) -> None:
        """Every kind in a fixed order, for a short run."""
        for act in (self._reset, self._pause, self._kill, self._half_open, self._damage):
            self.done[await act()] += 1
            await asyncio.sleep(0.5)

    async def _kill(self) -> str:
        victim = self._dice.pick(PROCESSES)
        await self._scene.hands(self._scene.platform.kill, victim)
        return f"kill {victim}"

    async def _pause(self) -> str:
        """SIGSTOP: the process keeps its locks and connections and wakes up late."""
        victim = self._dice.pick(PROCESSES)
        self._scene.platform.pause(victim)
        await asyncio.sleep(self._dice.between(5, 40) / 10)
        self._scene.platform.resume(victim)
        return f"pause {victim}"

    async def _reset(self) -> str:
        self._dice.pick(self._links).reset()
        return "reset link"

    async def _half_open(self) -> str:
        link = self._dice.pick(self._links)
        link.swallow()
        await asyncio.sleep(self._dice.between(10, 60) / 10)
        link.pass_on()
        return "half-open link"

    async def _damage(self) -> str:
        """The broker killed, its store damaged, started and provisioned again; a copy is kept for the next time."""
        platform, kind = self._scene.platform, self._dice.pick(tuple(DAMAGES))
        await self._scene.hands(platform.kill, "nats", restart=False)
        store = store_of(platform)
        earlier = self._copy
        self._copy = self._scene.folder / f"store {self.done.total()}"
        shutil.copytree(store, self._copy)
        if kind == "rolled back" and earlier is None:
            kind = "wiped"
        if kind != "truncated" or any(store.glob("**/streams/RESULTS/msgs/*.blk")):
            DAMAGES[kind](store, earlier or store)
        await self._scene.hands(platform.start_process, "nats")
        await provision(platform)
        if earlier is not None:
            shutil.rmtree(earlier)
        return f"store {kind}"
