"""How a platform is to be, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy import topology
from deploy.embedded.layout import NEEDED_BYTES
from deploy.embedded.process import ProcessSpec

DEFAULT_DISTRICT: Final = "mengjin"


@dataclass(frozen=True)
class PlatformOptions:
    """Every port not given is chosen free on 127.0.0.1.

    `data_dir` None: a temporary folder, removed at the end (in memory when `fast`). `services` and `gateway` say which
    processes run; databases, users, streams and durables are made for all. `fast` turns PostgreSQL's fsync off.
    `postgres_dsn` and `nats_url` (with their administrator's login) use servers that run already. `extra` are further
    processes to keep, `province` runs the mock province too, `env` adds to the environment of processes by name.
    """

    data_dir: Path | None = None
    services: tuple[str, ...] = topology.SERVICES
    gateway: bool = True
    province: bool = False
    fast: bool = False
    gateway_port: int | None = None
    postgres_port: int | None = None
    nats_port: int | None = None
    postgres_dsn: str | None = None
    nats_url: str | None = None
    pgbin: Path | None = None
    profile: str = "demo"
    district: str = DEFAULT_DISTRICT
    stream_max_bytes: int = topology.GIB
    needed_bytes: int = NEEDED_BYTES
    temp_root: Path | None = None
    extra: tuple[ProcessSpec, ...] = ()
    env: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def processes(self) -> tuple[str, ...]:
        """Services to run, the gateway last."""
        return (*self.services, topology.GATEWAY) if self.gateway else self.services
