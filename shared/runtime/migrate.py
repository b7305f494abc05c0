"""Migrations of one service, as its owner role, under a session lock: the second of two migrators finds it done."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

_LOCK = 0x73736A02
_ROOT = Path(__file__).resolve().parents[2]


def alembic_config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "shared" / "runtime" / "migrations"))
    config.set_main_option("version_locations", str(_ROOT / "services" / service / "storage" / "migrations"))
    if service == "gateway":
        config.set_main_option("version_locations", str(_ROOT / "gateway" / "storage" / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d-%%(hour).2d%%(minute).2d_%%(slug)s")
    return config


async def migrate(service: str, owner_url: str) -> None:
    """Brings the database of `service` to the newest revision."""
    engine = create_async_engine(owner_url, poolclass=sa.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(sa.text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            await connection.commit()
            await connection.run_sync(_upgrade, service)
    finally:
        await engine.dispose()


def _upgrade(connection: sa.Connection, service: str) -> None:
    config = alembic_config(service)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()
