"""Webhooks for other systems (Standard Webhooks): who is told what, in which order, and when it is given up (REL28).

Messages about one entity reach an endpoint one after the other; a message keeps its id however often it is sent. What
fails for a whole day ends the endpoint: it is disabled and reported, and what waits is kept for a replay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from shared.values.errors import Invalid, NotFound, Refused

FLAGS, RESULTS = "credit.flag", "results.result"
TOPICS: Final[Mapping[str, str]] = {FLAGS: "联合惩戒标记的触发与解除", RESULTS: "检查结果的公示、更正与撤回"}
LONGEST_PAUSE: Final = timedelta(hours=2)
MAX_SECRETS: Final = 2
"""The current secret and the one before it, while receivers change over (SEC24)."""


class EndpointState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class EndpointUnknown(NotFound):
    message = "没有这个推送地址"


class AddressNotAllowed(Invalid):
    message = "推送地址必须是 https 地址，不含账号口令"


class EndpointIsActive(Refused):
    message = "推送地址没有停用，无须恢复"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`secrets`: `whsec_…`, the first is current."""

    id: UUID
    version: int
    name: str
    url: str
    topics: Sequence[str]
    secrets: Sequence[str]
    state: EndpointState
    reason: str | None
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is the id of the event behind it: `webhook-id` at the receiver."""

    id: UUID
    topic: str
    entity_key: str
    body: str
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    endpoint_id: UUID
    message_id: UUID
    state: DeliveryState
    attempts: int
    waiting_since: datetime
    due_at: datetime
    last_status: int | None = None
    last_error: str | None = None
    delivered_at: datetime | None = None


def check_address(url: str, allowed_private: Collection[str]) -> None:
    """Raises AddressNotAllowed. Where the name leads is looked at again at every call (SEC23)."""
    parts = urlsplit(url)
    is_right = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in allowed_private)
    if not is_right or not parts.hostname or parts.username or parts.password:
        raise AddressNotAllowed


def rotated(endpoint: Endpoint, secret: str) -> Endpoint:
    """With a new current secret; the one before it signs too for the time being."""
    secrets = (secret, *endpoint.secrets)[:MAX_SECRETS]
    return replace(endpoint, secrets=secrets, version=endpoint.version + 1)


def enabled(endpoint: Endpoint) -> Endpoint:
    """Raises EndpointIsActive."""
    if endpoint.state is EndpointState.ACTIVE:
        raise EndpointIsActive
    return replace(endpoint, state=EndpointState.ACTIVE, reason=None, version=endpoint.version + 1)


def disabled(endpoint: Endpoint, reason: str) -> Endpoint:
    return replace(endpoint, state=EndpointState.DISABLED, reason=reason, version=endpoint.version + 1)


def succeeded(delivery: Delivery, status: int, now: datetime) -> Delivery:
    return replace(
        delivery,
        state=DeliveryState.DELIVERED,
        attempts=delivery.attempts + 1,
        last_status=status,
        last_error=None,
        delivered_at=now,
    )


def failed(
    delivery: Delivery, error: str, status: int | None, now: datetime, terms: tuple[timedelta, timedelta]
) -> Delivery:
    """`terms`: the pause before the next attempt, and the patience after which there is none."""
    pause, patience = terms
    is_over = now - delivery.waiting_since >= patience
    return replace(
        delivery,
        state=DeliveryState.GIVEN_UP if is_over else DeliveryState.PENDING,
        attempts=delivery.attempts + 1,
        due_at=now + min(pause, LONGEST_PAUSE),
        last_status=status,
        last_error=error,
    )
