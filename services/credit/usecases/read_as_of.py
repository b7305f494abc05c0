"""Read an entity's credit on a past day, as known at an instant (B7): out of the journal, whatever came later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from services.credit.domain.as_of import DayNotOver, archive_of, on_day
from services.credit.domain.days import day_of, midnight
from services.credit.domain.fold import apply
from services.credit.domain.rating import explain
from services.credit.domain.record import CreditRecord, Rules
from services.credit.domain.step import Step
from services.credit.storage.journal_store import Line
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import READ, require_scope
from services.credit.usecases.read_archive import RecordView, entity_of, in_force

_INSTANT = timedelta(microseconds=1)


async def read_as_of(key: str, on: date | None, known_at: datetime | None, uow: CreditUnitOfWork) -> RecordView:
    """`on` alone: as known at the end of that day; `known_at` alone: on its day.

    Raises DayNotOver, EntityUnknown, InvalidUscc, ScopeMissing.
    """
    require_scope(uow.principal, READ)
    async with uow:
        day, known = _meant(on, known_at, uow)
        entity = await entity_of(key, uow)
        steps = await _steps(entity.entity_id, await uow.journal.of_entity(entity.entity_id, known), uow)
        in_force_then = await uow.journal.rules_at(min(known, _end_of(day)))
        system = await uow.rulebooks.indicators(in_force_then[0])
        archive = on_day(archive_of(entity.entity_id, steps), day, system)
        if archive.record.version:
            system = await uow.rulebooks.indicators(archive.record.indicator_version)
        measures = await uow.rulebooks.measures((await uow.journal.rules_at(known))[1])
        named = await uow.replicas.as_known(entity, known)
    explanation = explain(archive.record, system)
    flags = in_force(archive.flags, day)
    return RecordView(named, archive.record, system, explanation, archive.standing, measures, flags)


def _end_of(day: date) -> datetime:
    return midnight(day + timedelta(days=1)) - _INSTANT


def _meant(on: date | None, known_at: datetime | None, uow: CreditUnitOfWork) -> tuple[date, datetime]:
    day = on if on is not None else day_of(known_at or uow.now)
    known = known_at if known_at is not None else min(_end_of(day), uow.now)
    if day > uow.today or known > uow.now:
        raise DayNotOver
    return day, known


async def _steps(entity_id: UUID, lines: Sequence[Line], uow: CreditUnitOfWork) -> list[Step]:
    """Each input by the rules it was applied by."""
    rules: dict[tuple[int, int], Rules] = {}
    record, steps = CreditRecord(entity_id), list[Step]()
    for line in lines:
        versions = (line.indicator_version, line.measure_version)
        if versions not in rules:
            indicators = await uow.rulebooks.indicators(line.indicator_version)
            rules[versions] = Rules(indicators, await uow.rulebooks.measures(line.measure_version))
        step = apply(record, line.cause, rules[versions])
        if step is not None:
            record = step.record
            steps.append(step)
    return steps
