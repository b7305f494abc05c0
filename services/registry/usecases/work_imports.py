"""The worker's loop over the import queue: whatever waits, of whichever district, one job at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final
from uuid import UUID

import structlog

from services.registry.domain.import_jobs import ImportJob
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases.expire_imports import expire_imports
from services.registry.usecases.run_import import RunImport, begin_import, run_import
from shared.runtime.principal import service_principal
from shared.runtime.service import Process

_log = structlog.get_logger()
POLL: Final = 0.1
SWEEP: Final = 3600.0
TELL_AFTER: Final = 0.5
"""Seconds between two words on progress."""
PAUSE_AFTER_FAULT: Final = 2.0


async def work_imports(process: Process) -> None:
    """Runs until cancelled. A step that broke off is tried again; its transaction left nothing behind."""
    clock = asyncio.get_running_loop()
    sweep_at = clock.time()
    while True:
        try:
            if clock.time() >= sweep_at:
                sweep_at = clock.time() + SWEEP
                await expire_imports(process)
            worked = await work_once(process)
        except Exception as error:  # whatever it was, the job is still queued and its attempts are counted
            _log.error("import.step_failed", kind=type(error).__name__, detail=str(error)[:300])
            await asyncio.sleep(PAUSE_AFTER_FAULT)
            continue
        if not worked:
            await asyncio.sleep(POLL)


async def work_once(process: Process) -> bool:
    """One round over the queue. True when a job moved."""
    async with process.open(service_principal(process.service.name, process.settings.district)) as work:
        waiting = await work.imports.waiting()
    moved = False
    for job_id, district in waiting:
        moved = await work_job(process, job_id, district) is not None or moved
    return moved


async def work_job(process: Process, job_id: UUID, district: str) -> ImportJob | None:
    """One step of one job, in its own district."""

    def work() -> RegistryUnitOfWork:
        unit: RegistryUnitOfWork = process.open(service_principal(process.service.name, district))
        return unit

    job = await begin_import(job_id, work())
    if job is None:
        return None
    return await run_import(RunImport(job_id), work(), Progress(job, work).tell)


class Progress:
    """Tells how far a job is, in transactions of its own: that of the job is not seen before its end."""

    def __init__(self, job: ImportJob, work: Callable[[], RegistryUnitOfWork]) -> None:
        self._job, self._work, self._next = job, work, 0.0

    async def tell(self, read: float) -> None:
        """`read`: how much of the file was read, 0 to 1; reading is taken for half of the work."""
        now = asyncio.get_running_loop().time()
        if now < self._next:
            return
        self._next = now + TELL_AFTER
        async with self._work() as unit:
            await unit.rejects.tell(self._job, int(50 * read), unit.now)
            await unit.commit()
