"""The broker, behind one small class. The only module that imports `nats`.

Pull only, by one standing request; the client's own pull helpers are not used (`promises` sections 2 and 3: a fetch of
ten under a limit of one ran at a message a second, iterators drop messages when cancelled).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import nats
import orjson
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

_log = structlog.get_logger()
BATCH = 256
_BATCH_PAYS_FROM = 16
"""An atomic batch costs the server a store of its own: two messages took 2 ms as a batch and 0.4 ms singly."""
_DUPLICATE_IN_BATCH = 10201
_NOBODY_THERE = ("404", "503")
"""The durable or its stream is gone: asked at once again it answers at once again, and the lane runs hot."""


class BusUnavailable(Exception):
    """The broker did not confirm. The outcome is unknown: try again with the same ids."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to publish; `message_id` is the broker's dedupe key."""

    subject: str
    message_id: str
    headers: dict[str, str]
    payload: bytes


@dataclass(slots=True)
class Incoming:
    """One delivered message."""

    subject: str
    headers: dict[str, str]
    payload: bytes
    reply: str


class Bus:
    """A connection under the service's own user."""

    def __init__(self, client: Client, service: str) -> None:
        self._client = client
        self._service = service
        self._batch_ids = itertools.count()
        self._run = f"{service}-{time.time_ns():x}"

    @classmethod
    async def connect(cls, url: str, service: str, user: str, password: str) -> Bus:
        """Keeps trying for ever; a half-open link is noticed within 20 s."""

        async def on_error(error: Exception) -> None:
            _log.warning("bus.error", kind=type(error).__name__, detail=str(error))

        client = await nats.connect(
            url,
            name=service,
            user=user,
            password=password,
            inbox_prefix=f"_INBOX_{service}",
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.5,
            ping_interval=10,
            max_outstanding_pings=2,
            connect_timeout=3,
            error_cb=on_error,
        )
        return cls(client, service)

    @property
    def connected(self) -> bool:
        return bool(self._client.is_connected)

    async def close(self) -> None:
        with contextlib.suppress(NatsError, OSError, TimeoutError):
            await self._client.close()

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Publishes in order and returns when all are stored. Raises BusUnavailable when that is not certain.

        Many go as an atomic batch (one fsync); a batch that repeats a stored id is refused whole by the server
        and goes again as single publishes, where "duplicate" is success.
        """
        for start in range(0, len(messages), BATCH):
            part = messages[start : start + BATCH]
            if len(part) < _BATCH_PAYS_FROM or not await self._publish_atomically(part):
                await self._publish_singly(part)

    async def _publish_atomically(self, messages: Sequence[Outgoing]) -> bool:
        batch = f"{self._run}-{next(self._batch_ids)}"
        try:
            for place, message in enumerate(messages[:-1], start=1):
                headers = message.headers | {
                    "Nats-Msg-Id": message.message_id,
                    "Nats-Batch-Id": batch,
                    "Nats-Batch-Sequence": str(place),
                }
                await self._client.publish(message.subject, message.payload, headers=headers)
            last = messages[-1]
            answer = await self._request(
                last,
                {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(len(messages)), "Nats-Batch-Commit": "1"},
            )
        except (NatsError, OSError, TimeoutError) as error:
            raise BusUnavailable(type(error).__name__) from error
        if "error" not in answer:
            return True
        if answer["error"].get("err_code") != _DUPLICATE_IN_BATCH:
            _log.warning("bus.batch_refused", error=answer["error"])
        return False

    async def _publish_singly(self, messages: Sequence[Outgoing]) -> None:
        if len(messages) == 1:
            await self._publish_one(messages[0])
            return
        answers = await asyncio.gather(*map(self._publish_one, messages), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise BusUnavailable(str(answer)) from answer

    async def _publish_one(self, message: Outgoing) -> None:
        try:
            answer = await self._request(message, {})
        except (NatsError, OSError, TimeoutError) as error:
            raise BusUnavailable(type(error).__name__) from error
        if "error" in answer:
            raise BusUnavailable(str(answer["error"].get("description")))

    async def _request(self, message: Outgoing, extra: dict[str, str]) -> dict[str, Any]:
        headers = message.headers | {"Nats-Msg-Id": message.message_id} | extra
        reply = await self._client.request(message.subject, message.payload, timeout=5, headers=headers)
        answer: dict[str, Any] = orjson.loads(reply.data)
        return answer

    def lane(self, stream: str, durable: str) -> PullLane:
        return PullLane(self._client, stream, durable, f"_INBOX_{self._service}.{durable}.{self._run}")

    async def info(self, subject: str) -> dict[str, Any]:
        """A read of the JetStream API, e.g. `STREAM.INFO.RESULTS`."""
        try:
            reply = await self._client.request(f"$JS.API.{subject}", b"", timeout=3)
        except (NatsError, OSError, TimeoutError) as error:
            raise BusUnavailable(type(error).__name__) from error
        answer: dict[str, Any] = orjson.loads(reply.data)
        return answer


@dataclass(slots=True)
class PullLane:
    """One ordered lane of a durable: a standing pull request, whatever has arrived is one batch."""

    _client: Client
    _stream: str
    _durable: str
    _inbox: str
    _arrived: deque[Msg] = field(default_factory=deque)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _asked: int = 0
    _asked_at: float = 0.0
    _link: int = 0
    """Which connection, counted from the first, the request stands on."""
    _not_before: float = 0.0
    _subscription: Any = None
    last_contact: float = field(default_factory=time.monotonic)

    async def open(self) -> None:
        async def on_message(message: Msg) -> None:
            self._arrived.append(message)
            self._news.set()

        self._subscription = await self._client.subscribe(self._inbox, cb=on_message)

    async def close(self) -> None:
        """Withdraws the request; what is on its way to us still arrives."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            with contextlib.suppress(NatsError, OSError, TimeoutError):
                async with asyncio.timeout(2):
                    await subscription.drain()

    def arrived(self) -> list[Incoming]:
        """What has arrived and was not yet taken, at most BATCH messages in order."""
        found: list[Incoming] = []
        while self._arrived and len(found) < BATCH:
            self._take(self._arrived.popleft(), found)
        return found

    async def batch(self, wait: float) -> list[Incoming]:
        """What has arrived, at most BATCH messages in order; empty after `wait` seconds without any."""
        deadline = time.monotonic() + wait
        found: list[Incoming] = []
        while not found:
            left = deadline - time.monotonic()
            if left <= 0:
                return found
            await self._stand()
            await self._await_news(min(left, 5))
            found = self.arrived()
        return found

    async def _await_news(self, wait: float) -> None:
        if not self._arrived:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._news.wait()

    async def _stand(self) -> None:
        """Keeps a request with the server. It ends with the connection; a silent one is renewed after 10 s."""
        now, link = time.monotonic(), self._client.stats["reconnects"]
        stands = self._asked > 0 and self._link == link and now - self._asked_at < 10
        if stands or now < self._not_before:
            return
        wish = orjson.dumps({"batch": 2 * BATCH, "expires": 8_000_000_000, "idle_heartbeat": 3_000_000_000})
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._durable}"
        try:
            await self._client.publish(subject, wish, reply=self._inbox)
        except (NatsError, OSError):  # the buffer of a link long down is full: asked again when it is back
            return
        self._asked, self._asked_at, self._link = 2 * BATCH, now, link

    def _take(self, message: Msg, found: list[Incoming]) -> None:
        self.last_contact = time.monotonic()
        headers = dict(message.headers or {})
        status = headers.get("Status")
        if status is None:
            self._asked -= 1
            self._asked_at = time.monotonic()
            found.append(Incoming(message.subject, headers, message.data, message.reply))
        elif status == "100":
            self._asked_at = time.monotonic()
        else:
            self._asked = 0  # the request ended (408, 409): ask anew
            if status in _NOBODY_THERE:
                self._not_before = time.monotonic() + 0.5

    async def acknowledge(self, last: Incoming) -> None:
        """Confirms all up to `last` (AckPolicy.ALL). Raises BusUnavailable; the cursor then makes it a duplicate."""
        try:
            await self._client.request(last.reply, b"+ACK", timeout=5)
        except (NatsError, OSError, TimeoutError) as error:
            raise BusUnavailable(type(error).__name__) from error
