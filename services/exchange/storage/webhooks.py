"""Webhook endpoints, messages and deliveries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.exchange.domain.webhooks import Delivery, DeliveryState, Endpoint, EndpointState, Message
from shared.runtime.database import Driver
from shared.runtime.sealed import seal_keys

_ADD_ENDPOINT: Final = (
    "INSERT INTO webhook_endpoints (district, id, version, name, url, topics, secrets, state, reason, made_by, made_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
)
_SAVE_ENDPOINT: Final = (
    "UPDATE webhook_endpoints SET version = $3, secrets = $4, state = $5, reason = $6 WHERE district = $1 AND id = $2"
)
_ENDPOINTS: Final = "SELECT * FROM webhook_endpoints WHERE district = $1 ORDER BY id"
_ENDPOINT: Final = "SELECT * FROM webhook_endpoints WHERE district = $1 AND id = $2"
_ADD_MESSAGE: Final = """
WITH told AS (
    INSERT INTO webhook_messages (district, id, topic, entity_key, body, told_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING RETURNING id, place)
INSERT INTO webhook_deliveries (district, endpoint_id, message_id, place, entity_key, state, waiting_since, due_at)
SELECT $1, e.id, t.id, t.place, $4, 'pending', $7, $7 FROM told AS t, webhook_endpoints AS e
WHERE e.district = $1 AND e.state = 'active' AND $3 = ANY (e.topics)
"""
_TAKE: Final = """
SELECT d.*, m.topic, m.body, m.told_at FROM webhook_deliveries AS d
JOIN webhook_endpoints AS e ON e.district = d.district AND e.id = d.endpoint_id AND e.state = 'active'
JOIN webhook_messages AS m ON m.district = d.district AND m.id = d.message_id
WHERE d.district = $1 AND d.state = 'pending' AND d.due_at <= $2 AND NOT EXISTS (
    SELECT FROM webhook_deliveries AS p WHERE p.district = d.district AND p.endpoint_id = d.endpoint_id
        AND p.entity_key = d.entity_key AND p.place < d.place AND p.state = 'pending')
ORDER BY d.place LIMIT 1 FOR UPDATE OF d SKIP LOCKED
"""
_LEASE: Final = "UPDATE webhook_deliveries SET due_at = $4 WHERE district = $1 AND endpoint_id = $2 AND message_id = $3"
_SAVE: Final = (
    "UPDATE webhook_deliveries SET state = $4, attempts = $5, due_at = $6, last_status = $7, last_error = $8,"
    " delivered_at = $9 WHERE district = $1 AND endpoint_id = $2 AND message_id = $3"
)
_RESUME: Final = (
    "UPDATE webhook_deliveries SET state = 'pending', waiting_since = $3, due_at = $3"
    " WHERE district = $1 AND endpoint_id = $2 AND state IN ('pending', 'given_up')"
)
_REPLAY: Final = (
    "INSERT INTO webhook_deliveries (district, endpoint_id, message_id, place, entity_key, state,"
    " waiting_since, due_at) SELECT m.district, e.id, m.id, m.place, m.entity_key, 'pending', $5, $5"
    " FROM webhook_messages AS m"
    " JOIN webhook_endpoints AS e ON e.district = m.district AND e.id = $2 AND m.topic = ANY (e.topics)"
    " WHERE m.district = $1 AND m.told_at >= $3 AND m.told_at < $4"
    " ON CONFLICT (district, endpoint_id, message_id) DO UPDATE"
    " SET state = 'pending', waiting_since = $5, due_at = $5 RETURNING message_id"
)
_LOG: Final = (
    "SELECT d.*, m.topic, m.told_at FROM webhook_deliveries AS d JOIN webhook_messages AS m"
    " ON m.district = d.district AND m.id = d.message_id WHERE d.district = $1 AND d.endpoint_id = $2"
    " AND ($3::text IS NULL OR d.state = $3) AND ($4::uuid IS NULL OR d.message_id < $4)"
    " ORDER BY d.message_id DESC LIMIT $5"
)


class WebhookStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def add_endpoint(self, one: Endpoint) -> None:
        values = (one.id, one.version, one.name, one.url, list(one.topics), _sealed(one), one.state.value)
        await self._driver.execute(_ADD_ENDPOINT, self._district, *values, one.reason, one.made_by, one.made_at)

    async def save_endpoint(self, one: Endpoint) -> None:
        values = (one.id, one.version, _sealed(one), one.state.value, one.reason)
        await self._driver.execute(_SAVE_ENDPOINT, self._district, *values)

    async def endpoints(self) -> Sequence[Endpoint]:
        return [_endpoint(row) for row in await self._driver.fetch(_ENDPOINTS, self._district)]

    async def endpoint(self, endpoint_id: UUID, *, for_update: bool = False) -> Endpoint | None:
        lock = " FOR UPDATE" if for_update else ""
        row = await self._driver.fetchrow(_ENDPOINT + lock, self._district, endpoint_id)
        return None if row is None else _endpoint(row)

    async def tell(self, message: Message, now: datetime) -> None:
        """Keeps a message once and lays it before every active endpoint of its topic."""
        values = (message.id, message.topic, message.entity_key, message.body, message.told_at)
        await self._driver.execute(_ADD_MESSAGE, self._district, *values, now)

    async def take_due(self, now: datetime, leased_until: datetime) -> tuple[Delivery, Message] | None:
        """One that is due and has no earlier one of its entity before it; nobody else takes it until the lease ends."""
        row = await self._driver.fetchrow(_TAKE, self._district, now)
        if row is None:
            return None
        await self._driver.execute(_LEASE, self._district, row["endpoint_id"], row["message_id"], leased_until)
        message = Message(row["message_id"], row["topic"], row["entity_key"], row["body"], row["told_at"])
        return _delivery(row), message

    async def save(self, one: Delivery) -> None:
        values = (one.state.value, one.attempts, one.due_at, one.last_status, one.last_error, one.delivered_at)
        await self._driver.execute(_SAVE, self._district, one.endpoint_id, one.message_id, *values)

    async def resume(self, endpoint_id: UUID, now: datetime) -> None:
        """What waited or was given up is tried again."""
        await self._driver.execute(_RESUME, self._district, endpoint_id, now)

    async def replay(self, endpoint_id: UUID, since: datetime, until: datetime, now: datetime) -> int:
        """Lays every message of the time before the endpoint again, under its own id; returns how many."""
        rows = await self._driver.fetch(_REPLAY, self._district, endpoint_id, since, until, now)
        return len(rows)

    async def log(
        self, endpoint_id: UUID, state: DeliveryState | None, size: int, after: UUID | None
    ) -> Sequence[tuple[Delivery, str, datetime]]:
        """Deliveries with topic and time of their messages, the newest first."""
        wanted = None if state is None else state.value
        rows = await self._driver.fetch(_LOG, self._district, endpoint_id, wanted, after, size)
        return [(_delivery(row), row["topic"], row["told_at"]) for row in rows]


def _sealed(one: Endpoint) -> bytes:
    return seal_keys().seal(json.dumps(list(one.secrets)))


def _endpoint(row: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        id=row["id"],
        version=row["version"],
        name=row["name"],
        url=row["url"],
        topics=tuple(row["topics"]),
        secrets=tuple(json.loads(seal_keys().open(bytes(row["secrets"])))),
        state=EndpointState(row["state"]),
        reason=row["reason"],
        made_by=row["made_by"],
        made_at=row["made_at"],
    )


def _delivery(row: Mapping[str, Any]) -> Delivery:
    values = {name: row[name] for name in Delivery.__slots__}
    return Delivery(**values | {"state": DeliveryState(row["state"])})
