"""A pool as large as a prefecture: the API answers while it draws, memory stays bounded, the record is whole."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from shared.events.planning import ClassRatio
from tests.builders.draw_large import LargeRegistry
from tests.integration.draw.conftest import Led
from tests.integration.draw.test_ceremony import verified

Lead = Callable[..., Awaitable[Led]]
MIB = 1024 * 1024
STATUS = Path("/proc/self/status")


@dataclass
class Watch:
    """Asks for the health of the service all the time; `slowest` is the longest wait in seconds, by act."""

    led: Led
    slowest: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    async def during(self, name: str, act: Awaitable[Any]) -> Any:
        asking = asyncio.create_task(self._ask(name))
        began = time.perf_counter()
        try:
            return await act
        finally:
            self.seconds[name] = time.perf_counter() - began
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _ask(self, name: str) -> None:
        async with self.led.served.client(self.led.freezer) as client:
            while True:
                began = time.perf_counter()
                answer = await client.get("/health/live")
                assert answer.status_code == 200
                await asyncio.sleep(0.01)
                waited = time.perf_counter() - began - 0.01
                self.slowest[name] = max(self.slowest.get(name, 0.0), waited)

    def report(self) -> str:
        return "\n".join(
            f"{name}: {self.seconds[name]:.1f} s, slowest answer {waited * 1000:.0f} ms"
            for name, waited in self.slowest.items()
        )


def peak_mib(fresh: bool = False) -> float:
    """The most memory this process has held, in MiB, since it was last asked afresh (Linux)."""
    if fresh:
        Path("/proc/self/clear_refs").write_text("5")
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


async def ceremony(watch: Watch) -> None:
    led = watch.led
    await watch.during("freeze", led.freeze(visit_cap=100_000))
    await led.hand_over()
    await watch.during("commitment", led.act(led.committer, "commitment"))
    await led.reveal()
    await watch.during("result", led.act(led.committer, "result"))
    await watch.during("disclosure", led.act(led.committer, "disclosure", {}))


def low_ratios() -> list[ClassRatio]:
    return [ClassRatio(credit_class=name, ppm=ppm) for name, ppm in (("A", 500), ("B", 1000), ("C", 2000), ("D", 5000))]


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_the_service_answers_within_a_second_while_three_hundred_thousand_are_drawn(lead: Lead) -> None:
    led = await lead(registry=LargeRegistry(300_000), ratios=low_ratios())
    watch = Watch(led)
    await ceremony(watch)
    print(watch.report())
    assert max(watch.slowest.values()) < 1.0, watch.report()
    assert (await led.detail())["result"]["drawn"] > 200


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_a_million_objects_are_frozen_committed_drawn_and_verified(lead: Lead, tmp_path: Path) -> None:
    """Issue 4: end to end through the API, memory bounded and reported; D1, D2, M3."""
    led = await lead(registry=LargeRegistry(1_000_000), ratios=low_ratios())
    watch = Watch(led)
    before = peak_mib(fresh=True)
    await ceremony(watch)
    grown = peak_mib() - before
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{watch.report()}\nservice +{grown:.0f} MiB, largest worker {worker:.0f} MiB")
    record = await led.record()
    sizes = {name: len(tokens) for name, tokens in record["public"]["strata"].items()}
    assert (sum(sizes.values()), sizes["excluded"]) == (1_000_000, 20_000)
    assert max(watch.slowest.values()) < 2.0, watch.report()
    assert grown < 500, f"service grew by {grown:.0f} MiB"
    assert worker < 800, f"worker took {worker:.0f} MiB"
    assert verified(record, tmp_path) == "OK record.json"
