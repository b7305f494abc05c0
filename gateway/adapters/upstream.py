"""Calls to the services behind the door: streamed both ways, bounded in number and time, reads tried again, acts not.

A service that fails five times in a row is left alone for two seconds (`domain.breaker`); one that is slow fills only
its own places (bulkhead). Only a GET whose answer has not begun is tried again, twice at most, within the budget.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from starlette.types import Send

from gateway.adapters.answers import Headers, narrowed, outside_headers
from gateway.adapters.bodies import Body, CallerLeft
from gateway.adapters.deadlines import Deadline
from gateway.adapters.wire import Line, LineBroken, Lines
from gateway.domain.breaker import RETRIES, Breaker, RetryBudget
from gateway.domain.policy import Rule, UpstreamBusy, UpstreamDown, UpstreamSlow

_CHUNK: Final = 64 * 1024
_TRY_AGAIN: Final = frozenset({502, 503, 504})
_PAUSE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a service will see it: `target` with its query, `headers` complete but for the host."""

    rule: Rule
    target: str
    headers: Headers
    shown: frozenset[str] | None = None


@dataclass(slots=True)
class Behind:
    """One service behind the door."""

    base: str
    lines: Lines
    places: asyncio.Semaphore
    breaker: Breaker = field(default_factory=Breaker)
    budget: RetryBudget = field(default_factory=RetryBudget)
    waiting: int = 0


def behind_of(base: str, places: int) -> Behind:
    parts = urlsplit(base)
    return Behind(base, Lines(parts.hostname or "", parts.port or 80), asyncio.Semaphore(places))


class Upstreams:
    """One pooled client for all services; each has its own bound on requests (a slow one stops only itself)."""

    def __init__(self, base_urls: dict[str, str], seconds: float, places: int = 64, patience: float = 1.0) -> None:
        """`places`: requests at a time to one service; four times as many wait for one, `patience` seconds at most."""
        self._behind = {name: behind_of(base, places) for name, base in base_urls.items()}
        self._seconds, self._most_waiting, self._patience = seconds, 4 * places, patience
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop

    async def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=4)
        self._session = aiohttp.ClientSession(
            connector=connector, auto_decompress=False, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        for behind in self._behind.values():
            behind.lines.close()

    @property
    def names(self) -> Iterable[str]:
        return self._behind

    async def document(self, service: str) -> dict[str, object]:
        """The OpenAPI document of a service. Raises UpstreamDown."""
        assert self._session is not None
        try:
            url = self._behind[service].base + "/openapi.json"
            async with self._session.get(url, timeout=_limits(5.0)) as answer:
                found: dict[str, object] = await answer.json()
                return found
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UpstreamDown(service=service) from error

    async def forward(self, call: Call, body: Body, send: Send) -> None:
        """Sends the request on and the answer back.

        Raises UpstreamDown, UpstreamBusy or UpstreamSlow before the first byte of an answer, BodyTooLarge or
        BodyDigestWrong while reading the body.
        """
        service = call.rule.service
        behind = self._behind.get(service)
        now = self._loop.time
        if behind is None or not behind.breaker.may_call(now()):
            raise UpstreamDown(service=service)
        try:
            await self._take_a_place(behind, service)
        except BaseException:
            behind.breaker.gave_up()
            raise
        try:
            if call.rule.method in ("GET", "DELETE"):
                await self._plain(call, behind, send)
            else:
                await self._with_body(call, behind, body, send)
        except (UpstreamDown, UpstreamSlow):
            behind.breaker.failed(now())
            raise
        except BaseException:
            behind.breaker.gave_up()
            raise
        else:
            behind.breaker.succeeded()
        finally:
            behind.places.release()

    async def _take_a_place(self, behind: Behind, service: str) -> None:
        """Raises UpstreamBusy where all are taken and too many wait, or none became free in time."""
        if not behind.places.locked():
            await behind.places.acquire()
            return
        if behind.waiting >= self._most_waiting:
            raise UpstreamBusy(service=service)
        behind.waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await behind.places.acquire()
        except TimeoutError as error:
            raise UpstreamBusy(service=service) from error
        finally:
            behind.waiting -= 1

    # Without a body

    async def _plain(self, call: Call, behind: Behind, send: Send) -> None:
        behind.budget.earn()
        try:
            with Deadline(self._loop, call.rule.seconds or self._seconds):
                line = await _ask(call, behind)
                try:
                    await _answer_of_line(line, call, send)
                finally:
                    behind.lines.give_back(line)
        except TimeoutError as error:
            raise UpstreamSlow(service=call.rule.service) from error
        except LineBroken as error:
            raise UpstreamDown(service=call.rule.service) from error

    # With a body

    async def _with_body(self, call: Call, behind: Behind, body: Body, send: Send) -> None:
        assert self._session is not None
        rule = call.rule
        try:
            async with self._session.request(
                rule.method,
                behind.base + call.target,
                headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in call.headers],
                data=None if rule.method == "HEAD" else body.chunks(),
                timeout=_limits(rule.seconds or self._seconds),
                allow_redirects=False,
            ) as answer:
                await _answer_of_client(answer, call, send)
        except TimeoutError as error:
            raise UpstreamSlow(service=rule.service) from error
        except aiohttp.ClientError as error:
            if body.refusal is not None:
                raise body.refusal from error
            if isinstance(error.__cause__, CallerLeft):
                raise error.__cause__ from error
            raise UpstreamDown(service=rule.service) from error


