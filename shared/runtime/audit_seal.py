"""The sealing step: gives what was committed its place in the audit chain, and signs checkpoints (架构 rule 8).

It runs beside the relay that leads, on a connection of its own, at most once a second; acts and lanes neither wait for
it nor send a statement for it. Whoever seals holds a session lock, so a second one cannot.

Events come in the order of their numbers. Audit rows have no number: they are found by id, which rises with the clock
of the process that made it. A step looks back a few seconds, now and then some minutes, and at the start and before
each checkpoint of a day or a period through the whole trail: a row that was committed late gets a later place, but gets
one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.events.catalogue import EVENTS
from shared.events.envelope import Event
from shared.runtime.audit_checkpoints import ROWS, Signer, is_due
from shared.runtime.audit_files import as_json, keep_checkpoint
from shared.runtime.audit_store import (
    KeptCheckpoint,
    Sealed,
    Tail,
    Waiting,
    add_checkpoint,
    add_places,
    audits_waiting,
    events_after,
    first_sealed_at,
    last_checkpoint,
    read_tail,
    read_times,
)
from shared.runtime.audit_tree import Edge, chain_hash
from shared.runtime.database import LOST_CONNECTION, Driver
from shared.runtime.unit_of_work import UnitOfWork
from shared.values.ids import new_id

_log = structlog.get_logger()
_LOCK: Final = 0x73736A03  # "ssj", seal
_BATCH: Final = 200
_SLICE: Final = 2000
_AT_A_TIME: Final = 16
"""Rows hashed before others of the process get their turn."""
_BACK: Final = timedelta(seconds=5)
_FAR_BACK: Final = timedelta(minutes=5)
_FAR_BACK_EVERY: Final = 30
_REST: Final = 3
"""Times as long as a batch took it rests: in a long backlog the process and the disk belong to acts and lanes."""
PAUSE: Final = 1.0
_NIL: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Sealing:
    """What a sealing step is given: whose trail, who signs, and when one is wanted."""

    dsn: str
    signer: Signer
    period: timedelta
    files: Path
    leads: Callable[[], bool]
    work: Callable[[], UnitOfWork]


class Sealer:
    """Runs until cancelled, seals while the relay of this process leads; may be killed at any line."""

    def __init__(self, given: Sealing) -> None:
        self._given = given
        self._tail = Tail(Edge(), b"", 0)
        self._last: KeptCheckpoint | None = None
        self._first_at: datetime | None = None
        self._news = True
        self._own = f"{given.signer.service}.checkpoint.signed.v1"

    async def run(self) -> None:
        while True:
            try:
                if self._given.leads():
                    await self._campaign()
            except (asyncpg.PostgresError, SQLAlchemyError, *LOST_CONNECTION, OSError, TimeoutError) as error:
                _log.warning("audit.seal_interrupted", kind=type(error).__name__)
            await asyncio.sleep(PAUSE)

    async def _campaign(self) -> None:
        settings = {"application_name": "ssj seal"}
        driver = await asyncpg.connect(self._given.dsn, command_timeout=30, timeout=5, server_settings=settings)
        try:
            if await driver.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                await self.begin(driver)
                turn = 0
                while self._given.leads():
                    turn += 1
                    await self.step(driver, _FAR_BACK if turn % _FAR_BACK_EVERY == 0 else _BACK)
                    await asyncio.sleep(PAUSE)
        finally:
            await driver.close()

    async def begin(self, driver: Driver) -> None:
        """Finds where the chain ends, and seals what an earlier one left."""
        self._tail = await read_tail(driver)
        self._last = await last_checkpoint(driver)
        self._first_at = await first_sealed_at(driver)
        self._news = True
        if self._last is not None:
            await keep_checkpoint(self._given.files, self._given.signer.service, self._last)
        await self._seal(driver, _NIL)

    async def step(self, driver: Driver, back: timedelta) -> None:
        """Seals what was committed; signs if a checkpoint is due."""
        await self._seal(driver, _id_before(back))
        if self._first_at is None or not (self._news or self._grew()):
            return
        at = await read_times(driver)
        rows = self._tail.edge.size - (self._last.size if self._last else 0)
        if is_due(self._last, self._first_at, at, self._given.period, has_news=self._news, rows=rows):
            await self.sign(driver, _id_before(_FAR_BACK) if rows >= ROWS else _NIL)

    def _grew(self) -> bool:
        return self._last is None or self._tail.edge.size > self._last.size

    async def sign(self, driver: Driver, after: UUID = _NIL) -> None:
        """A checkpoint over everything: kept, told by its event, and written to a file beside the database. `after`:
        where rows without a place are looked for; not through the whole trail for each thousand of a busy hour."""
        await self._seal(driver, after)
        kept = self._given.signer.sign(self._tail, self._last, await read_times(driver))
        async with self._given.work() as work:
            work.emit(_event(self._own, self._given.signer.service, kept))
            await add_checkpoint(work.driver, kept)
            await work.commit()
        self._last, self._news = kept, False
        await keep_checkpoint(self._given.files, self._given.signer.service, kept)
        _log.info("audit.checkpoint_signed", number=kept.number, size=kept.size)

    async def _seal(self, driver: Driver, after: UUID) -> None:
        async for batch in _batches(driver, self._tail, after):
            began = time.monotonic()
            await self._place(driver, batch)
            await asyncio.sleep(_REST * (time.monotonic() - began))

    async def _place(self, driver: Driver, batch: list[Waiting]) -> None:
        """The chain in memory moves on only with what is written; a failure starts over from the database."""
        before, sealed = self._tail.edge.size, Sealed(batch, [], [])
        for count, row in enumerate(batch, start=1):
            self._tail.chain = chain_hash(self._tail.chain, row.leaf)
            sealed.chain.append(self._tail.chain)
            sealed.nodes.extend(self._tail.edge.add(row.leaf))
            self._tail.log_seq = row.log_seq or self._tail.log_seq
            self._news = self._news or row.type != self._own
            if count % _AT_A_TIME == 0:
                await asyncio.sleep(0)
        await add_places(driver, before, sealed)
        self._first_at = self._first_at or await first_sealed_at(driver)


async def _batches(driver: Driver, tail: Tail, after: UUID) -> AsyncIterator[list[Waiting]]:
    """Events first, then audit rows; each batch is to be placed before the next is asked for."""
    while events := await events_after(driver, tail.log_seq, _BATCH):
        yield events
    last: UUID | None = after
    while last is not None:
        last, audits = await audits_waiting(driver, last, _SLICE)
        for at in range(0, len(audits), _BATCH):
            yield audits[at : at + _BATCH]


def _id_before(back: timedelta) -> UUID:
    """Where ids made that long ago stand."""
    milliseconds = (new_id().int >> 80) - int(back.total_seconds() * 1000)
    return UUID(int=milliseconds << 80)


def _event(subject: str, service: str, kept: KeptCheckpoint) -> Event:
    return EVENTS[subject].model_validate(
        {"aggregate_version": kept.number, "service": service, "checkpoint": as_json(kept)}
    )
