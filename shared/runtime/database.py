"""The database of one service: an engine under the app role, and what a transaction's context is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.runtime.principal import JOINT_OFFICE, Principal

_CONTEXT = text(
    "SELECT set_config('ssj.district', :district, true), set_config('ssj.department', :department, true),"
    " set_config('ssj.reads_all', :reads_all, true), set_config('ssj.worker', :worker, true),"
    " set_config('ssj.joint_office', :joint_office, true),"
    " transaction_timestamp() + coalesce((SELECT moved_by FROM demo_clocks), interval '0') AS at"
)


class Database:
    """Opens transactions. The pool is small on purpose: pool size × replicas stays far below max_connections."""

    def __init__(self, url: str, pool_size: int = 8) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            connect_args={"command_timeout": 30, "server_settings": {"application_name": "ssj"}},
        )

    async def close(self) -> None:
        await self.engine.dispose()


async def set_context(connection: AsyncConnection, principal: Principal) -> datetime:
    """Sets the transaction's context (transaction-local, SEC4); returns its time: PostgreSQL's plus the demo offset."""
    row = await connection.execute(
        _CONTEXT,
        {
            "district": principal.district,
            "department": principal.department,
            "reads_all": "on" if principal.reads_all else "",
            "worker": "on" if principal.is_service else "",
            "joint_office": "on" if JOINT_OFFICE in principal.roles else "",
        },
    )
    at: datetime = row.one().at
    return at
