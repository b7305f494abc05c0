"""Parked events: seen by operations, applied again after a fix, in order per aggregate (REL12)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.events.catalogue import event_class
from shared.events.envelope import Event, Heard
from shared.runtime.inbox import Handlers
from shared.runtime.principal import OPERATIONS, SERVICE, service_principal
from shared.runtime.unit_of_work import UnitOfWork
from shared.values.errors import NotFound, Refused

_REDRIVEN = text("UPDATE dead_letters SET redriven_at = :at WHERE producer = :producer AND producer_seq = :seq")
_COLUMNS = (
    "producer, producer_seq, event_id, district, type, aggregate_id, payload, occurred_at, code, reason, parked_at"
)


class DeadLetterUnknown(NotFound):
    message = "没有这条待处理的事件"


class EarlierFirst(Refused):
    message = "同一对象更早的事件（编号 {producer_seq}）尚未处理，请先处理它"


class StillUnknownType(Refused):
    message = "本版本仍不认识事件类型 {type}，请先升级"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event set aside, whole."""

    producer: str
    producer_seq: int
    event_id: UUID
    district: str
    type: str
    aggregate_id: str
    payload: str
    occurred_at: datetime
    code: str
    reason: str
    parked_at: datetime


async def waiting(connection: AsyncConnection, producer: str | None = None) -> Sequence[DeadLetter]:
    """All that wait, oldest first."""
    found = await connection.execute(
        text(
            f"SELECT {_COLUMNS} FROM dead_letters WHERE redriven_at IS NULL"  # noqa: S608 - constants only
            " AND (CAST(:producer AS text) IS NULL OR producer = :producer) ORDER BY producer, producer_seq"
        ),
        {"producer": producer},
    )
    return [DeadLetter(*row) for row in found]


@dataclass(frozen=True, slots=True)
class Redrive:
    """Apply one parked event now."""

    producer: str
    producer_seq: int


def redriver(service: str, hears: Mapping[str, Handlers]) -> Callable[[Redrive, UnitOfWork], Awaitable[DeadLetter]]:
    """The use case of a service that hears `hears`."""

    async def redrive_dead_letter(command: Redrive, uow: UnitOfWork) -> DeadLetter:
        """Raises DeadLetterUnknown, EarlierFirst, StillUnknownType, RoleMissing, or what its handler raises (it then
        stays parked)."""
        async with uow:
            uow.principal.require(OPERATIONS, SERVICE)
            letter = await _next_to_redrive(uow.connection, command.producer, command.producer_seq)
            handlers = hears[letter.producer]
            model = event_class(letter.type)
            if model is None or model not in handlers:
                raise StillUnknownType(type=letter.type)
            actor = uow.principal
            await uow.act_as(service_principal(service, letter.district))
            await handlers[model]([_heard(letter, model)], uow)
            await uow.connection.execute(
                _REDRIVEN, {"at": uow.now, "producer": letter.producer, "seq": letter.producer_seq}
            )
            # The audit row and the kept answer are the officer's, whatever the handler acted as.
            await uow.act_as(actor)
            await uow.commit(letter)
        return letter

    return redrive_dead_letter


def _heard(letter: DeadLetter, model: type[Event]) -> Heard[Any]:
    return Heard(
        model.model_validate_json(letter.payload),
        letter.event_id,
        letter.producer,
        letter.producer_seq,
        letter.district,
        letter.occurred_at,
    )


async def _next_to_redrive(connection: AsyncConnection, producer: str, producer_seq: int) -> DeadLetter:
    rows = [letter for letter in await waiting(connection, producer)]
    letter = next((row for row in rows if row.producer_seq == producer_seq), None)
    if letter is None:
        raise DeadLetterUnknown
    first = next(row for row in rows if row.aggregate_id == letter.aggregate_id)
    if first is not letter:
        raise EarlierFirst(producer_seq=first.producer_seq)
    return letter
