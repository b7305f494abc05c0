"""Deliver: staged rows into batches, batches to their peers, answers back. Each step is one transaction; what happens
between two of them may happen twice and changes nothing (REL29).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from typing import Any, Protocol

import structlog

from services.exchange.domain.batches import (
    SPREAD,
    Answer,
    Batch,
    BatchState,
    DeliveryFailed,
    NotKnown,
    Pending,
    Receipt,
    judge,
    number_of,
    pause_after,
)
from services.exchange.domain.mapping import Problem, digest_of
from services.exchange.domain.rows import OutboundRow, RowState
from services.exchange.storage.unit_of_work import ExchangeUnitOfWork
from shared.events.exchange import RowRejectedV1
from shared.values.ids import new_id

_log = structlog.get_logger()
Work = Callable[[], Any]
"""Opens an `ExchangeUnitOfWork` in the service's own name."""


class Transport(Protocol):
    """One way to a peer. Both may be called again at any time with the same batch. Both raise DeliveryFailed."""

    async def deliver(self, batch: Batch, rows: Sequence[OutboundRow]) -> Answer:
        """Hands the batch over; Pending where the peer answers later."""

    async def ask(self, batch: Batch) -> Answer:
        """What the peer says of a batch that it may have."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`retry`: the first pause; `patience`: after which a batch without its receipts goes to the work list."""

    retry: timedelta = timedelta(seconds=1)
    patience: timedelta = timedelta(hours=24)


async def make_batches(peers: Sequence[str], work: Work) -> int:
    """One batch per dataset and schema that has staged rows; returns how many were made."""
    made = 0
    async with work() as uow:
        datasets = await uow.batches.datasets_waiting(peers)
    for dataset in datasets:
        async with work() as uow:
            rows = await uow.batches.next_rows(dataset)
            for schema, part in groupby(sorted(rows, key=_schema), key=_schema):
                await _add_batch(schema, sorted(part, key=lambda row: row.id), uow)
                made += 1
            await uow.commit()
    return made


def _schema(row: OutboundRow) -> str:
    return row.schema


async def _add_batch(schema: str, rows: Sequence[OutboundRow], uow: ExchangeUnitOfWork) -> None:
    sequence = await uow.batches.next_sequence(uow.today)
    batch = Batch(
        id=new_id(),
        peer=rows[0].peer,
        dataset=rows[0].dataset,
        schema=schema,
        number=number_of(uow.sender or uow.district, uow.today, sequence),
        state=BatchState.READY,
        row_count=len(rows),
        digest=digest_of("\n".join(f"{row.row_key} {row.version} {row.digest}" for row in rows)),
        attempts=0,
        made_at=uow.now,
        due_at=uow.now,
        waiting_since=uow.now,
    )
    await uow.batches.add(batch, uow.today, sequence, rows)


async def work_one(transports: Mapping[str, Transport], pace: Pace, work: Work) -> bool:
    """Moves one due batch on; False when none is due, or the peer failed: the others then wait for the next round. The
    attempt is written down before anything is sent."""
    async with work() as uow:
        before = await uow.batches.take_due(list(transports), uow.now)
        if before is None:
            return False
        due_at = uow.now + _pause(before.attempts, pace)
        batch = replace(before, state=_under_way(before.state), attempts=before.attempts + 1, due_at=due_at)
        await uow.batches.move(batch, uow.now)
        rows = await uow.outbound.of_batch(batch.id)
        await uow.commit()
    try:
        answer = await _reach(transports[batch.peer], before.state, batch, rows)
    except DeliveryFailed as error:
        await _note_failure(batch, error.detail, pace, work)
        return False
    await _settle(batch, answer, pace, work)
    return True


def _under_way(state: BatchState) -> BatchState:
    return BatchState.UNKNOWN if state is BatchState.READY else state


async def _reach(transport: Transport, state: BatchState, batch: Batch, rows: Sequence[OutboundRow]) -> Answer:
    """A batch that may have arrived is asked for before it is sent again."""
    if state is not BatchState.READY:
        answer = await transport.ask(batch)
        if not isinstance(answer, NotKnown):
            return answer
    return await transport.deliver(batch, rows)


def _pause(attempts: int, pace: Pace) -> timedelta:
    return pause_after(attempts, pace.retry, secrets.randbelow(SPREAD + 1))


async def _note_failure(batch: Batch, detail: str, pace: Pace, work: Work) -> None:
    _log.warning("exchange.delivery_failed", peer=batch.peer, batch=batch.number, detail=detail[:200])
    async with work() as uow:
        held = await uow.batches.get(batch.id, for_update=True)
        if held is not None and held.attempts == batch.attempts:
            await _give_up_or_wait(held, pace, uow, detail[:500])
        await uow.commit()


async def _settle(batch: Batch, answer: Answer, pace: Pace, work: Work) -> None:
    receipts: Sequence[Receipt] = () if isinstance(answer, NotKnown | Pending) else answer
    async with work() as uow:
        held = await uow.batches.get(batch.id, for_update=True) or batch
        judged = judge(await uow.outbound.of_batch(batch.id), receipts)
        await uow.outbound.keep_receipts(judged, batch.id, uow.now)
        for one in judged:
            if one.state is RowState.REJECTED:
                uow.emit(_rejected(one.row, one.receipt, uow))
        left = [row for row in await uow.outbound.of_batch(batch.id) if row.state is RowState.BATCHED]
        if left:
            await _give_up_or_wait(replace(held, state=BatchState.DELIVERED), pace, uow, None)
        else:
            await uow.batches.move(replace(held, state=BatchState.SETTLED), uow.now)
        await uow.commit()


async def _give_up_or_wait(batch: Batch, pace: Pace, uow: ExchangeUnitOfWork, error: str | None) -> None:
    """Past the patience the rows go to the work list as unanswered: their outcome is not known, so they keep their
    batch, and only asking for that again can settle them."""
    if uow.now - batch.waiting_since < pace.patience:
        await uow.batches.move(batch, uow.now, error)
        return
    told = Problem("unanswered", None, f"对方系统逾期未答复（批次 {batch.number}）")
    await uow.outbound.mark_unanswered(batch.id, told)
    await uow.batches.move(replace(batch, state=BatchState.STUCK), uow.now, error)


def _rejected(row: OutboundRow, receipt: Receipt, uow: ExchangeUnitOfWork) -> RowRejectedV1:
    return RowRejectedV1(
        aggregate_version=row.version,
        row_id=row.id,
        peer=row.peer,
        dataset=row.dataset,
        row_key=row.row_key,
        version=row.version,
        department=row.owner_department,
        code=receipt.code or "rejected",
        rejected_at=uow.now,
    )
