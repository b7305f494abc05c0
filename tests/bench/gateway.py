"""Job 4: one hop through the gateway. A GET that is answered with 600 bytes, sixteen connections, answers per second.

Product: the gateway's own process as the platform runs it, with everything on: the access token checked, the policy
asked, the client's limits counted (shared with other replicas), the internal token signed, a line of audit written.
Floor: nginx with `proxy_pass`, one worker, kept connections, no log. Where no nginx is on the machine, a splice on the
same event loop stands in: it hands bytes on and parses none. Beside nginx on one machine it gave 0.9 to 1.3 of its
answers, so that the must and the aim are the same; the remark says which of the two it was.
Asker, service behind and proxy share the machine, so ratios are compressed on two cores.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvloop

from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from deploy.embedded.ports import free_port
from tests.bench.frame import Bench, Report
from tests.bench.gateway_peers import LOOPBACK, Asking
from tests.support.door import a_client_at_the_door, wait_for_port

GATEWAY = Bench("gateway", target=6.5, aim=3.0, unit="answers/s", rounds=3, throughput=True)
CONNECTIONS: Final = 16
SECONDS: Final = 4.0
WARM_UP: Final = 1.0
PATH: Final = "/v1/entities/91410300MA40000000/restrictions?area=government_procurement"
UNBOUNDED: Final = 10_000_000
"""Limits that are counted and never reached."""
_NGINX: Final = """
worker_processes 1; daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; keepalive_requests 100000000;
  upstream behind {{ server 127.0.0.1:{behind}; keepalive 64; keepalive_requests 100000000; }}
  server {{ listen 127.0.0.1:{port};
    location / {{ proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}
}}
"""


@dataclass(frozen=True)
class Rig:
    """Where the floor and the gateway listen, and a client's access token."""

    floor_port: int
    floor_name: str
    gateway_port: int
    token: str


@contextmanager
def rig() -> Iterator[Rig]:
    behind, floor = free_port(set()), free_port(set())
    with _running(_python("service", behind), behind), tempfile.TemporaryDirectory() as folder:
        name, command = _floor(Path(folder), floor, behind)
        with _running(command, floor), embedded_platform(None, ["gateway"], options=_options(behind)) as platform:
            token = a_client_at_the_door(platform, per_minute=UNBOUNDED, per_day=UNBOUNDED)
            yield Rig(floor, name, _port(platform), token)


def _options(behind: int) -> PlatformOptions:
    peers = {"GATEWAY_PEERS": json.dumps({"credit": f"http://{LOOPBACK}:{behind}"})}
    return PlatformOptions(fast=True, env={"gateway": peers})


def _port(platform: EmbeddedPlatform) -> int:
    return int(platform.url("gateway").rpartition(":")[2])


def _python(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tests.bench.gateway_peers", *map(str, arguments)]


def _floor(folder: Path, port: int, behind: int) -> tuple[str, list[str]]:
    """nginx where the machine has it, else the splice."""
    nginx = shutil.which("nginx")
    if nginx is None:
        return "a splice on uvloop in place of nginx, which this machine lacks", _python("splice", port, behind)
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port, behind=behind))
    return "nginx proxy_pass, one worker", [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")]


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    with subprocess.Popen(command) as process:
        try:
            wait_for_port(port)
            yield
        finally:
            process.terminate()


def request(path: str, token: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: door", "Accept: application/json", f"Authorization: Bearer {token}"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def _measure(made: Rig) -> Report:
    floor = Asking(made.floor_port, request(PATH, made.token))
    ours = Asking(made.gateway_port, request(f"/api/credit{PATH}", made.token))

    async def rate(asking: Asking) -> float:
        await asking.run(CONNECTIONS, WARM_UP)
        return await asking.run(CONNECTIONS, SECONDS)

    figures = await GATEWAY.measure_async(lambda: rate(floor), lambda: rate(ours))
    return GATEWAY.report(figures, (f"floor: {made.floor_name}",))


def run() -> Report:
    with rig() as made:
        return uvloop.run(_measure(made))
