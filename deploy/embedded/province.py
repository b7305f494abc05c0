"""The mock province beside the platform: its database, its role at our front tables, its process, our channels."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg

from deploy.embedded.credentials import Credentials
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.process import ProcessSpec, Stage
from deploy.embedded.provision_postgres import database_name, dsn_of, role_name, scram_verifier

if TYPE_CHECKING:
    from deploy.embedded.services import Site

PROVINCE: Final = "province"
FRONT: Final = "exchange"
PEER_ROLE: Final = role_name(FRONT, "peer")
TOKEN: Final = "province_token"  # noqa: S105 - the name of a secret, not one


@dataclass(frozen=True)
class Province:
    """Where the mock province runs."""

    port: int
    drop_dir: Path

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"


async def provision_peer_role(admin_dsn: str, credentials: Credentials) -> None:
    """The role with which a peer reads our front tables; what it may see is granted by the exchange's migration."""
    admin = await asyncpg.connect(admin_dsn, timeout=10)
    try:
        await _put_role(admin, PEER_ROLE, credentials[PEER_ROLE])
        await admin.execute(f'GRANT CONNECT ON DATABASE "{database_name(FRONT)}" TO "{PEER_ROLE}"')
    finally:
        await admin.close()


async def provision_province(admin_dsn: str, credentials: Credentials) -> None:
    """The mock's own database and role. Safe to call again."""
    admin = await asyncpg.connect(admin_dsn, timeout=10)
    try:
        await _put_role(admin, PROVINCE, credentials[PROVINCE])
        database = database_name(PROVINCE)
        if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", database):
            if not await admin.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
                await admin.execute(f'GRANT "{PROVINCE}" TO CURRENT_USER')
            await admin.execute(f'CREATE DATABASE "{database}" OWNER "{PROVINCE}" TEMPLATE template0')
        await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
    finally:
        await admin.close()


async def _put_role(admin: asyncpg.Connection, role: str, password: str) -> None:
    known = await admin.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role)
    verifier = scram_verifier(password, secrets.token_bytes(16))
    await admin.execute(f"{'ALTER' if known else 'CREATE'} ROLE \"{role}\" LOGIN PASSWORD '{verifier}'")


def province_process(site: Site, province: Province) -> ProcessSpec:
    """How the supervisor runs the mock."""
    own = dsn_of(site.admin_dsn, database_name(PROVINCE), PROVINCE, site.credentials[PROVINCE])
    front = dsn_of(site.admin_dsn, database_name(FRONT), PEER_ROLE, site.credentials[PEER_ROLE])
    return ProcessSpec(
        name=PROVINCE,
        argv=(sys.executable, "-m", "demo.province.main"),
        env={
            "PROVINCE_PORT": str(province.port),
            "PROVINCE_DATABASE_URL": own,
            "PROVINCE_TOKEN": site.credentials[TOKEN],
            "PROVINCE_DROP_DIR": str(province.drop_dir),
            "PROVINCE_FRONT_URL": front,
            "PROVINCE_FRONT_DISTRICT": site.district,
        },
        ready_url=f"{province.url}/health/ready",
        stage=Stage.EXTRA,
    )


def channels_to(site: Site, province: Province) -> dict[str, str]:
    """Settings of the exchange that reach the mock by each transport."""
    http = {"transport": "http", "url": province.url, "token": site.credentials[TOKEN]}
    shown = {"reconcile_url": province.url, "token": site.credentials[TOKEN]}
    channels = {
        "province": http,
        "credit_platform": http,
        "necips": {"transport": "file", "folder": str(province.drop_dir), **shown},
        "supervision": {"transport": "table", **shown},
    }
    return {
        "CHANNELS": json.dumps(channels, sort_keys=True),
        "ALLOWED_PRIVATE": json.dumps([LOOPBACK]),
        "POLL_SECONDS": "0.5",
    }
