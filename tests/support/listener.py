"""A consumer of the tests' own: a scratch database with the runtime's tables, a lane on a durable nobody else uses.

It hears `registry` as the gateway's user, so it meets real permissions, a real durable and real redelivery.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.embedded.platform import EmbeddedPlatform
from shared.events.envelope import Heard
from shared.events.registry import ChangeRecordedV1
from shared.runtime.bus import Bus
from shared.runtime.database import Database
from shared.runtime.inbox import Handlers
from shared.runtime.lane import Feed, Lane
from shared.runtime.outbox import LoggedEvent
from shared.runtime.principal import service_principal
from shared.runtime.tables import create_runtime_tables
from shared.runtime.unit_of_work import UnitOfWork
from shared.values.errors import Refused
from tests.builders.people import DISTRICT

NAME = "gateway"
DATABASE = "ssj_listener"


class Disliked(Refused):
    message = "测试要求拒绝此事件"


class Listener:
    """`heard()` is what its handler applied, in the order applied."""

    def __init__(self, platform: EmbeddedPlatform) -> None:
        dsn = platform.admin_dsn.rpartition("/")[0] + f"/{DATABASE}"
        self.platform, self._dsn = platform, dsn
        self.database = Database(dsn.replace("postgresql", "postgresql+asyncpg"))
        self.dislikes: set[str] = set()
        self.handlers: Handlers = {ChangeRecordedV1: self._on_change_recorded}
        self.bus: Bus
        self.bus_registry: Bus
        self.start = 0

    async def open(self) -> None:
        admin = await asyncpg.connect(self.platform.admin_dsn)
        await admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 LC_CTYPE 'C.UTF-8'")
        await admin.close()
        engine = create_async_engine(self._dsn.replace("postgresql", "postgresql+asyncpg"), poolclass=sa.NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(_create_tables)
        await engine.dispose()
        user, password = self.platform.site.nats_login(NAME)
        self.bus = await Bus.connect(self.platform.site.nats_url, NAME, user, password)
        user, password = self.platform.site.nats_login("registry")
        self.bus_registry = await Bus.connect(self.platform.site.nats_url, "registry", user, password)

    async def close(self) -> None:
        await self.bus.close()
        await self.bus_registry.close()
        await self.database.close()

    def work(self) -> UnitOfWork:
        return UnitOfWork(self.database, service_principal(NAME, DISTRICT))

    def lane(self, feed: Feed) -> Lane:
        return Lane(NAME, "registry", self.bus, self.work, self.handlers, feed)

    async def _on_change_recorded(self, heard: Sequence[Heard[Any]], uow: UnitOfWork) -> None:
        for one in heard:
            if str(one.event.change_set_id) in self.dislikes:
                raise Disliked
            await uow.connection.execute(
                text("INSERT INTO heard (seq, change_set_id) VALUES (:seq, :id)"),
                {"seq": one.producer_seq, "id": str(one.event.change_set_id)},
            )

    async def heard(self) -> list[int]:
        async with self.work() as work:
            return list((await work.connection.execute(text("SELECT seq FROM heard ORDER BY place"))).scalars())

    async def heard_ids(self) -> list[str]:
        async with self.work() as work:
            rows = await work.connection.execute(text("SELECT change_set_id FROM heard ORDER BY place"))
            return list(rows.scalars())

    async def until(self, wanted: int, seconds: float = 15) -> list[int]:
        """What was heard once it is `wanted` long; what was heard so far when time is up."""
        for _ in range(int(seconds * 20)):
            found = await self.heard()
            if len(found) >= wanted:
                return found
            await asyncio.sleep(0.05)
        return await self.heard()


def _create_tables(connection: sa.Connection) -> None:
    with Operations.context(MigrationContext.configure(connection)):
        create_runtime_tables()
    connection.execute(
        text("CREATE TABLE heard (place bigint GENERATED ALWAYS AS IDENTITY, seq bigint, change_set_id text)")
    )


def as_feed_rows(events: Sequence[LoggedEvent]) -> list[dict[str, Any]]:
    return [
        {name: getattr(event, name) for name in LoggedEvent.__slots__}
        | {"event_id": str(event.event_id), "occurred_at": event.occurred_at.isoformat()}
        for event in events
    ]
