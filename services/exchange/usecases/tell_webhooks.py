"""Tell other systems what they subscribed to: laid before them by handlers, sent by the worker (REL28)."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import structlog

from services.exchange.domain.batches import SPREAD, DeliveryFailed, pause_after
from services.exchange.domain.webhooks import (
    FLAGS,
    RESULTS,
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointState,
    Message,
    disabled,
    failed,
    succeeded,
)
from services.exchange.storage.unit_of_work import ExchangeUnitOfWork
from services.exchange.usecases.deliver import Work
from shared.events.envelope import Heard
from shared.events.exchange import EndpointDisabledV1
from shared.runtime.service import Job, Process

_log = structlog.get_logger()
LEASE: Final = timedelta(minutes=1)
POLL: Final = 0.5
AT_ONCE: Final = 4
"""Endpoints that stall hold up only so many."""
_STEM: Final = {"credit": FLAGS, "results": RESULTS}


class Sender(Protocol):
    async def send(self, endpoint: Endpoint, message: Message, now: datetime) -> int: ...


async def lay_before_subscribers(heard: Sequence[Heard[Any]], uow: ExchangeUnitOfWork) -> None:
    """Events as they were told, under their own ids. Called by handlers, inside their transaction."""
    for one in heard:
        subject = type(one.event).SUBJECT
        data = one.event.model_dump(mode="json")
        entity = data.get("entity_id") or data["result"]["entity_id"]
        body = {"type": subject, "timestamp": one.occurred_at.isoformat(), "data": data}
        topic = _STEM[subject.partition(".")[0]]
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        await uow.webhooks.tell(Message(one.event_id, topic, str(entity), text, one.occurred_at), uow.now)


async def send_one(sender: Sender, retry: timedelta, patience: timedelta, work: Work) -> bool:
    """Sends one message that is due; False when none is."""
    async with work() as uow:
        taken = await uow.webhooks.take_due(uow.now, uow.now + LEASE)
        if taken is None:
            return False
        delivery, message = taken
        endpoint = await uow.webhooks.endpoint(delivery.endpoint_id)
        if endpoint is None:
            raise RuntimeError("a delivery without its endpoint")
        now = uow.now
        await uow.commit()
    status, error = await _sent(sender, endpoint, message, now)
    async with work() as uow:
        if error is None:
            await uow.webhooks.save(succeeded(delivery, status or 0, uow.now))
        else:
            pause = pause_after(delivery.attempts, retry, secrets.randbelow(SPREAD + 1))
            after = failed(delivery, error, status, uow.now, (pause, patience))
            await uow.webhooks.save(after)
            if after.state is DeliveryState.GIVEN_UP:
                await _disable(delivery, error, uow)
        await uow.commit()
    return True


async def _sent(sender: Sender, endpoint: Endpoint, message: Message, now: datetime) -> tuple[int | None, str | None]:
    """Status and, unless it is 2xx, what was wrong."""
    try:
        status = await sender.send(endpoint, message, now)
    except DeliveryFailed as failure:
        return None, failure.detail[:500]
    return status, None if 200 <= status < 300 else f"对方答复 {status}"


async def _disable(delivery: Delivery, error: str, uow: ExchangeUnitOfWork) -> None:
    endpoint = await uow.webhooks.endpoint(delivery.endpoint_id, for_update=True)
    if endpoint is None or endpoint.state is EndpointState.DISABLED:
        return
    after = disabled(endpoint, f"连续推送失败，已停用：{error}")
    await uow.webhooks.save_endpoint(after)
    uow.emit(
        EndpointDisabledV1(aggregate_version=after.version, endpoint_id=after.id, name=after.name, disabled_at=uow.now)
    )
    _log.error("exchange.endpoint_disabled", endpoint=str(after.id))


def telling(terms_of: Callable[[Process], tuple[Sender, timedelta, timedelta]]) -> Job:
    """The job over the sender, first pause and patience that `terms_of(process)` gives."""

    async def keep_telling(process: Process) -> None:
        sender, retry, patience = terms_of(process)
        while True:
            try:
                await asyncio.gather(*(_all_due(sender, retry, patience, process.work) for _ in range(AT_ONCE)))
            except Exception as error:  # what is due stays due
                _log.error("exchange.webhook_round_failed", kind=type(error).__name__, detail=str(error)[:300])
            await asyncio.sleep(POLL)

    return keep_telling


async def _all_due(sender: Sender, retry: timedelta, patience: timedelta, work: Work) -> None:
    while await send_one(sender, retry, patience, work):
        pass