async def _ask(call: Call, behind: Behind) -> Line:
    """Asks, again where that is safe and the budget allows: the connection was lost, or the service said 502, 503 or
    504. A kept connection that was closed meanwhile costs nothing. Raises LineBroken."""
    request = _bytes_of(call, behind.lines.host)
    is_safe = call.rule.method == "GET"
    tries_left = RETRIES if is_safe else 0
    fresh = not is_safe  # on a kept connection nobody could say whether an act was done
    while True:
        line: Line | None = None
        try:
            line = await behind.lines.take(fresh=fresh)
            await line.ask(request)
            if line.status not in _TRY_AGAIN or not tries_left or not behind.budget.spend():
                return line
        except LineBroken:
            was_kept = line is not None and line.is_used and not fresh
            if not was_kept and (not tries_left or not behind.budget.spend()):
                raise
            tries_left += was_kept
        except BaseException:
            if line is not None:
                line.close()
            raise
        fresh, tries_left = True, tries_left - 1
        if line is not None:
            line.close()
        await asyncio.sleep(_PAUSE)


def _bytes_of(call: Call, host: str) -> bytes:
    head = f"{call.rule.method} {call.target} HTTP/1.1\r\nhost: {host}\r\n".encode("latin-1")
    return b"".join([head, *[b"%b: %b\r\n" % header for header in call.headers], b"\r\n"])


async def _answer_of_line(line: Line, call: Call, send: Send) -> None:
    headers = outside_headers(line.headers, call.rule.service)
    if call.shown is not None and line.status == 200:
        chunks = [chunk async for chunk in line.body()]
        await _send_narrowed(b"".join(chunks), headers, call.shown, send)
        return
    whole = line.whole
    await send({"type": "http.response.start", "status": line.status, "headers": headers})
    if whole is None:
        async for chunk in line.body():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": whole or b"", "more_body": False})


async def _answer_of_client(answer: aiohttp.ClientResponse, call: Call, send: Send) -> None:
    raw = [(name.lower(), value) for name, value in answer.raw_headers]
    headers = outside_headers(raw, call.rule.service)
    if call.shown is not None and answer.status == 200:
        await _send_narrowed(await answer.read(), headers, call.shown, send)
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    async for chunk in answer.content.iter_chunked(_CHUNK):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_narrowed(body: bytes, headers: Headers, shown: frozenset[str], send: Send) -> None:
    kept = narrowed(body, shown)
    rest = [header for header in headers if header[0] not in (b"content-length", b"etag", b"content-digest")]
    rest.append((b"content-length", str(len(kept)).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": rest})
    await send({"type": "http.response.body", "body": kept, "more_body": False})


def _limits(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, connect=2.0)
