"""HTTP/1.1 to the services for requests without a body: kept connections, the library's parser (httptools), no more.

Nine of ten requests are such reads, and the general client costs more than all the rest of the door (`performance.md`
4). What has a body, or is a HEAD, goes by the general client.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final, cast

import httptools

Headers = list[tuple[bytes, bytes]]
_CONNECT_SECONDS: Final = 2.0
_IDLE_SECONDS: Final = 4.0
"""Below the five seconds after which our services close a connection that nobody uses."""
_KEPT_CHUNKS_BYTES: Final = 256 * 1024
"""Of an answer read ahead of its reader; then the service waits."""


class LineBroken(Exception):
    """The service could not be reached, or went in the middle of its answer."""


class Line(asyncio.Protocol):
    """One connection. It carries one exchange after the other; `take` and `give_back` of `Lines` see to that."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[None] | None = None
        self._chunks: deque[bytes] = deque()
        self._kept = 0
        self.is_closed = False
        self.is_used = False
        self.idle_since = 0.0

    # The exchange

    async def ask(self, request: bytes) -> None:
        """Sends a request and waits for the head of its answer (small answers are then complete). Raises LineBroken."""
        self.headers: Headers = []
        self.status = 0
        self.is_complete = self._has_head = self._will_stay = False
        self._chunks.clear()
        self._kept = 0
        if self.is_closed:
            raise LineBroken
        self._transport.write(request)
        while not self._has_head:
            await self._progress()

    @property
    def whole(self) -> bytes | None:
        """The body of an answer that is complete already, else None."""
        return b"".join(self._chunks) if self.is_complete else None

    async def body(self) -> AsyncIterator[bytes]:
        """What is there, as it comes. Raises LineBroken."""
        while True:
            while self._chunks:
                chunk = self._chunks.popleft()
                self._kept -= len(chunk)
                yield chunk
            if self.is_complete:
                return
            self._transport.resume_reading()
            await self._progress()

    async def _progress(self) -> None:
        if self.is_closed:
            raise LineBroken
        self._waiter = self.loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    @property
    def is_reusable(self) -> bool:
        return self.is_complete and self._will_stay and not self.is_closed

    def close(self) -> None:
        self.is_closed = True
        self._transport.close()

    # What the parser finds

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        self._will_stay = self._parser.should_keep_alive()
        self._has_head = True

    def on_body(self, body: bytes) -> None:
        self._chunks.append(body)
        self._kept += len(body)

    def on_message_complete(self) -> None:
        self.is_complete = True

    # What the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._broken()
            return
        if self._kept > _KEPT_CHUNKS_BYTES and not self.is_complete:
            self._transport.pause_reading()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._broken()

    def _broken(self) -> None:
        self.close()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(LineBroken())


class Lines:
    """Connections to one service, kept open between requests."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self._port = host, port
        self._free: list[Line] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    async def take(self, *, fresh: bool = False) -> Line:
        """A kept connection, or a new one. Raises LineBroken where nobody answers."""
        loop = self._loop = self._loop or asyncio.get_running_loop()
        oldest = loop.time() - _IDLE_SECONDS
        while self._free and not fresh:
            line = self._free.pop()
            if not line.is_closed and line.idle_since > oldest:
                line.is_used = True
                return line
            line.close()
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                _, made = await loop.create_connection(lambda: Line(loop), self.host, self._port)
        except (OSError, TimeoutError) as error:
            raise LineBroken from error
        return made

    def give_back(self, line: Line) -> None:
        """Kept if its exchange came to an orderly end, else closed."""
        if line.is_reusable:
            line.idle_since = line.loop.time()
            self._free.append(line)
        else:
            line.close()

    def close(self) -> None:
        for line in self._free:
            line.close()
        self._free.clear()
