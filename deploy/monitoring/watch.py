"""`python -m deploy.monitoring.watch`: the broker's figures for Prometheus, from its own HTTP monitor (值守).

Serves `/metrics`, `/health/live` (nothing is asked) and `/health/ready` (some server answered in the last minute).
"""

import json
import sys
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pydantic_settings import BaseSettings, SettingsConfigDict

UP = Gauge("ssj_nats_up", "1 where a server of the broker answered the last look", ["server"])
STORE_BYTES = Gauge("ssj_nats_store_bytes", "Bytes the server keeps on disk", ["server"])
STORE_LIMIT = Gauge("ssj_nats_store_limit_bytes", "Bytes the server may keep on disk", ["server"])
STREAM_BYTES = Gauge("ssj_nats_stream_bytes", "Bytes of a stream, as its leader counts", ["stream"])
STREAM_LIMIT = Gauge("ssj_nats_stream_limit_bytes", "Bytes a stream may hold", ["stream"])
STREAMS = Gauge("ssj_nats_streams", "Streams there are, as the server that knows most counts")
PAUSE: Final = 15.0
READY_WITHIN: Final = 60.0
_open = build_opener(ProxyHandler({})).open


class WatchSettings(BaseSettings):
    """From `WATCH_…` variables. `servers`: base URLs of the servers' monitors, a JSON list."""

    model_config = SettingsConfigDict(env_prefix="WATCH_")

    servers: list[str]
    port: int = 9090
    host: str = "0.0.0.0"  # noqa: S104 - in a pod; its network policy says who may come


class Watcher:
    """Looks at every server in turn. `answered_at`: monotonic, None before the first answer; `known`: streams found."""

    def __init__(self, servers: Sequence[str]) -> None:
        self._servers = servers
        self.answered_at: float | None = None
        self.known = 0

    def look(self) -> None:
        """One look at all; a server that does not answer is down and keeps no old figures."""
        self.known = 0
        for server in self._servers:
            name = str(urlsplit(server).hostname).split(".")[0]
            try:
                self.known = max(self.known, self._note(name, _figures(server)))
                UP.labels(name).set(1)
                self.answered_at = time.monotonic()
            except (URLError, OSError, ValueError, KeyError):
                UP.labels(name).set(0)
        STREAMS.set(self.known)

    @property
    def ready(self) -> bool:
        return self.answered_at is not None and time.monotonic() - self.answered_at < READY_WITHIN

    def _note(self, name: str, body: dict[str, Any]) -> int:
        STORE_BYTES.labels(name).set(body["storage"])
        STORE_LIMIT.labels(name).set(body["config"]["max_storage"])
        streams = [stream for account in body.get("account_details", ()) for stream in account["stream_detail"]]
        for stream in streams:
            if stream.get("cluster", {}).get("leader") in (None, body["server_name"]):
                STREAM_BYTES.labels(stream["name"]).set(stream["state"]["bytes"])
                STREAM_LIMIT.labels(stream["name"]).set(stream["config"]["max_bytes"])
        return len(streams)


def _figures(server: str) -> dict[str, Any]:
    with _open(f"{server}/jsz?streams=true&config=true", timeout=5) as answer:
        body: dict[str, Any] = json.load(answer)
    with _open(f"{server}/varz", timeout=5) as answer:
        body["server_name"] = json.load(answer)["server_name"]
    return body


def serve(watcher: Watcher, host: str, port: int) -> ThreadingHTTPServer:
    """The server, not yet running; `port` 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Figures, or health."""
            match self.path:
                case "/metrics":
                    self._say(200, generate_latest(), CONTENT_TYPE_LATEST)
                case "/health/live":
                    self._say(200, b"ok\n", "text/plain")
                case "/health/ready":
                    self._say(
                        200 if watcher.ready else 503, b"ready\n" if watcher.ready else b"waiting\n", "text/plain"
                    )
                case _:
                    self._say(404, b"not found\n", "text/plain")

        def _say(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A probe every ten seconds is no news."""

    return ThreadingHTTPServer((host, port), Handler)


def main() -> int:
    """Looks and serves until stopped."""
    settings = WatchSettings()
    watcher = Watcher(settings.servers)
    server = serve(watcher, settings.host, settings.port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        watcher.look()
        time.sleep(PAUSE)


if __name__ == "__main__":
    sys.exit(main())
