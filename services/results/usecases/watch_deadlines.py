"""The worker's look at the clock: each deadline that ends soon or has ended is told once for each stage (R2, REL30)."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from services.results.domain.deadlines import horizons
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.alerts import ends_of_open_visits
from services.results.usecases.calendar_in_force import calendar_in_force, terms_in_force
from services.results.usecases.reschedule import reschedule
from shared.events.results import DeadlineWarnedV1
from shared.runtime.principal import service_principal
from shared.runtime.service import Process

_log = structlog.get_logger()
PAUSE: Final = 60.0
"""Seconds between two looks: deadlines are days."""
AT_ONCE: Final = 500
"""Warnings of one transaction."""


async def watch_deadlines(process: Process) -> None:
    """Runs until cancelled. A look that broke off is repeated; what was told is noted in its own transaction."""
    while True:
        try:
            await look_once(process)
        except Exception as error:  # whatever it was: the next look finds the same deadlines
            _log.error("deadlines.look_failed", kind=type(error).__name__, detail=str(error)[:300])
        await asyncio.sleep(PAUSE)


async def look_once(process: Process) -> None:
    """One round over the districts; one that fails does not keep the others waiting."""
    async with process.open(service_principal(process.service.name, process.settings.district)) as work:
        districts = await work.review.deadlines.watched()
    for district in districts:
        try:
            await _look_at(process, district)
        except Exception as error:  # whatever it was: the next look finds the same deadlines
            _log.error(
                "deadlines.district_failed", district=district, kind=type(error).__name__, detail=str(error)[:300]
            )


async def _look_at(process: Process, district: str) -> None:
    def work() -> ResultsUnitOfWork:
        unit: ResultsUnitOfWork = process.open(service_principal(process.service.name, district))
        return unit

    await settle_deadlines(work())
    while await warn_of_deadlines(work()) == AT_ONCE:
        pass


async def settle_deadlines(uow: ResultsUnitOfWork) -> int:
    """Brings open deadlines to the calendar in force: a release may bring a new year's notice, and a record may have
    been written while one was approved. The number of deadlines that moved (R2)."""
    async with uow:
        moved = sum(await reschedule(await calendar_in_force(uow), "按现行节假日安排重新计算期限", uow))
        if moved:
            await uow.commit()
    return moved


async def warn_of_deadlines(uow: ResultsUnitOfWork) -> int:
    """Tells at most `AT_ONCE` warnings of one district. Two workers at it tell each warning once."""
    async with uow:
        calendar, terms = await calendar_in_force(uow), await terms_in_force(uow)
        ends = await ends_of_open_visits(uow, terms, calendar)
        found = await uow.review.deadlines.untold(horizons(uow.today, terms.warnings, calendar), ends, AT_ONCE)
        if not found:
            return 0
        told = await uow.review.deadlines.tell(found, uow.now)
        for one in found:
            number = told.get((one.kind, one.subject_id))
            if number is not None and one.stage is not None:
                uow.emit(
                    DeadlineWarnedV1(
                        aggregate_version=number,
                        kind=one.kind,
                        subject_id=one.subject_id,
                        entity_id=one.entity_id,
                        department=one.department,
                        due_on=one.due_on,
                        due_is_provisional=one.is_provisional,
                        days_left=one.stage,
                    )
                )
        await uow.commit()
    return len(found)
