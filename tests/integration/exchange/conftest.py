"""The exchange served over its real database, and a district in it that hears events as a lane would bring them."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, groupby
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from sqlalchemy import text

from demo.province.book import Book
from demo.province.inbound import take_front
from deploy.embedded.platform import EmbeddedPlatform
from deploy.embedded.ports import free_port
from deploy.embedded.province import (
    PEER_ROLE,
    PROVINCE,
    Province,
    channels_to,
    province_process,
    provision_province,
)
from deploy.embedded.provision_postgres import dsn_of
from services.exchange.adapters.map_files import load_maps
from services.exchange.adapters.standing import make_standings
from services.exchange.adapters.transports import make_transports
from services.exchange.messaging.handlers import HEARS
from services.exchange.settings import Channel, ExchangeSettings
from services.exchange.storage.unit_of_work import ExchangeUnitOfWork, Surroundings
from services.exchange.usecases.deliver import Pace, Transport
from services.exchange.usecases.keep_delivering import deliver_once
from shared.events.envelope import Event, Heard
from shared.runtime.principal import Principal
from shared.values.ids import new_id
from tests.builders.exchange import NOW
from tests.builders.people import the_service
from tests.support.served import Served

Serve = Callable[..., Awaitable[Served]]
_HANDLERS = {kind: handler for handlers in HEARS.values() for kind, handler in handlers.items()}
_SEQS = count(1)
QUICK = Pace(timedelta(milliseconds=20), timedelta(seconds=60))


@dataclass(frozen=True)
class ExchangeDistrict:
    """One test's own district at the served exchange."""

    exchange: Served
    district: str

    def work(self, principal: Principal | None = None) -> Any:
        return self.exchange.work(principal or the_service("exchange", self.district))

    async def hear(self, *events: Event) -> None:
        """One batch, one transaction, runs of one handler each."""
        async with self.work() as work:
            for handler, run in groupby(events, key=lambda event: _HANDLERS[type(event)]):
                await handler([self._heard(event) for event in run], work)
            await work.commit()

    def _heard(self, event: Event) -> Heard[Any]:
        return Heard(event, new_id(), "results", next(_SEQS), self.district, NOW)

    async def rows(self, dataset: str) -> Sequence[Any]:
        """Every row of a dataset, by key and version."""
        async with self.work() as work:
            found = await work.driver.fetch(
                "SELECT * FROM outbound_rows WHERE district = $1 AND dataset = $2 ORDER BY row_key, version",
                self.district,
                dataset,
            )
        return list(found)

    async def states(self, dataset: str) -> list[tuple[int, str]]:
        return [(row["version"], row["state"]) for row in await self.rows(dataset)]

    async def deliver(self, transports: Mapping[str, Transport], pace: Pace = QUICK) -> int:
        """One round of the worker."""
        return await deliver_once(transports, pace, self.work)

    async def until_settled(self, mock: MockProvince, transports: Mapping[str, Transport], seconds: float = 20) -> None:
        """Rounds until every row is accepted, superseded or on the work list."""
        deadline = asyncio.get_running_loop().time() + seconds
        while await self.open_rows(list(transports)):
            assert asyncio.get_running_loop().time() < deadline, await self.open_rows(list(transports))
            await self.deliver(transports)
            await mock.take_front(self.district)
            await asyncio.sleep(0.05)

    async def open_rows(self, peers: Sequence[str]) -> list[str]:
        async with self.work() as work:
            rows = await work.driver.fetch(
                "SELECT dataset FROM outbound_rows WHERE district = $1 AND state IN ('staged', 'batched')"
                " AND peer = ANY ($2::text[])",
                self.district,
                list(peers),
            )
        return [row["dataset"] for row in rows]

    async def told(self) -> list[tuple[str, Any]]:
        """Subjects and bodies of the events this district told, in order."""
        async with self.work() as work:
            rows = await work.connection.execute(
                text("SELECT type, payload::jsonb FROM outboxes WHERE district = :district ORDER BY id"),
                {"district": self.district},
            )
            return [(kind, body) for kind, body in rows]


@pytest.fixture
async def exchange(served: Serve) -> Served:
    return await served("exchange")


@pytest.fixture
def here(exchange: Served, district: str) -> ExchangeDistrict:
    return ExchangeDistrict(exchange, district)


@dataclass(frozen=True)
class MockProvince:
    """The mock province as a process on the tests' servers, and our channels to it."""

    platform: EmbeddedPlatform
    place: Province
    exchange: Served

    def transports(self, district: str, timeout: float = 5.0) -> Mapping[str, Transport]:
        """Ours, by peer, for one district."""
        return make_transports(
            self.settings(district, timeout), lambda: self.exchange.work(the_service("exchange", district))
        )

    def work(self, principal: Principal) -> ExchangeUnitOfWork:
        """A unit of work that can ask the mock what it has."""
        settings = self.settings(principal.district, 5.0)
        around = Surroundings(
            load_maps(), settings.region, settings.sender, make_standings(settings), settings.allowed_private
        )
        return ExchangeUnitOfWork(self.exchange.process.database, principal, around)

    def settings(self, district: str, timeout: float) -> ExchangeSettings:
        return ExchangeSettings.model_construct(
            district=district,
            sender=district,
            timeout_seconds=timeout,
            allowed_private=["127.0.0.1"],
            channels={
                peer: Channel.model_validate(facts)
                for peer, facts in json.loads(channels_to(self.platform.site, self.place)["CHANNELS"]).items()
            },
        )

    async def told(self, method: str, path: str, body: object = None) -> Any:
        """What the mock says to its keeper; one that was killed is waited for."""
        async with httpx2.AsyncClient(base_url=self.place.url, trust_env=False) as client:
            for _ in range(150):
                try:
                    answer = await client.request(method, path, json=body)
                except httpx2.TransportError:
                    await asyncio.sleep(0.1)
                    continue
                assert answer.status_code == 200, answer.text
                return answer.json()
        raise AssertionError("the mock province did not come back")

    async def misbehave(self, **faults: Any) -> None:
        await self.told("POST", "/faults", faults)

    async def sql(self, statement: str, *values: Any) -> None:
        """In the mock's own database, behind its back."""
        site = self.platform.site
        peer = await asyncpg.connect(dsn_of(site.admin_dsn, "ssj_province"))
        await peer.execute(statement, *values)
        await peer.close()

    async def take_front(self, district: str) -> None:
        """Reads the front tables of a district once, with the peer's role (its process watches another)."""
        site = self.platform.site
        book = await Book.open(dsn_of(site.admin_dsn, "ssj_province", PROVINCE, site.credentials[PROVINCE]))
        front = dsn_of(site.admin_dsn, "ssj_exchange", PEER_ROLE, site.credentials[PEER_ROLE])
        await take_front(book, front, district)
        await book.close()


@pytest.fixture(scope="session")
async def province(platform: EmbeddedPlatform, served: Serve) -> AsyncIterator[MockProvince]:
    exchange = await served("exchange")
    site = platform.site
    await provision_province(site.admin_dsn, site.credentials)
    with tempfile.TemporaryDirectory() as folder:
        place = Province(free_port(), Path(folder))
        process = province_process(site, place)
        await asyncio.to_thread(platform.supervisor.start, [process])
        yield MockProvince(platform, place, exchange)
        await asyncio.to_thread(platform.stop_process, PROVINCE)


@pytest.fixture
async def mock(province: MockProvince) -> AsyncIterator[MockProvince]:
    """In good order at the start of each test."""
    await province.misbehave()
    yield province
    await province.misbehave()
