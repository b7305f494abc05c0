"""The worker's clock: opens days, applies a newly activated system, looks for what is worth a warning (K1, K3, K4),
clears files that no application names (C6)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog

from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.clear_files import clear_files
from services.credit.usecases.raise_warnings import raise_warnings
from services.credit.usecases.rerate import apply_system, open_days, open_observations
from shared.runtime.service import Process

_log = structlog.get_logger()
POLL: Final = 60.0
PAUSE_AFTER_FAULT: Final = 5.0


@dataclass(frozen=True, slots=True)
class Met:
    """What the last round met: the version of the system in force, and when credit last learned of a move."""

    version: int | None = None
    last_move: datetime | None = None


async def keep_up(process: Process) -> None:
    """Runs until cancelled. A chunk that broke off is tried again; its transaction left nothing behind."""
    met = Met()
    while True:
        try:
            met = await keep_up_once(process.work, met)
        except Exception as error:  # whatever it was, what is left to do is still there
            _log.error("credit.keep_up_failed", kind=type(error).__name__, detail=str(error)[:300])
            await asyncio.sleep(PAUSE_AFTER_FAULT)
            continue
        await asyncio.sleep(POLL)


async def keep_up_once(work: Callable[[], Any], met: Met) -> Met:
    """One round in the name of the service."""
    async with work() as uow:
        activation = await uow.rulebooks.activation()
    version = None if activation is None else activation[0]
    if version != met.version:
        await _until_none(apply_system, work)
        await open_observations(work())
    await _until_none(open_days, work)
    await _until_none(clear_files, work)
    async with work() as uow:
        last_move = await uow.warnings.last_move()
    if last_move != met.last_move:
        await raise_warnings(work())
    return Met(version, last_move)


async def _until_none(chunk: Callable[[CreditUnitOfWork], Awaitable[int]], work: Callable[[], Any]) -> None:
    count = await chunk(work())
    while count:
        count = await chunk(work())
