"""The processes around the gateway's benchmark: the service behind it, a splice where no nginx is, and who asks.

`python -m tests.bench.gateway_peers service PORT` answers everything with 600 bytes, from a bare ASGI application on
the server that all services of this platform run on. `… splice PORT SERVICE_PORT` hands the bytes of a connection on to
the service and back, reading none of them. Both are one loop and one thread.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from typing import Final, cast

import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

LOOPBACK: Final = "127.0.0.1"
BODY: Final = b'{"restricted": false, "note": "' + b"x" * (600 - 33) + b'"}'
_END: Final = b"\r\n\r\n"
_HEADERS: Final = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]


async def service(scope: Scope, receive: Receive, send: Send) -> None:
    """The least that a service of this platform can be: an ASGI application without a framework."""
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": BODY})


class _Half(asyncio.Protocol):
    """One end of a spliced connection; what comes before the other end is there waits."""

    def __init__(self) -> None:
        self.other: asyncio.Transport | None = None
        self._waiting: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.own = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self._waiting.append(data)
        else:
            self.other.write(data)

    def join(self, other: asyncio.Transport) -> None:
        self.other = other
        for data in self._waiting:
            other.write(data)
        self._waiting.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.other is not None:
            self.other.close()


class _Splice(_Half):
    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._joining = asyncio.ensure_future(self._join())

    async def _join(self) -> None:
        transport, inner = await asyncio.get_running_loop().create_connection(_Half, LOOPBACK, self._port)
        inner.join(self.own)
        self.join(transport)


async def _splice(port: int, behind: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Splice(behind), LOOPBACK, port)
    await server.serve_forever()


def _main(arguments: list[str]) -> None:
    match arguments:
        case ["service", port]:
            uvicorn.run(service, port=int(port), loop="uvloop", lifespan="off", log_level="error", access_log=False)
        case ["splice", port, behind]:
            uvloop.run(_splice(int(port), int(behind)))
        case _:
            raise SystemExit(2)


@dataclass
class Asking:
    """Connections that ask one after the other, each as fast as it is answered, until the time is up."""

    port: int
    request: bytes
    until: float = 0.0
    answered: int = 0
    refusals: list[bytes] = field(default_factory=list)

    async def run(self, connections: int, seconds: float) -> float:
        """Answers per second. Raises RuntimeError where one was no 200, ConnectionError where one broke off."""
        loop = asyncio.get_running_loop()
        started = time.perf_counter()
        self.until, self.answered = started + seconds, 0
        made = [await loop.create_connection(lambda: _Asker(self), LOOPBACK, self.port) for _ in range(connections)]
        await asyncio.gather(*(asker.done for _, asker in made))
        if self.refusals:
            raise RuntimeError(self.refusals[0].decode("latin-1"))
        return self.answered / (time.perf_counter() - started)


class _Asker(asyncio.Protocol):
    def __init__(self, asking: Asking) -> None:
        self._asking, self._heard = asking, b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._asking.request)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, found, body = self._heard.partition(_END)
        if not found or len(body) < len(BODY):
            if found and not head.startswith(b"HTTP/1.1 200"):
                self._asking.refusals.append(self._heard)
                self._finish()
            return
        self._heard = b""
        self._asking.answered += 1
        if time.perf_counter() < self._asking.until:
            self._transport.write(self._asking.request)
        else:
            self._finish()

    def _finish(self) -> None:
        self._transport.close()
        if not self.done.done():
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the connection was closed before the answer"))


if __name__ == "__main__":
    _main(sys.argv[1:])
