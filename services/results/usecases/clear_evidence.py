"""Files sent as evidence that nobody attached go after a term: an act of the worker, audited (SEC5: no more is kept
than is needed)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.runtime.principal import service_principal
from shared.runtime.service import Process

_log = structlog.get_logger()
TERM: Final = timedelta(days=30)
"""Longer than any record may stay offline (B13: ten days) or be returned and written anew."""
PAUSE: Final = 3600.0
CHUNK: Final = 50
Open = Callable[[str], ResultsUnitOfWork]
"""A unit of work of the service in that district."""


@dataclass(frozen=True, slots=True)
class ClearEvidence:
    """For the audit trail: which files went. A digest says nothing of anybody."""

    kept_days: int
    digests: tuple[str, ...]


async def clear_evidence(process: Process) -> None:
    """Runs until cancelled, a look an hour."""
    name = process.service.name

    def open_in(district: str) -> ResultsUnitOfWork:
        unit: ResultsUnitOfWork = process.open(service_principal(name, district))
        return unit

    while True:
        try:
            async with open_in(process.settings.district) as work:
                districts = await work.review.deadlines.watched()
            for district in districts:
                while await clear_some(district, districts, open_in):
                    pass
        except Exception as error:  # whatever it was: the next look finds the same files
            _log.error("evidence.clearing_failed", kind=type(error).__name__, detail=str(error)[:300])
        await asyncio.sleep(PAUSE)


async def clear_some(district: str, districts: Sequence[str], open_in: Open, size: int = CHUNK) -> int:
    """Returns how many rows were settled. Rows stay locked until their files are gone, so that whoever attaches one
    meanwhile waits and is told to send it again; a kill in between leaves rows that the next look settles.

    One store serves all districts: a file that another one has or waits for only loses its row here.
    """
    async with open_in(district) as uow:
        idle = await uow.inspection.uploads.idle(uow.now - TERM, size)
        if not idle:
            return 0
        gone = set(idle)
        for other in districts:
            if other != district:
                async with open_in(other) as beside:
                    gone -= await beside.inspection.uploads.wanted(gone)
        for digest in sorted(gone):
            await uow.evidence_files.remove(digest)
        await uow.inspection.uploads.removed(idle, uow.now)
        uow.acting("clear_evidence", ClearEvidence(TERM.days, tuple(sorted(gone))))
        await uow.commit()
    return len(idle)
