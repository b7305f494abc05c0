"""What PostgreSQL itself says of a service's tables, and a row for any of them, whatever its columns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from deploy.embedded.platform import EmbeddedPlatform

_TABLES = """
SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced, pg_get_userbyid(c.relowner) AS owner,
       array(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)
           AS columns,
       array(SELECT concat_ws(' ', polcmd::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
             FROM pg_policy WHERE polrelid = c.oid AND polpermissive) AS policies,
       EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND NOT polpermissive) AS narrowed
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""
_NEEDED = """
SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND attidentity = ''
      AND attgenerated = ''
"""
_CHECKS = "SELECT conname AS name FROM pg_constraint WHERE conrelid = $1::text::regclass AND contype = 'c'"
_VALUES = {
    "text": "'x'",
    "uuid": "'0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90'",
    "integer": "1",
    "bigint": "1",
    "smallint": "1",
    "numeric": "1",
    "boolean": "true",
    "date": "'2026-11-24'",
    "timestamp with time zone": "'2026-11-24T09:30:00+08:00'",
    "interval": "'1 hour'",
    "bytea": "'\\x00'",
    "jsonb": "'{}'",
    "json": "'{}'",
}
SETTINGS = ("district", "department", "reads_all", "worker", "joint_office")
HERE, THERE = "d-here", "d-there"
OURS, THEIRS = "d-ours", "d-theirs"


@dataclass(frozen=True)
class Table:
    """One table of a service; partitions stand under their parent's name."""

    service: str
    name: str
    forced: bool
    owner: str
    columns: frozenset[str]
    policies: tuple[str, ...]
    """Those that open something; `narrowed` says that others close part of it again."""
    narrowed: bool

    def __str__(self) -> str:
        return f"{self.service}.{self.name}"

    @property
    def is_owned(self) -> bool:
        return "owner_department" in self.columns


@asynccontextmanager
async def as_administrator(platform: EmbeddedPlatform, service: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(f"{platform.admin_dsn.rpartition('/')[0]}/ssj_{service}")
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def as_application(platform: EmbeddedPlatform, service: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(platform.database_url(service))
    try:
        yield connection
    finally:
        await connection.close()


async def tables_of(platform: EmbeddedPlatform, service: str) -> list[Table]:
    async with as_administrator(platform, service) as connection:
        rows = await connection.fetch(_TABLES)
    return [
        Table(
            service,
            row["name"],
            row["forced"],
            row["owner"],
            frozenset(row["columns"]),
            tuple(row["policies"]),
            row["narrowed"],
        )
        for row in rows
        if row["name"] != "alembic_version"
    ]


async def put_a_row(connection: asyncpg.Connection[Any], table: Table) -> None:
    """A row of district `HERE` and department `OURS`, made of the types of its columns.

    What keys, checks and triggers ask is not asked here; a check of the district is met. The caller rolls back."""
    needed = {row["name"]: row["type"] for row in await connection.fetch(_NEEDED, table.name)}
    values = {name: "'{}'" if kind.endswith("[]") else _VALUES[kind] for name, kind in needed.items()}
    values |= {name: f"'{value}'" for name, value in _WHOSE.items() if name in table.columns}
    await connection.execute("SET LOCAL session_replication_role = replica")
    await connection.execute("SELECT set_config('ssj.district', $1, true)", HERE)
    for check in await connection.fetch(_CHECKS, table.name):
        await connection.execute(f'ALTER TABLE {table.name} DROP CONSTRAINT "{check["name"]}"')
    await connection.execute(
        f"INSERT INTO {table.name} ({', '.join(values)}) OVERRIDING SYSTEM VALUE VALUES ({', '.join(values.values())})"
    )


_WHOSE = {"district": HERE, "owner_department": OURS}


async def seen_by(connection: asyncpg.Connection[Any], table: Table, context: Mapping[str, str]) -> int:
    """How many rows the application's role sees in this context; an empty one is none at all."""
    settings = ", ".join(f"set_config('ssj.{name}', '{context.get(name, '')}', true)" for name in SETTINGS)
    await connection.execute(f'SELECT {settings}; SET LOCAL ROLE "{table.service}_app"')
    seen: int = await connection.fetchval(f"SELECT count(*) FROM {table.name}")
    await connection.execute("RESET ROLE")
    return seen
