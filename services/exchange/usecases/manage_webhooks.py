"""Look after webhook endpoints: register, change the secret, enable again, replay, read the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.exchange.domain.webhooks import (
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointState,
    EndpointUnknown,
    check_address,
    enabled,
    rotated,
)
from services.exchange.storage.unit_of_work import ExchangeUnitOfWork
from shared.runtime.principal import AUDITOR, JOINT_OFFICE, SUPERVISION
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class RegisterEndpoint:
    name: str
    url: str
    topics: Sequence[str]
    secret: str = field(metadata={"personal": True})


async def register_endpoint(command: RegisterEndpoint, uow: ExchangeUnitOfWork) -> Endpoint:
    """Raises RoleMissing, AddressNotAllowed."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        check_address(command.url, uow.allowed_private)
        endpoint = Endpoint(
            id=new_id(),
            version=1,
            name=command.name,
            url=command.url,
            topics=sorted(set(command.topics)),
            secrets=(command.secret,),
            state=EndpointState.ACTIVE,
            reason=None,
            made_by=uow.principal.subject,
            made_at=uow.now,
        )
        await uow.webhooks.add_endpoint(endpoint)
        await uow.commit(endpoint)
    return endpoint


@dataclass(frozen=True, slots=True)
class RotateSecret:
    endpoint_id: UUID
    secret: str = field(metadata={"personal": True})


async def rotate_secret(command: RotateSecret, uow: ExchangeUnitOfWork) -> Endpoint:
    """The one before it signs too, until the next change. Raises RoleMissing, EndpointUnknown."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        after = rotated(await _locked(command.endpoint_id, uow), command.secret)
        await uow.webhooks.save_endpoint(after)
        await uow.commit(after)
    return after


@dataclass(frozen=True, slots=True)
class EnableEndpoint:
    endpoint_id: UUID


async def enable_endpoint(command: EnableEndpoint, uow: ExchangeUnitOfWork) -> Endpoint:
    """What waited or was given up is sent again, in order. Raises RoleMissing, EndpointUnknown, EndpointIsActive."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        after = enabled(await _locked(command.endpoint_id, uow))
        await uow.webhooks.save_endpoint(after)
        await uow.webhooks.resume(after.id, uow.now)
        await uow.commit(after)
    return after


@dataclass(frozen=True, slots=True)
class Replay:
    endpoint_id: UUID
    since: datetime
    until: datetime


async def replay(command: Replay, uow: ExchangeUnitOfWork) -> int:
    """Sends every message of the time again, each under its own id; returns how many. Raises RoleMissing,
    EndpointUnknown."""
    async with uow:
        uow.principal.require(JOINT_OFFICE)
        endpoint = await _locked(command.endpoint_id, uow)
        count = await uow.webhooks.replay(endpoint.id, command.since, command.until, uow.now)
        await uow.commit(count)
    return count


async def _locked(endpoint_id: UUID, uow: ExchangeUnitOfWork) -> Endpoint:
    found = await uow.webhooks.endpoint(endpoint_id, for_update=True)
    if found is None:
        raise EndpointUnknown
    return found


async def read_endpoints(uow: ExchangeUnitOfWork) -> Sequence[Endpoint]:
    """Raises RoleMissing."""
    uow.principal.require(JOINT_OFFICE, AUDITOR, SUPERVISION)
    async with uow:
        return await uow.webhooks.endpoints()


async def read_deliveries(
    endpoint_id: UUID, state: DeliveryState | None, size: int, after: UUID | None, uow: ExchangeUnitOfWork
) -> Sequence[tuple[Delivery, str, datetime]]:
    """Raises RoleMissing, EndpointUnknown."""
    uow.principal.require(JOINT_OFFICE, AUDITOR, SUPERVISION)
    async with uow:
        if await uow.webhooks.endpoint(endpoint_id) is None:
            raise EndpointUnknown
        return await uow.webhooks.log(endpoint_id, state, size, after)
