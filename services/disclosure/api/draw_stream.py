"""Live: server-sent events of one draw's documents, on top of a page that refreshes without scripts (HTML, 9.2).

An event's id is the document's number in the log, so a reader that comes back with `Last-Event-ID` misses none. One
look at the log a second serves all readers of a process; readers are bounded, silence is broken by a heartbeat.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from services.disclosure.api.headers import UNKEPT, guard_headers
from services.disclosure.api.rooms import CurrentRooms, Rooms
from services.disclosure.domain.draw_page_views import KIND_NAMES
from services.disclosure.usecases.read_draws import documents_after, log_head, one_draw
from shared.values.errors import Refused

router = APIRouter(include_in_schema=False)
MOST: Final = 24
"""Readers of one process: the gateway has 64 places for it, and other pages are read meanwhile. Whoever finds no
place is served by the page, which then asks every few seconds."""
LOOK_EVERY: Final = 1.0
HEARTBEAT: Final = 15.0
RETRY_MS: Final = 3000
LONGEST: Final = 1800.0
"""Seconds of one connection: then the browser comes back by itself, maybe to another replica."""


class TooManyWatching(Refused):
    status = 503
    message = "同时观看的人太多，页面会自动刷新，不影响观看"


class LogWatch:
    """Knows the head of the log while anybody listens. `look` reads it."""

    def __init__(self, look: Callable[[], Awaitable[int]], every: float = LOOK_EVERY) -> None:
        self._look, self._every = look, every
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self.head = 0
        self.readers = 0

    async def __aenter__(self) -> LogWatch:
        if self.readers >= MOST:
            raise TooManyWatching
        self.readers += 1
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.readers -= 1
        if self.readers == 0 and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(
                Exception
            ):  # the database is away: readers hear the heartbeat, the next look tells
                head = await self._look()
                if head != self.head:
                    self.head = head
                    async with self._changed:
                        self._changed.notify_all()
            await asyncio.sleep(self._every)

    async def beyond(self, seen: int, patience: float) -> bool:
        """Whether the log grew beyond `seen` within `patience` seconds."""
        try:
            async with asyncio.timeout(patience), self._changed:
                await self._changed.wait_for(lambda: self.head > seen)
        except TimeoutError:
            return False
        return True


def watch_of(rooms: Rooms, state: object) -> LogWatch:
    """The one of this process and district; made for its first reader."""
    watches: dict[str, LogWatch] = getattr(state, "log_watches", None) or {}
    setattr(state, "log_watches", watches)  # noqa: B010 - Starlette's state takes any name
    if rooms.district not in watches:
        watches[rooms.district] = LogWatch(lambda: log_head(rooms.nobody()))
    return watches[rooms.district]


@router.get("/d/{draw_id}/events")
async def stream_draw(
    request: Request,
    draw_id: UUID,
    rooms: CurrentRooms,
    last_event_id: Annotated[str, Header(max_length=20)] = "",
) -> StreamingResponse:
    """Raises DrawNotPublic, TooManyWatching."""
    draw = await one_draw(draw_id, rooms.nobody())
    after = int(last_event_id) if last_event_id.isdecimal() else draw.last_seq
    watch = watch_of(rooms, request.app.state)
    if watch.readers >= MOST:
        raise TooManyWatching
    told = events(watch, lambda seen: documents_after(draw_id, seen, rooms.nobody()), after)
    headers = guard_headers() | {"Cache-Control": UNKEPT, "X-Accel-Buffering": "no"}
    return StreamingResponse(told, media_type="text/event-stream", headers=headers)


async def events(
    watch: LogWatch, read: Callable[[int], Awaitable[list[tuple[int, str]]]], after: int, heartbeat: float = HEARTBEAT
) -> AsyncIterator[bytes]:
    """Documents behind `after`, as they come, each once."""
    ends = asyncio.get_running_loop().time() + LONGEST
    seen = after
    async with watch:
        yield f"retry: {RETRY_MS}\n\n".encode()
        looked = after
        while asyncio.get_running_loop().time() < ends:
            for log_seq, kind in await read(seen):
                seen = log_seq
                yield _event(log_seq, kind)
            looked = max(looked, watch.head, seen)
            if not await watch.beyond(looked, heartbeat):
                yield b": \n\n"


def _event(log_seq: int, kind: str) -> bytes:
    told = orjson.dumps({"log_seq": log_seq, "kind": kind, "name": KIND_NAMES.get(kind, kind)})
    return b"id: %d\nevent: document\ndata: %b\n\n" % (log_seq, told)
