"""Jobs 3a and 3b: a published result becomes a committed credit record; one at a time, and a backlog drained.

Product: the real use case `publish_result` through its door (kept answer, audit row). In 3a this process plays
`services.results.main serve`: the acts, the relay and the sealer of the audit chain in one process, as every embedded
platform runs them; in 3b the relay is a process of its own. The consumer is the process of `credit`. The clock runs
from the moment the use case commits until `credit` has committed: a trigger of the bench on credit's cursor tells it
by NOTIFY (0.1 ms of ours, none of the floor's). Left out: HTTP before the commit.

Floor of 3a: two bare commits (one INSERT each, in the two databases) around one JetStream publish and one fetch of the
client's own, all on the same servers. Floor of 3b: the same 600-byte messages published singly, 200 in flight.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median, quantiles
from typing import Any, cast
from uuid import UUID

import asyncpg
import nats
import uvloop

from deploy import topology
from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.publish_result import PublishResult, publish_result
from shared.runtime.act import Act
from shared.runtime.audit_checkpoints import Signer
from shared.runtime.audit_seal import Sealer, Sealing
from shared.runtime.bus import Bus
from shared.runtime.database import Database
from shared.runtime.principal import Principal, service_principal
from shared.runtime.relay import Relay
from shared.runtime.run import settle_memory
from shared.runtime.tokens import load_private_key
from shared.values.ids import new_id
from tests.bench.frame import Bench, Report
from tests.builders.people import DISTRICT, an_inspector
from tests.builders.results import seed_approved_results

CHAIN = Bench("chain", target=2.5, aim=1.7, unit="ms")
DRAIN = Bench("drain", target=1.7, aim=0.5, unit="events/s", throughput=True)
P99_MUST = 8.0
"""Of the 99th percentile, over the floor's median."""
ONE_BY_ONE, BACKLOG = 300, 5_000
PAYLOAD = b"x" * 600
IN_FLIGHT = 200
WARM_UP = 20
_TOLD = "bench_chain"
_TELLS = f"""
CREATE FUNCTION tell_the_bench() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN PERFORM pg_notify('{_TOLD}', ''); RETURN NULL; END $$;
CREATE TRIGGER tell_the_bench AFTER UPDATE ON inbox_cursors
FOR EACH STATEMENT EXECUTE FUNCTION tell_the_bench();
"""
_NOBODY = "http://127.0.0.1:9"


def _options() -> PlatformOptions:
    """`results` and `credit` alone: nothing of the chain asks a third service, so their peers need not run."""
    peers = json.dumps({name: _NOBODY for name in topology.SERVICES})
    env = {name: {f"{name.upper()}_PEERS": peers} for name in ("results", "credit")}
    return PlatformOptions(services=("results", "credit"), gateway=False, env=env)


@dataclass
class Rig:
    """Both ends of the chain on one platform, durable settings (fsync on, broker synced always)."""

    platform: EmbeddedPlatform
    results: Database
    told: asyncio.Event = field(default_factory=asyncio.Event)
    committed_at: float = 0.0

    def open(self, principal: Principal) -> ResultsUnitOfWork:
        return _Timed(self, principal)

    async def publish(self, result_id: UUID, inspector: Principal) -> None:
        act: Act[Any] = Act(inspector, str(new_id()), True, b"d" * 32, self.open)
        await act.run(publish_result, PublishResult(result_id), shows=lambda _: None)


class _Timed(ResultsUnitOfWork):
    """Notes when the commit begins."""

    def __init__(self, rig: Rig, principal: Principal) -> None:
        super().__init__(rig.results, principal, registry=cast(Any, None))  # publication asks nobody
        self._rig = rig

    async def commit(self, subject: object = None) -> None:
        self._rig.committed_at = time.perf_counter()
        await super().commit(subject)


@asynccontextmanager
async def rig() -> AsyncIterator[Rig]:
    with embedded_platform(options=_options()) as platform:
        owner = await asyncpg.connect(platform.database_url("credit", "owner"))
        url = platform.database_url("results").replace("postgresql", "postgresql+asyncpg")
        made = Rig(platform, Database(url, 4))
        await owner.execute(_TELLS)
        await owner.add_listener(_TOLD, lambda *_: made.told.set())
        yield made
        await made.results.close()
        await owner.close(timeout=5)


@asynccontextmanager
async def _relay_here(made: Rig) -> AsyncIterator[None]:
    """The relay of `results` in this process, in place of its own."""
    platform = made.platform
    platform.stop_process("results")
    user, password = platform.site.nats_login("results")
    bus = await Bus.connect(platform.site.nats_url, "results", user, password)
    relay = Relay(made.platform.database_url("results"), bus, "results", made.results.numbering)
    running = [asyncio.ensure_future(run) for run in (relay.run(), _sealer(made, relay).run())]
    yield
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await bus.close()


def _sealer(made: Rig, relay: Relay) -> Sealer:
    """The audit chain's, which stands beside every relay."""
    data = made.platform.site.data
    return Sealer(
        Sealing(
            dsn=made.platform.database_url("results"),
            signer=Signer("results", DISTRICT, load_private_key(data.private_key("results"))),
            period=timedelta(days=1),
            files=data.files("results"),
            leads=lambda: relay.leading,
            work=lambda: made.open(service_principal("results", DISTRICT)),
        )
    )


