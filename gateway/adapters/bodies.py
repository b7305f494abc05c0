"""The request's body on its way in: bounded, and held against its signed digest while it passes."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.types import Message, Receive

from gateway.domain.policy import BodyTooLarge
from gateway.domain.signing import DigestCheck
from shared.values.errors import DomainError


class CallerLeft(Exception):
    """The caller went before its body had come."""


class Body:
    """The body as it comes. A refusal is kept, because a client wraps whatever its source raises; the service behind
    never sees the end of a body that was refused, so it never acts on it."""

    def __init__(self, receive: Receive, limit: int, digest: str | None = None) -> None:
        self._receive, self._limit = receive, limit
        self._check = None if digest is None else DigestCheck(digest)
        self.refusal: DomainError | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        """Raises BodyTooLarge, BodyDigestWrong, CallerLeft."""
        try:
            async for chunk in self._bounded():
                yield chunk
        except DomainError as refusal:
            self.refusal = refusal
            raise

    async def _bounded(self) -> AsyncIterator[bytes]:
        seen, more = 0, True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise CallerLeft
            chunk: bytes = message.get("body", b"")
            seen += len(chunk)
            if seen > self._limit:
                raise BodyTooLarge(limit_mb=self._limit // 2**20)
            if self._check is not None:
                self._check.feed(chunk)
            if chunk:
                yield chunk
            more = message.get("more_body", False)
        if self._check is not None:
            self._check.finish()

    async def whole(self) -> bytes:
        return b"".join([chunk async for chunk in self.chunks()])


def received_again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read already, then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
