"""The line that every request leaves: written together with the others of the same turn of the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import orjson


class AccessLog:
    """One per process. `write` takes whole lines; they are written before the loop waits for anything else."""

    def __init__(self, loop: asyncio.AbstractEventLoop, write: Callable[[bytes], object]) -> None:
        self._loop, self._write = loop, write
        self._lines: list[bytes] = []

    def add(self, facts: Mapping[str, object]) -> None:
        if not self._lines:
            self._loop.call_soon(self.flush)
        at = datetime.now(UTC)  # noqa: TID251 - a log's time is the machine's
        self._lines.append(orjson.dumps({**facts, "level": "info", "timestamp": at}, option=orjson.OPT_APPEND_NEWLINE))

    def flush(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            self._write(b"".join(lines))
