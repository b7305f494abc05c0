"""The worker's loop over the import queue: whatever waits, of whichever district, one job at a time."""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID

import structlog

from services.registry.domain.import_jobs import ImportJob
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases.run_import import RunImport, begin_import, run_import
from shared.runtime.principal import service_principal
from shared.runtime.service import Process

_log = structlog.get_logger()
POLL: Final = 0.3
PAUSE_AFTER_FAULT: Final = 2.0


async def work_imports(process: Process) -> None:
    """Runs until cancelled. A step that broke off is tried again; its transaction left nothing behind."""
    while True:
        try:
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

    if await begin_import(job_id, work()) is None:
        return None
    return await run_import(RunImport(job_id), work())
