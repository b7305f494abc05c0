"""A fault run: approved results of a district of its own, clients that publish them, and hands on the processes."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx2

from deploy import topology
from deploy.embedded.logbook import SUPERVISOR
from deploy.embedded.platform import EmbeddedPlatform
from services.results.domain.content import ListingDecision
from shared.values.ids import new_id
from tests.builders.people import an_inspector
from tests.builders.results import SeededResults, seed_approved_results
from tests.faults.books import Books
from tests.faults.client import Answer, Publisher
from tests.faults.history import History

RECOVERED_WITHIN = 30.0
"""Seconds after the last fault in which every effect must be there (REL2)."""
KILLED_BY_ITSELF = 137
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Crash:
    """A process that will die at a named point, once."""

    platform: EmbeddedPlatform
    service: str
    point: str
    mark: Path
    restarts_before: int

    async def happened(self) -> None:
        """Waits until the process died there and came back. Raises AssertionError if it died nowhere."""
        await until(self.mark.exists, 20, f"{self.service} never came to {self.point}")
        await until(self._came_back, 20, f"{self.service} did not come back")
        await asyncio.to_thread(self.platform.wait_ready, self.service)
        assert self.mark.read_text() == self.point
        ends = [line for line in self.platform.log_lines(SUPERVISOR) if f"进程 {self.service} 已结束" in line]
        assert f"退出码 {KILLED_BY_ITSELF}" in ends[-1]

    def _came_back(self) -> bool:
        return self.platform.restarts(self.service) > self.restarts_before

    def deaths(self) -> int:
        """How often the supervisor had to start it again."""
        return self.platform.restarts(self.service) - self.restarts_before


class Scene:
    """One test's run on the shared platform."""

    def __init__(self, platform: EmbeddedPlatform, seed: int, district: str, folder: Path) -> None:
        self.platform, self.seed, self.district, self.folder = platform, seed, district, folder
        self.history = History(folder / "history.jsonl")
        self.books = Books(platform)
        self.result_ids: list[UUID] = []
        self._publishers: list[Publisher] = []
        self._of: dict[UUID, Publisher] = {}

    async def close(self) -> None:
        for publisher in self._publishers:
            await publisher.close()
        await self.books.close()

    # Publishing

    async def approved(self, count: int, listing: ListingDecision | None = None) -> Sequence[UUID]:
        """New results that only wait to be published, with a decision to list each or without."""
        url = self.platform.database_url("results")
        seeded: SeededResults = await seed_approved_results(url, count, district=self.district, listing=listing)
        who = an_inspector(seeded.inspector_id, seeded.department, self.district)
        publisher = Publisher(self.platform, self.history, self.seed, who)
        self._publishers.append(publisher)
        self._of |= dict.fromkeys(seeded.result_ids, publisher)
        self.result_ids += seeded.result_ids
        return seeded.result_ids

    async def publish(self, result_id: UUID, key: str | None = None) -> Answer:
        """By a client that does not give up."""
        return await self._of[result_id].publish(result_id, key or str(new_id()))

    async def publish_all(self, result_ids: Sequence[UUID], at_once: int = 100) -> list[Answer]:
        """By as many clients, at most `at_once` of them waiting for their answers at a time."""
        turn = asyncio.Semaphore(at_once)

        async def publish(result_id: UUID) -> Answer:
            async with turn:
                return await self.publish(result_id)

        return list(await asyncio.gather(*map(publish, result_ids)))

    @staticmethod
    async def until_answered(running: Sequence[asyncio.Future[Answer]], count: int) -> None:
        """Until so many of the clients have their answer."""
        left = set(running)
        while len(running) - len(left) < count:
            _, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)

    # Processes

    async def arm(self, service: str, point: str) -> Crash:
        """Starts the service anew so that it dies when it next comes to `point`; it is ready and idle on return."""
        mark = self.folder / f"{service}.{point}"
        mark.touch()  # so it lives through its start
        await asyncio.to_thread(self.platform.kill, service, restart=False)
        env = {"CRASH_AT": point, "CRASH_MARK": str(mark)}
        await asyncio.to_thread(self.platform.start_process, service, env)
        await self.settled()
        mark.unlink()
        return Crash(self.platform, service, point, mark, self.platform.restarts(service))

    async def hands(self, act: Callable[..., None], *args: object, **options: object) -> None:
        """An act of the platform that waits, beside the loop that the clients run in."""
        await asyncio.to_thread(act, *args, **options)

    async def busy_for(self, seconds: float) -> dict[str, float]:
        """The share of a processor that each service uses in the next seconds."""
        before = {name: self._cpu_seconds(name) for name in topology.SERVICES}
        await asyncio.sleep(seconds)
        return {name: round((self._cpu_seconds(name) - used) / seconds, 2) for name, used in before.items()}

    def _cpu_seconds(self, name: str) -> float:
        """Processor time a process has used since it began."""
        fields = Path(f"/proc/{self.platform.pid(name)}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    async def metric(self, service: str, sample: str) -> float:
        """A sample of the running process by its whole name, labels and all; 0 where it has none yet."""
        async with httpx2.AsyncClient(base_url=self.platform.url(service), trust_env=False) as client:
            lines = (await client.get("/metrics")).text.splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{sample} ")), 0.0)

    # The end

    async def settled(self, within: float = RECOVERED_WITHIN) -> float:
        """Waits until every event told was applied by all that hear it; returns the seconds it took."""
        began, steady = time.monotonic(), False
        while True:
            behind = await self._behind()
            if not behind and steady:
                return time.monotonic() - began
            steady = not behind
            assert time.monotonic() - began < within, f"after {within:.0f} s: {behind}, seed {self.seed}"
            await asyncio.sleep(0.05)

    async def _behind(self) -> list[str]:
        try:
            return (await self.books.state()).behind()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            return [f"database: {type(error).__name__}"]

    async def assert_each_published_once(self) -> None:
        """The history holds, no log has a gap, nothing is parked, credit is what the log tells."""
        for final in await self.books.finals(self.seed, self.result_ids):
            self.history.write(final)
        assert self.history.faults() == [], f"seed {self.seed}: {self.history.path}"
        assert (await self.books.state()).broken() == []
        told = await self.books.credit_as_the_log_tells(self.district)
        stands = await self.books.credit_as_it_stands(self.district)
        assert len(told.sections["records"]) == len({*self.result_ids})
        assert stands.sections == told.sections
        assert stands.digest == told.digest

    async def assert_retries_hear_the_same(self, answers: Sequence[Answer]) -> None:
        """REL19: the same key is told the same bytes and nothing is done again."""
        again = await asyncio.gather(*(self.publish(answer.result_id, answer.key) for answer in answers))
        assert [(a.status, a.body, a.attempts) for a in again] == [(a.status, a.body, 1) for a in answers]

    async def make_whole(self) -> None:
        """Whatever an earlier test left stopped or paused runs again."""
        for name in ("postgres", "nats", *topology.SERVICES):
            self.platform.resume(name)
            if self.platform.pid(name) is None:
                await self.hands(self.platform.start_process, name)
            await self.hands(self.platform.wait_ready, name)


async def until(condition: Callable[[], bool], within: float, otherwise: str) -> None:
    """Waits for a condition; raises AssertionError with `otherwise` when it does not come true in time (seconds)."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, otherwise
        await asyncio.sleep(0.05)


async def until_true(condition: Callable[[], Awaitable[bool]], within: float, otherwise: str) -> None:
    deadline = time.monotonic() + within
    while not await condition():
        assert time.monotonic() < deadline, otherwise
        await asyncio.sleep(0.05)
