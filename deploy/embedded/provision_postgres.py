"""A database and two roles for every service: the owner migrates, the app works (一服务一库、两个角色). Idempotent."""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg

from deploy.embedded.credentials import Credentials
from deploy.embedded.errors import DatabaseUnreachable, ProvisioningFailed
from deploy.embedded.postgres import LOCALE

EXTENSIONS: Final = ("pg_trgm", "btree_gist")
APP_SETTINGS: Final = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "15s",
}
"""promises.md section 6: the API's limits. The owner, who migrates and runs long jobs, has none."""
AT_ONCE: Final = 3
SCRAM_ROUNDS: Final = 4096


def database_name(service: str) -> str:
    return f"ssj_{service}"


def role_name(service: str, kind: str) -> str:
    """`kind` is `owner` or `app`."""
    return f"{service}_{kind}"


def dsn_of(admin_dsn: str, database: str, user: str | None = None, password: str | None = None) -> str:
    """The administrator's DSN turned to another database, and to another role if one is given."""
    parts = urlsplit(admin_dsn)
    place = parts.netloc.rpartition("@")[2]
    login = f"{quote(user)}:{quote(password or '', safe='')}" if user else parts.netloc.rpartition("@")[0]
    return urlunsplit((parts.scheme, f"{login}@{place}" if login else place, f"/{database}", parts.query, ""))


async def provision_postgres(
    admin_dsn: str, services: Sequence[str], credentials: Credentials, *, private_server: bool
) -> None:
    """Make or correct the database and roles of each service.

    `private_server` closes the maintenance databases too, which on somebody else's server is not ours to do. Raises
    `DatabaseUnreachable`, or `ProvisioningFailed` naming the service.
    """
    admin = await _connect(admin_dsn)
    try:
        if private_server:
            await admin.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        for service in services:
            await _provision_roles(admin, service, credentials)
    except asyncpg.PostgresError as error:
        raise ProvisioningFailed("PostgreSQL 角色", str(error)) from error
    finally:
        await admin.close()
    gate = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(_provision_database(admin_dsn, service, gate) for service in services))


async def _connect(dsn: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(dsn, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
        raise DatabaseUnreachable(
            urlsplit(dsn).netloc.rpartition("@")[2], str(error) or type(error).__name__
        ) from error


async def _provision_roles(admin: asyncpg.Connection, service: str, credentials: Credentials) -> None:
    for kind in ("owner", "app"):
        role = role_name(service, kind)
        known = await admin.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role)
        verb = "ALTER" if known else "CREATE"
        verifier = scram_verifier(credentials[role], secrets.token_bytes(16))
        await admin.execute(
            f'{verb} ROLE "{role}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS '
            f"PASSWORD '{verifier}'"
        )
    for setting, value in APP_SETTINGS.items():
        await admin.execute(f"ALTER ROLE \"{role_name(service, 'app')}\" SET {setting} = '{value}'")


async def _provision_database(admin_dsn: str, service: str, gate: asyncio.Semaphore) -> None:
    database = database_name(service)
    async with gate:
        try:
            await _create_database(admin_dsn, service)
            inside = await _connect(dsn_of(admin_dsn, database))
            try:
                for statement in _inside_statements(service):
                    await inside.execute(statement)
            finally:
                await inside.close()
        except asyncpg.PostgresError as error:
            raise ProvisioningFailed(f"数据库 {database}", str(error)) from error


async def _create_database(admin_dsn: str, service: str) -> None:
    database, owner, app = database_name(service), role_name(service, "owner"), role_name(service, "app")
    admin = await _connect(admin_dsn)
    try:
        if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", database):
            if not await admin.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
                await admin.execute(f'GRANT "{owner}" TO CURRENT_USER')
            await admin.execute(
                f'CREATE DATABASE "{database}" OWNER "{owner}" TEMPLATE template0 ENCODING \'UTF8\' '
                f"LC_COLLATE '{LOCALE}' LC_CTYPE '{LOCALE}'"
            )
        await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
        await admin.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO "{app}"')
    finally:
        await admin.close()


def _inside_statements(service: str) -> list[str]:
    owner, app = role_name(service, "owner"), role_name(service, "app")
    defaults = f'ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public GRANT'
    return [
        *(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS),
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f'GRANT USAGE ON SCHEMA public TO "{app}"',
        f'{defaults} SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{app}"',
        f'{defaults} USAGE, SELECT ON SEQUENCES TO "{app}"',
    ]


def scram_verifier(password: str, salt: bytes) -> str:
    """What PostgreSQL stores of an ASCII password (SCRAM-SHA-256, RFC 5803).

    Sent in place of the password, so that a failed statement in the server's log shows no secret.
    """
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, SCRAM_ROUNDS)
    stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    in_base64 = [base64.b64encode(part).decode() for part in (salt, stored_key, server_key)]
    return f"SCRAM-SHA-256${SCRAM_ROUNDS}:{in_base64[0]}${in_base64[1]}:{in_base64[2]}"


def login_of(dsn: str) -> tuple[str, str]:
    """(user, password) inside a URL, percent-decoded; empty where absent."""
    parts = urlsplit(dsn)
    return unquote(parts.username or ""), unquote(parts.password or "")
