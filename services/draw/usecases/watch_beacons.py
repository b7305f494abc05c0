"""Take note of beacon files (随机源文件) as they appear: name, digest, moment; and what is wrong with the bad ones."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog

from services.draw.adapters.beacon_drop import DroppedFile, dropped_files
from services.draw.domain.beacon_files import BeaconFile, BeaconFileBad, read_beacon_file
from services.draw.settings import DrawSettings
from services.draw.storage.unit_of_work import DrawUnitOfWork
from shared.runtime.service import Process
from shared.values.ids import new_id

LOOK_EVERY: Final = 5.0
"""Seconds between two looks."""
_log = structlog.get_logger()


async def watch_beacon_drop(process: Process) -> None:
    """The worker's job: looks into DRAW_BEACON_DROP until cancelled; without a folder it has nothing to do."""
    settings = process.settings
    folder = settings.beacon_drop if isinstance(settings, DrawSettings) else None
    while folder is not None:
        work: Any = process.work()
        try:
            for file in await note_beacon_files(folder, work):
                _log.info("beacon_file.seen", name=file.name, sha256=file.sha256, problem=file.problem_code)
        except Exception as error:  # the file stays in the folder: the next look finds it again
            _log.error("beacon_drop.look_failed", kind=type(error).__name__, detail=str(error)[:300])
        await asyncio.sleep(LOOK_EVERY)
    await asyncio.Event().wait()


async def note_beacon_files(folder: Path, uow: DrawUnitOfWork) -> list[BeaconFile]:
    """Files not seen before under their name and digest, now kept. The folder is only read."""
    found = await asyncio.to_thread(list, dropped_files(folder))
    async with uow:
        known = await uow.beacon_files.known([file.name for file in found])
        new = [_noted(file, uow) for file in found if (file.name, file.sha256) not in known]
        await uow.beacon_files.add(new)
        await uow.commit()
    return new


def _noted(file: DroppedFile, uow: DrawUnitOfWork) -> BeaconFile:
    try:
        reading = read_beacon_file(file.content)
    except BeaconFileBad as bad:
        return BeaconFile(new_id(), file.name, file.sha256, uow.now, None, bad.code, bad.detail)
    return BeaconFile(new_id(), file.name, file.sha256, uow.now, reading)


async def page_of_beacon_files(
    is_bad: bool | None, uow: DrawUnitOfWork, size: int, after: UUID | None
) -> Sequence[BeaconFile]:
    async with uow:
        return await uow.beacon_files.page(is_bad, size, after)
