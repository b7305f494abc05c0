"""A worker that loses one of its tasks says so and goes: half dead it would stay unready for ever."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from deploy.embedded.platform import EmbeddedPlatform
from services.registry.main import SERVICE
from shared.runtime.service import Process
from tests.support.served import settings_of


async def test_a_worker_whose_task_ends_by_an_error_asks_to_be_started_anew(platform: EmbeddedPlatform) -> None:
    async def broken(process: Process) -> None:
        raise LookupError

    platform.migrate("registry")
    gone = asyncio.Event()
    service = replace(SERVICE, hears={}, jobs=(broken,))
    process = Process(service, settings_of(service, platform), gone.set)
    await process.start_worker()
    try:
        await asyncio.wait_for(gone.wait(), 5)
        assert [type(error) for error in process.failed] == [LookupError]
    finally:
        await process.stop()
