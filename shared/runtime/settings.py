"""Settings of a process come from its environment, here and nowhere else. No secret has a default."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class ServiceSettings(BaseSettings):
    """What every service needs. A service subclasses it with `env_prefix` = its name in capitals."""

    database_url: SecretStr
    """App role: owns nothing, row-level security binds it."""
    owner_database_url: SecretStr | None = None
    """Owner role: `migrate` only."""
    nats_url: str
    nats_user: str
    nats_password: SecretStr
    host: str = "127.0.0.1"
    port: int = 0
    """0 where nothing is served (a migration)."""
    metrics_port: int = 0
    """A port for `/metrics` alone, so that who reads figures may reach nothing else; 0: none besides the service's."""
    private_key_file: Path
    public_keys_dir: Path
    seal_key_file: Path
    files_dir: Path
    peers: dict[str, str] = {}
    """Base URL of every service this one may ask."""
    district: str
    profile: str = "production"
    """`demo` allows a moved clock; nothing else differs."""
    pool_size: int = 8
    checkpoint_seconds: int = 3_600
    """A checkpoint of the audit chain is signed every day, and within a day after so long, or after a thousand rows,
    if anything was sealed: what is sealed later has no signature yet, and this bounds it."""
    consume: bool = True
    """False pauses all lanes of this service; its relay and its API go on."""


def crash_point(name: str) -> None:
    """Named crash points of `promises` section 7: the process dies here once if `CRASH_AT` names it (fault tests only).

    `CRASH_MARK` is a file that remembers that the point was hit, so the restarted process lives.
    """
    if os.environ.get("CRASH_AT") != name:  # noqa: TID251 - the one switch that must not be a setting of a service
        return
    mark = os.environ.get("CRASH_MARK")  # noqa: TID251
    if mark and Path(mark).exists():
        return
    if mark:
        Path(mark).write_text(name)
    os._exit(137)
