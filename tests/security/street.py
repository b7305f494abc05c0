"""All services and the gateway as processes, and ways to speak to them: signed, unsigned, or in bytes of one's own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx2

from deploy import topology
from deploy.embedded.platform import EmbeddedPlatform
from gateway.api.oauth2 import API_AUDIENCE
from shared.runtime.principal import Principal
from shared.runtime.tokens import load_private_key, sign
from shared.values.ids import new_id

AN_HOUR: Final = timedelta(hours=1)
SECONDS: Final = 30.0


@dataclass(frozen=True)
class Street:
    """The running platform, seen from outside its doors and from the network between them."""

    platform: EmbeddedPlatform

    def token(self, who: Principal, service: str) -> str:
        """What a service believes: the gateway's word for an officer, a service's own for itself."""
        issuer = who.subject.removeprefix("service:") if who.is_service else topology.GATEWAY
        return sign(who, issuer, service, load_private_key(self.platform.data.private_key(issuer)), AN_HOUR)

    def client(self, service: str, who: Principal | None) -> httpx2.Client:
        """To a service itself, as the gateway or a peer reaches it. POSTs bring a key of their own."""
        headers = {} if who is None else {"Authorization": f"Bearer {self.token(who, service)}"}
        return _client(self.platform.url(service), headers)

    def outside(self, who: Principal | None) -> httpx2.Client:
        """To the gateway, with the access token that sign-in gives."""
        headers = {} if who is None else {"Authorization": f"Bearer {self.token(who, API_AUDIENCE)}"}
        return _client(self.platform.url(topology.GATEWAY), headers)

    def say(self, service: str, raw: bytes, seconds: float = 3.0) -> bytes:
        """Bytes as they are to a port, and all that comes back until it closes or is silent for `seconds`."""
        with _open(self.platform.url(service)) as line:
            line.settimeout(seconds)
            line.sendall(raw)
            return b"".join(_heard(line))


def _client(base_url: str, headers: dict[str, str]) -> httpx2.Client:
    def keyed(request: httpx2.Request) -> None:
        if request.method == "POST":
            request.headers.setdefault("Idempotency-Key", str(new_id()))

    return httpx2.Client(
        base_url=base_url, headers=headers, trust_env=False, timeout=SECONDS, event_hooks={"request": [keyed]}
    )


@contextmanager
def _open(url: str) -> Iterator[socket.socket]:
    where = urlsplit(url)
    with socket.create_connection((str(where.hostname), int(where.port or 80)), timeout=5) as line:
        yield line


def _heard(line: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            part = line.recv(65_536)
        except (TimeoutError, ConnectionResetError):
            return
        if not part:
            return
        yield part
