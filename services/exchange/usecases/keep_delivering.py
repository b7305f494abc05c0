"""The worker's round: make batches, move on what is due; until cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, cast

import structlog

from services.exchange.settings import ExchangeSettings
from services.exchange.usecases.deliver import Pace, Transport, Work, make_batches, work_one
from shared.runtime.service import Job, Process

_log = structlog.get_logger()
PAUSE_AFTER_FAULT: Final = 5.0


async def deliver_once(transports: Mapping[str, Transport], pace: Pace, work: Work) -> int:
    """One round; returns how many batches were moved on."""
    await make_batches(list(transports), work)
    moved = 0
    while await work_one(transports, pace, work):
        moved += 1
    return moved


def delivering(transports_of: Callable[[Process], Mapping[str, Transport]]) -> Job:
    """The job over the transports that `transports_of(process)` makes."""

    async def keep_delivering(process: Process) -> None:
        settings = cast(ExchangeSettings, process.settings)
        pace = Pace(timedelta(seconds=settings.retry_seconds), timedelta(hours=settings.patience_hours))
        lanes = [
            _keep_one({peer: transport}, pace, process.work, settings.poll_seconds)
            for peer, transport in transports_of(process).items()
        ]
        await asyncio.gather(*lanes, asyncio.Event().wait())

    return keep_delivering


async def _keep_one(transports: Mapping[str, Transport], pace: Pace, work: Work, poll: float) -> None:
    """A peer that stalls holds up nobody else."""
    while True:
        try:
            await deliver_once(transports, pace, work)
        except Exception as error:  # whatever it was, what is due stays due
            _log.error("exchange.delivery_round_failed", kind=type(error).__name__, detail=str(error)[:300])
            await asyncio.sleep(PAUSE_AFTER_FAULT)
        await asyncio.sleep(poll)
