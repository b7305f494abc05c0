"""A TCP proxy between a service and a server: passes bytes on, swallows them, or resets its connections."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from types import TracebackType
from typing import Self

_AT_ONCE = 1 << 16
_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """`async with Proxy(host, port) as proxy:` listens on `proxy.port` of 127.0.0.1."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._writers: set[asyncio.StreamWriter] = set()
        self._swallows = False
        self._server: asyncio.Server
        self.accepted = 0
        self.swallowed = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._server.close()
        self.reset()
        await asyncio.sleep(0)

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    def swallow(self) -> None:
        """From now on both directions lose every byte, and nobody is told: a half-open connection."""
        self._swallows = True

    def pass_on(self) -> None:
        self._swallows = False

    def reset(self) -> None:
        """Every connection ends with RST, in the middle of whatever it was saying."""
        for writer in [*self._writers]:
            raw = writer.get_extra_info("socket")
            if raw is not None:
                with contextlib.suppress(OSError):
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            there, back = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, back}
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        self._writers -= {writer, back}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while content := await reader.read(_AT_ONCE):
                if self._swallows:
                    self.swallowed += len(content)
                    continue
                writer.write(content)
                await writer.drain()
        writer.close()
