"""Calls to the services behind the door: streamed both ways, headers by allow-list, time limits, no retries of acts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Final

import aiohttp
from starlette.types import Receive, Send

from gateway.domain.policy import BodyTooLarge, Rule, UpstreamDown, UpstreamSlow

_PASSED_IN: Final = frozenset(
    {
        b"accept",
        b"accept-language",
        b"content-type",
        b"content-digest",
        b"idempotency-key",
        b"if-match",
        b"if-none-match",
        b"if-modified-since",
        b"range",
        b"user-agent",
    }
)
"""Everything else, identity headers above all, stays outside."""
_KEPT_IN: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "server", "date", "x-request-id"}
)
_CHUNK = 64 * 1024


class Upstreams:
    """One pooled client for all services; each has its own bound on connections (a slow one stops only itself)."""

    def __init__(self, base_urls: dict[str, str], seconds: float, per_service: int = 64) -> None:
        self._base, self._seconds, self._per_service = base_urls, seconds, per_service
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        connector = aiohttp.TCPConnector(limit=0, limit_per_host=self._per_service, keepalive_timeout=30)
        self._session = aiohttp.ClientSession(
            connector=connector, auto_decompress=False, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def names(self) -> Iterable[str]:
        return self._base

    async def document(self, service: str) -> dict[str, object]:
        """The OpenAPI document of a service. Raises UpstreamDown."""
        assert self._session is not None
        try:
            async with self._session.get(self._base[service] + "/openapi.json", timeout=_limits(5.0)) as answer:
                found: dict[str, object] = await answer.json()
                return found
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UpstreamDown(service=service) from error

    async def forward(
        self, rule: Rule, target: str, headers: list[tuple[str, str]], receive: Receive, send: Send
    ) -> int:
        """Sends the request on and the answer back; returns the status.

        Raises UpstreamDown or UpstreamSlow before the first byte of an answer, BodyTooLarge while reading the body.
        """
        assert self._session is not None
        base = self._base.get(rule.service)
        if base is None:
            raise UpstreamDown(service=rule.service)
        body = _Body(receive, rule.body_limit)
        try:
            async with self._session.request(
                rule.method,
                base + target,
                headers=headers,
                data=None if rule.method in ("GET", "HEAD", "DELETE") else body.chunks(),
                timeout=_limits(rule.seconds or self._seconds),
                allow_redirects=False,
            ) as answer:
                await _answer(answer, rule.service, send)
                return answer.status
        except TimeoutError as error:
            raise UpstreamSlow(service=rule.service) from error
        except aiohttp.ClientError as error:
            if body.refusal is not None:
                raise body.refusal from error
            raise UpstreamDown(service=rule.service) from error


def passed_headers(raw: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """The caller's headers that may reach a service."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw if name.lower() in _PASSED_IN]


def _limits(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, connect=2.0)


class _Body:
    """The request's body as it comes. A refusal is kept, because the client wraps whatever its source raises."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._limit = receive, limit
        self.refusal: BodyTooLarge | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        seen = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise aiohttp.ClientConnectionError("the caller left")
            chunk: bytes = message.get("body", b"")
            seen += len(chunk)
            if seen > self._limit:
                self.refusal = BodyTooLarge(limit_mb=self._limit // 2**20)
                raise self.refusal
            if chunk:
                yield chunk
            if not message.get("more_body"):
                return


async def _answer(answer: aiohttp.ClientResponse, service: str, send: Send) -> None:
    headers = [
        (name.lower().encode("latin-1"), _outside(name, value, service).encode("latin-1"))
        for name, value in answer.headers.items()
        if name.lower() not in _KEPT_IN
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    async for chunk in answer.content.iter_chunked(_CHUNK):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _outside(name: str, value: str, service: str) -> str:
    """A service says `/v1/…`; outside it is `/api/<service>/v1/…`."""
    return f"/api/{service}{value}" if name.lower() == "location" and value.startswith("/v1/") else value
