"""Head and body of an answer leave in one write: the HTTP server writes them apart, and each is a system call here and
a wake-up at the other end (`performance.md` 4)."""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HELD_BYTES: Final = 64 * 1024
"""More than this is not kept back for what follows it."""


class JoinedTransport:
    """A transport that keeps small writes together until `flush`, at the latest until the loop's next turn."""

    def __init__(self, inner: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._inner, self._loop = inner, loop
        self._held: list[bytes] = []

    def write(self, data: bytes) -> None:
        held = self._held
        if not held:
            if len(data) > _HELD_BYTES:
                self._inner.write(data)
                return
            self._loop.call_soon(self.flush)
        held.append(data)
        if len(data) > _HELD_BYTES:
            self.flush()

    def flush(self) -> None:
        held = self._held
        if held:
            data = held[0] if len(held) == 1 else b"".join(held)
            held.clear()
            self._inner.write(data)

    def close(self) -> None:
        self.flush()
        self._inner.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class JoinedWrites(HttpToolsProtocol):
    """The server's protocol for HTTP/1.1 on such a transport; a whole answer does not wait for the next turn."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._joined = JoinedTransport(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._joined))

    def on_response_complete(self) -> None:
        self._joined.flush()
        super().on_response_complete()
