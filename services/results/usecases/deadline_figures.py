"""The figure `ssj_publish_deadline_days`: what the platform's operators see of the twenty working days (R2)."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from prometheus_client import Gauge

from services.results.storage.deadline_figures import next_deadlines
from shared.runtime.service import Process

PUBLISH_DEADLINE = Gauge(
    "ssj_publish_deadline_days",
    "Days until a department's next result must be published; below 0 if late",
    ["department"],
)
PAUSE: Final = 60.0
_log = structlog.get_logger()


async def tell_deadlines(process: Process) -> None:
    """Runs until cancelled; a look that fails is made again."""
    while True:
        try:
            await look_once(process)
        except Exception as error:  # whatever it was: figures are no reason to end a worker
            _log.warning("deadline_figures.look_failed", kind=type(error).__name__)
        await asyncio.sleep(PAUSE)


async def look_once(process: Process) -> None:
    """Departments without anything to publish have no figure."""
    async with process.work() as work:
        days = {name: (due - work.today).days for name, due in (await next_deadlines(work.connection)).items()}
    PUBLISH_DEADLINE.clear()
    for department, left in days.items():
        PUBLISH_DEADLINE.labels(department).set(left)
