"""Jobs 5a and 5b: is this enterprise restricted on that day? One question, and five hundred at once.

Product: credit's own ASGI application over its real database, called in this process: routing,
row-level security, the answer composed, signed and kept. Left out: the socket, and the gateway with the check of its
token (job 4). Floor: the bare prepared query that reads the same rows, over a connection that no policy binds.
Both ask about the same enterprises, one in ten of which is listed, a different one each time.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import orjson
import structlog
import uvloop

from deploy.embedded.platform import embedded_platform
from deploy.embedded.provision_postgres import database_name
from services.credit.domain.entities import EntityRow
from services.credit.usecases.apply_facts import apply_facts
from shared.runtime.http import caller
from shared.runtime.principal import CLIENT, Principal
from shared.runtime.run import configure_logging, settle_memory
from shared.values.ids import new_id
from tests.bench.frame import Bench, Report
from tests.builders.credit import a_decision, a_fact, an_entity
from tests.builders.people import DISTRICT, the_service
from tests.support.served import Served, serve

CHECK = Bench("check", target=7.0, aim=3.6, unit="ms")
CHECK_BATCH = Bench("check-batch", target=2.5, aim=1.5, unit="ms")
ENTITIES: Final = 50_000
LISTED_EVERY: Final = 10
ONE_BY_ONE: Final = 1_500
BATCHES, BATCH = 60, 500
WARM_UP: Final = 50
AREA: Final = "government_procurement"
DAY: Final = date(2026, 11, 24)
_ROWS: Final = (
    "SELECT e.entity_id, e.uscc, e.name, f.id, f.version, f.measure_code, f.list_code, f.ground, f.document_no,"
    " f.authority, f.legal_basis, f.starts_on, f.ends_on FROM replica_entities AS e"
    " LEFT JOIN flags AS f ON f.district = e.district AND f.entity_id = e.entity_id AND f.area = $3"
    "  AND f.in_force_from <= $4 AND (f.in_force_to IS NULL OR f.in_force_to >= $4)"
    " WHERE e.district = $1 AND e.uscc = "
)
ASKER: Final = Principal("client:bids", DISTRICT, roles=frozenset({CLIENT}), scopes=frozenset({"credit.check"}))
Once = Callable[[int], Awaitable[None]]


@dataclass(frozen=True)
class Rig:
    """Credit with a district in it, and the floor's connection."""

    credit: Served
    bare: asyncpg.Connection[Any]
    codes: Sequence[str]

    async def call(self, method: str, path: str, query: str = "", body: bytes = b"") -> bytes:
        """One request of a machine client through the application; its answer's body."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"content-type", b"application/json")],
            "client": ("127.0.0.1", 1),
            "server": ("service", 80),
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.credit.app(scope, receive, send)
        answer: bytes = b"".join(message.get("body", b"") for message in sent)
        if sent[0]["status"] != 200:
            raise RuntimeError(answer.decode())
        return answer


def log_to_nowhere() -> None:
    """Lines as `serve` writes them, into a device that takes them all."""
    configure_logging()
    nowhere = Path(os.devnull).open("w", encoding="utf-8")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(nowhere), cache_logger_on_first_use=True)


@asynccontextmanager
async def rig() -> AsyncIterator[Rig]:
    log_to_nowhere()
    with embedded_platform(None, []) as platform:
        credit = await serve(platform, "credit")
        credit.app.dependency_overrides[caller] = _the_client
        entities = [an_entity(number) for number in range(ENTITIES)]
        await _fill(credit, entities)
        base, _, _ = platform.site.admin_dsn.rpartition("/")
        bare = await asyncpg.connect(f"{base}/{database_name('credit')}")
        await bare.execute("ANALYZE")
        settle_memory()  # as `serve` does
        yield Rig(credit, bare, [str(one.uscc) for one in entities])
        await bare.close()
        await credit.close()


async def _the_client() -> Principal:
    return ASKER


async def _fill(credit: Served, entities: Sequence[EntityRow]) -> None:
    """The register, and a fact of every tenth that enters a list and raises flags in all areas."""
    async with credit.work(the_service("credit", DISTRICT)) as work:
        await work.replicas.put(entities, work.now)
        listed: list[UUID] = [one.entity_id for one in entities[::LISTED_EVERY]]
        await apply_facts([a_fact(one, key=str(new_id()), decision=a_decision()) for one in listed], work)
        await work.commit()


async def per_call(once: Once, count: int) -> float:
    """Median milliseconds of one call."""
    found: list[float] = []
    for number in range(count + WARM_UP):
        started = time.perf_counter()
        await once(number)
        found.append(time.perf_counter() - started)
    return median(found[WARM_UP:]) * 1000


async def _check() -> Report:
    async with rig() as made:
        statement = await made.bare.prepare(f"{_ROWS} $2")
        turns = itertools.cycle(made.codes)

        async def bare(_: int) -> None:
            await statement.fetch(DISTRICT, next(turns), AREA, DAY)

        async def floor() -> float:
            return await per_call(bare, ONE_BY_ONE)

        async def ours() -> float:
            query = urlencode({"area": AREA, "on": DAY})

            async def once(_: int) -> None:
                await made.call("GET", f"/v1/entities/{next(turns)}/restrictions", query)

            return await per_call(once, ONE_BY_ONE)

        figures = await CHECK.measure_async(floor, ours)
    return CHECK.report(figures, ("row-level security, answer signed and kept: inside; token and socket: left out",))


async def _check_batch() -> Report:
    async with rig() as made:
        statement = await made.bare.prepare(f"{_ROWS} any($2)")
        batches = [made.codes[at : at + BATCH] for at in range(0, ENTITIES, BATCH)]
        turns, bodies = itertools.cycle(batches), itertools.cycle(map(_body, batches))

        async def bare(_: int) -> None:
            await statement.fetch(DISTRICT, next(turns), AREA, DAY)

        async def floor() -> float:
            return await per_call(bare, BATCHES)

        async def ours() -> float:
            async def once(_: int) -> None:
                await made.call("POST", "/v1/restriction-checks", body=next(bodies))

            return await per_call(once, BATCHES)

        figures = await CHECK_BATCH.measure_async(floor, ours)
    return CHECK_BATCH.report(figures, ("500 questions a call, answered, signed and kept as one",))


def _body(codes: Sequence[str]) -> bytes:
    return orjson.dumps({"checks": [{"uscc": code, "area": AREA, "on": str(DAY)} for code in codes]})


def run_check() -> Report:
    return uvloop.run(_check())


def run_check_batch() -> Report:
    return uvloop.run(_check_batch())
