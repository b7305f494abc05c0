"""The worker's clock: terms of publicity (公示期) that are over, and the open-data files of the day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import structlog

from services.disclosure.usecases.build_open_data import build_open_data
from services.disclosure.usecases.keep_results import refresh_results
from shared.runtime.service import Process

_log = structlog.get_logger()
POLL: Final = 60.0
CHUNK: Final = 500


async def keep_terms(process: Process) -> None:
    """Runs until cancelled. A round that broke off is made again: its transaction left nothing behind."""
    while True:
        try:
            await end_terms(process.work)
            await build_open_data(process.work)
        except Exception as error:  # whatever it was, what is left to do is still there
            _log.error("disclosure.keep_terms_failed", kind=type(error).__name__, detail=str(error)[:300])
        await asyncio.sleep(POLL)


async def end_terms(work: Callable[[], Any]) -> int:
    """Takes down every result whose term is over; a tombstone with its digest stays. How many."""
    count = 0
    while True:
        async with work() as uow:
            over = await uow.results.over(uow.today, CHUNK)
            if not over:
                return count
            await refresh_results(set(over), uow)
            await uow.commit()
        count += len(over)
