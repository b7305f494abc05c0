"""The two servers of one platform: started here, or given from outside."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from deploy import topology
from deploy.embedded import postgres
from deploy.embedded.credentials import NATS_ADMIN, POSTGRES_ADMIN, Credentials
from deploy.embedded.layout import DataFolder
from deploy.embedded.nats_server import ADMIN, NatsServer, find_nats_server
from deploy.embedded.options import PlatformOptions
from deploy.embedded.placement import place
from deploy.embedded.ports import LOOPBACK, claim_port, free_port
from deploy.embedded.postgres import PostgresServer
from deploy.embedded.report import Reporter

MEMORY_DISK: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made inside by mkdtemp
MEMORY_DISK_NEEDS: Final = 2 * topology.GIB


@dataclass(frozen=True)
class Servers:
    """`postgres` and `nats` are None for a server given from outside. The two URLs carry the administrator's login."""

    postgres: PostgresServer | None
    nats: NatsServer | None
    admin_dsn: str
    nats_admin_url: str


def temporary_data_folder(fast: bool) -> Path:
    """A new folder in memory if the platform is to be fast and there is room, else under the temporary folder."""
    in_memory = fast and MEMORY_DISK.is_dir() and shutil.disk_usage(MEMORY_DISK).free > MEMORY_DISK_NEEDS
    return Path(tempfile.mkdtemp(prefix="ssj-", dir=MEMORY_DISK if in_memory else None))


def plan_servers(options: PlatformOptions, data: DataFolder, credentials: Credentials, taken: set[int]) -> Servers:
    """Find the programs and claim the ports of the servers to start. Starts nothing.

    Raises `BinaryMissing`, `PortInUse`, and what `place` raises.
    """
    database = _plan_postgres(options, data, taken)
    broker = _plan_nats(options, data, taken)
    admin_dsn, nats_admin_url = options.postgres_dsn or "", options.nats_url or ""
    if database is not None:
        password = quote(credentials[POSTGRES_ADMIN], safe="")
        admin_dsn = f"postgresql://{postgres.ADMIN}:{password}@{LOOPBACK}:{database.port}/postgres"
    if broker is not None:
        nats_admin_url = f"nats://{ADMIN}:{quote(credentials[NATS_ADMIN], safe='')}@{LOOPBACK}:{broker.port}"
    return Servers(database, broker, _plain_scheme(admin_dsn), nats_admin_url)


def _plan_postgres(options: PlatformOptions, data: DataFolder, taken: set[int]) -> PostgresServer | None:
    if options.postgres_dsn is not None:
        return None
    placement = place(data, postgres.find_binaries(options.pgbin), options.temp_root)
    return PostgresServer(placement, claim_port(options.postgres_port, "PostgreSQL", taken), options.fast)


def _plan_nats(options: PlatformOptions, data: DataFolder, taken: set[int]) -> NatsServer | None:
    if options.nats_url is not None:
        return None
    port = claim_port(options.nats_port, "NATS", taken)
    return NatsServer(find_nats_server(), data, port, free_port(taken), options.stream_max_bytes)


def _plain_scheme(dsn: str) -> str:
    """`postgresql+asyncpg://…` and `postgres://…` → `postgresql://…`."""
    return "postgresql://" + dsn.partition("://")[2] if urlsplit(dsn).scheme.startswith("postgres") else dsn


def prepare_postgres(server: PostgresServer, credentials: Credentials, reporter: Reporter) -> None:
    """Say what lies somewhere unusual, wait for the remains of a killed platform, make the store if there is none."""
    for sentence in server.placement.notices:
        reporter.notice(sentence)
    postgres.await_remains(server.placement)
    postgres.initialise(server.placement, credentials[POSTGRES_ADMIN], fast=server.fast)
