"""The database of one service: an engine under the app role, and what a transaction's context is.

Transactions are begun and ended on the driver itself and the engine is in autocommit: the statements that every unit of
work sends (context, cursor, last words) then cost one round trip each and nothing else; see `decisions/0004`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.runtime.numbering import Numbering
from shared.runtime.principal import JOINT_OFFICE, Principal

_CONTEXT = (
    "SELECT statement_timestamp() + coalesce((SELECT moved_by FROM demo_clocks), interval '0') AS at,"
    " set_config('ssj.district', $1, true), set_config('ssj.department', $2, true),"
    " set_config('ssj.reads_all', $3, true), set_config('ssj.worker', $4, true),"
    " set_config('ssj.joint_office', $5, true)"
)
Driver: TypeAlias = "asyncpg.Connection[Any]"
Pool: TypeAlias = "asyncpg.Pool[Any]"
BARE_CONNECTIONS: Final = 4
LOST_CONNECTION: Final = (asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError)
"""The driver's errors where the server is gone. The second: it has said goodbye, and the socket still seems open."""


class Database:
    """Opens transactions. The pool is small on purpose: pool size × replicas stays far below max_connections."""

    def __init__(self, url: str, pool_size: int = 8) -> None:
        self.numbering = Numbering()
        """What the relay, where it leads in this process, shares with the acts."""
        self._url = url
        self._bare_pool: Pool | None = None
        self._opening = asyncio.Lock()
        self.before_close: list[Callable[[], Awaitable[None]]] = []
        """What is still to be written when the process stops."""
        self.engine: AsyncEngine = create_async_engine(
            url,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            connect_args={"command_timeout": 30, "server_settings": {"application_name": "ssj"}},
        )

    async def bare(self) -> Pool:
        """Connections of the driver alone, handed back without a reset: for calls that are one statement each and
        leave nothing in the session. What such a statement may see, it must set itself (transaction-local). Plans are
        made once for all values."""
        if self._bare_pool is not None:
            return self._bare_pool
        async with self._opening:
            if self._bare_pool is None:
                self._bare_pool = await asyncpg.create_pool(
                    self._url.replace("postgresql+asyncpg", "postgresql", 1),
                    min_size=1,
                    max_size=BARE_CONNECTIONS,
                    reset=_leave_as_it_is,
                    command_timeout=30,
                    server_settings={"application_name": "ssj", "plan_cache_mode": "force_generic_plan", "jit": "off"},
                )
            return self._bare_pool

    async def close(self) -> None:
        for finish in self.before_close:
            await finish()
        if self._bare_pool is not None:
            await self._bare_pool.close()
        await self.engine.dispose()


async def _leave_as_it_is(_: object) -> None:
    """No state of a session was used, so there is none to take back."""


async def connect(engine: AsyncEngine) -> tuple[AsyncConnection, Driver]:
    """A pooled connection and the asyncpg connection under it; one that the server closed meanwhile is thrown away."""
    while True:
        connection = await engine.connect()
        driver: Driver = (await connection.get_raw_connection()).driver_connection
        if not driver.is_closed():
            return connection, driver
        await connection.invalidate()
        await connection.close()


async def set_context(driver: Driver, principal: Principal, also: str = "", *values: Any) -> asyncpg.Record:
    """Sets the transaction's context (transaction-local, SEC4) and reads `also` in the same statement.

    `also` is a list of columns whose parameters are `$6` and on, bound to `values`. Returns the row: `at` is the
    transaction's time (PostgreSQL's plus the demo offset), then the columns of `also`.
    """
    row: asyncpg.Record = await driver.fetchrow(
        f"{_CONTEXT}, {also}" if also else _CONTEXT,
        principal.district,
        principal.department,
        "on" if principal.reads_all else "",
        "on" if principal.is_service else "",
        "on" if JOINT_OFFICE in principal.roles else "",
        *values,
    )
    return row
