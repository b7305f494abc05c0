"""Ends what imports keep: 180 days after a job, its rejected rows and, if no other job needs it, its file (SEC14)."""

from __future__ import annotations

import structlog

from services.registry.storage.unit_of_work import RegistryUnitOfWork
from shared.runtime.principal import service_principal
from shared.runtime.service import Process

_log = structlog.get_logger()


async def expire_imports(process: Process) -> int:
    """Gives the number of jobs whose rows and file were ended, of every district."""
    name = process.service.name
    async with process.open(service_principal(name, process.settings.district)) as work:
        due = await work.rejects.due(work.now)
    for job_id, district, digest in due:
        unit: RegistryUnitOfWork = process.open(service_principal(name, district))
        async with unit:
            await unit.rejects.drop([job_id])
            if not await unit.rejects.expired(job_id, digest):
                unit.files.remove(digest)
            await unit.commit()
        _log.info("import.expired", job_id=str(job_id))
    return len(due)
