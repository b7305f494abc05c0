"""The processes around the gateway's benchmark: the service behind it, a splice where no nginx is, and who asks.

`python -m tests.bench.gateway_peers service PORT` answers every GET with 600 bytes. `… splice PORT SERVICE_PORT` hands
the bytes of a connection on to the service and back, reading none of them. Both are one loop and one thread.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from typing import Final, cast

import uvloop

LOOPBACK: Final = "127.0.0.1"
BODY: Final = b'{"restricted": false, "note": "' + b"x" * (600 - 33) + b'"}'
_ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nDate: Tue, 24 Nov 2026 00:00:00 GMT"
    b"\r\n\r\n%b" % (len(BODY), BODY)
)
_END: Final = b"\r\n\r\n"


class _Service(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._heard = b""

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while _END in self._heard:
            self._heard = self._heard.partition(_END)[2]
            self._transport.write(_ANSWER)


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


async def _serve(arguments: list[str]) -> None:
    loop = asyncio.get_running_loop()
    match arguments:
        case ["service", port]:
            server = await loop.create_server(_Service, LOOPBACK, int(port))
        case ["splice", port, behind]:
            server = await loop.create_server(lambda: _Splice(int(behind)), LOOPBACK, int(port))
        case _:
            raise SystemExit(2)
    await server.serve_forever()


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
    uvloop.run(_serve(sys.argv[1:]))