async def measure_chain(made: Rig, count: int) -> list[float]:
    """Seconds from commit to credit's commit, one result at a time."""
    seeded = await seed_approved_results(made.platform.database_url("results"), count + WARM_UP, district=DISTRICT)
    inspector = an_inspector(seeded.inspector_id)
    found = []
    for result_id in seeded.result_ids:
        made.told.clear()
        await made.publish(result_id, inspector)
        await asyncio.wait_for(made.told.wait(), 10)
        found.append(time.perf_counter() - made.committed_at)
    return found[WARM_UP:]


async def measure_chain_floor(made: Rig, count: int) -> list[float]:
    """Two bare commits around one publish and one fetch."""
    first = await asyncpg.connect(made.platform.database_url("results", "owner"))
    second = await asyncpg.connect(made.platform.database_url("credit", "owner"))
    client = await nats.connect(made.platform.nats_admin_url)
    stream = client.jetstream()
    name = f"FLOOR{time.time_ns()}"
    await stream.add_stream(name=name, subjects=[f"{name}.>"])
    pull = await stream.pull_subscribe(f"{name}.x", durable="floor", stream=name)
    for connection in (first, second):
        await connection.execute("CREATE TABLE IF NOT EXISTS floors (body text)")
    found = []
    for number in range(count + WARM_UP):
        started = time.perf_counter()
        await first.execute("INSERT INTO floors VALUES ($1)", PAYLOAD.decode())
        await stream.publish(f"{name}.x", PAYLOAD, headers={"Nats-Msg-Id": str(number)})
        (message,) = await pull.fetch(1, timeout=5)
        await second.execute("INSERT INTO floors VALUES ($1)", PAYLOAD.decode())
        found.append(time.perf_counter() - started)
        await message.ack()
    await client.close()
    await first.close()
    await second.close()
    return found[WARM_UP:]


async def measure_drain(made: Rig, count: int) -> float:
    """Results a second from an outbox filled while the relay was down, until credit has the last one."""
    made.platform.stop_process("results")
    seeded = await seed_approved_results(made.platform.database_url("results"), count, district=DISTRICT)
    inspector = an_inspector(seeded.inspector_id)
    waiting = iter(seeded.result_ids)

    async def publisher() -> None:
        for result_id in waiting:
            await made.publish(result_id, inspector)

    await asyncio.gather(*(publisher() for _ in range(4)))
    credit = await asyncpg.connect(made.platform.database_url("credit", "owner"))
    before = await credit.fetchval("SELECT producer_seq FROM inbox_cursors WHERE producer = 'results'") or 0
    made.platform.start_process("results")
    started = None
    while True:
        reached = await credit.fetchval("SELECT producer_seq FROM inbox_cursors WHERE producer = 'results'") or 0
        if started is None and reached > before:
            started, skipped = time.perf_counter(), reached - before
        if reached >= before + count:
            break
        await asyncio.sleep(0.01)
    await credit.close()
    assert started is not None
    return (count - skipped) / (time.perf_counter() - started)


async def measure_drain_floor(made: Rig, count: int) -> float:
    """Messages a second, published singly with 200 in flight."""
    client = await nats.connect(made.platform.nats_admin_url)
    stream = client.jetstream()
    name = f"FLOOR{time.time_ns()}"
    await stream.add_stream(name=name, subjects=[f"{name}.>"])
    numbers = itertools.count()

    async def sender() -> None:
        while (number := next(numbers)) < count:
            await stream.publish(f"{name}.x", PAYLOAD, headers={"Nats-Msg-Id": str(number)})

    started = time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(IN_FLIGHT)))
    took = time.perf_counter() - started
    await client.close()
    return count / took


def run_chain() -> Report:
    return uvloop.run(_chain())


def run_drain() -> Report:
    return uvloop.run(_drain())


async def _chain() -> Report:
    floors: list[float] = []
    tails: list[float] = []

    async with rig() as made, _relay_here(made):
        settle_memory()  # as `serve` does, whose part this process plays

        async def floor() -> float:
            floors.append(median(await measure_chain_floor(made, ONE_BY_ONE)) * 1000)
            return floors[-1]

        async def ours() -> float:
            found = await measure_chain(made, ONE_BY_ONE)
            tails.append(quantiles(found, n=100)[-1] * 1000)
            return median(found) * 1000

        figures = await CHAIN.measure_async(floor, ours)
    p99 = median(tail / least for tail, least in zip(tails, floors, strict=True))
    missed = (f"p99 {p99:.1f} × the floor's median, must ≤ {P99_MUST}",) if p99 > P99_MUST else ()
    return CHAIN.report(figures, (f"p99 {p99:.2f} × the floor's median (must ≤ {P99_MUST}, aim ≤ 5)",), missed)


async def _drain() -> Report:
    async with rig() as made:
        settle_memory()
        figures = await DRAIN.measure_async(
            lambda: measure_drain_floor(made, BACKLOG), lambda: measure_drain(made, BACKLOG)
        )
    return DRAIN.report(figures)
