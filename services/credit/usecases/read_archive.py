"""Read an entity's credit: its record with the explanation, its history, its flags; and the lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.credit.domain.dump import CanonicalDump
from services.credit.domain.entities import EntityRow, EntityUnknown, parse_key
from services.credit.domain.entries import Entry
from services.credit.domain.history import HistoryLine, ListingFilter, ListingLine
from services.credit.domain.imports import FactImportUnknown, ImportReport
from services.credit.domain.indicators import IndicatorSystem
from services.credit.domain.listings import Flag
from services.credit.domain.measures import MeasureCatalogue
from services.credit.domain.rating import Explanation, explain
from services.credit.domain.record import CreditRecord, Rules
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import CHECK, READ, require_importer, require_scope


@dataclass(frozen=True, slots=True)
class RecordView:
    """The record of an entity, what gave its class, and the entries that stand."""

    entity: EntityRow
    record: CreditRecord
    system: IndicatorSystem
    explanation: Explanation
    entries: Sequence[Entry]
    measures: MeasureCatalogue
    flags: Sequence[Flag]
    """In force on the day."""


@dataclass(frozen=True, slots=True)
class FlagsView:
    entity: EntityRow
    flags: Sequence[Flag]
    measures: MeasureCatalogue


async def read_record(key: str, uow: CreditUnitOfWork) -> RecordView:
    """A known entity of which no fact stands has class U. Raises EntityUnknown, InvalidUscc, ScopeMissing."""
    require_scope(uow.principal, READ)
    async with uow:
        entity = await entity_of(key, uow)
        record = await uow.archive.record(entity.entity_id) or CreditRecord(entity.entity_id)
        rules = await uow.rulebooks.current()
        system = await uow.rulebooks.indicators(record.indicator_version) if record.version else rules.indicators
        entries = await uow.archive.standing_entries(entity.entity_id)
        flags = in_force(await uow.archive.flags(entity.entity_id), uow.today)
    return RecordView(entity, record, system, explain(record, system), entries, rules.measures, flags)


def in_force(flags: Iterable[Flag], day: date) -> list[Flag]:
    """Those that hold on the day, in the order in which they are shown."""
    return sorted((flag for flag in flags if flag.is_on(day)), key=lambda flag: (flag.starts_on, flag.area, flag.id))


async def read_history(
    key: str, size: int, after: tuple[datetime, str, str] | None, uow: CreditUnitOfWork
) -> Sequence[HistoryLine]:
    """Raises EntityUnknown, InvalidUscc, ScopeMissing."""
    require_scope(uow.principal, READ)
    async with uow:
        entity = await entity_of(key, uow)
        return await uow.archive.history(entity.entity_id, size, after)


async def read_flags(key: str, uow: CreditUnitOfWork) -> FlagsView:
    """Every flag ever raised, in its newest version. Raises EntityUnknown, InvalidUscc, ScopeMissing."""
    require_scope(uow.principal, READ, CHECK)
    async with uow:
        entity = await entity_of(key, uow)
        flags = await uow.archive.flags(entity.entity_id)
        rules = await uow.rulebooks.current()
    return FlagsView(entity, flags, rules.measures)


async def read_listings(
    wanted: ListingFilter, size: int, after: tuple[date, UUID] | None, uow: CreditUnitOfWork
) -> tuple[Sequence[ListingLine], MeasureCatalogue]:
    require_scope(uow.principal, READ)
    async with uow:
        lines = await uow.archive.listings(wanted, size, after)
        rules = await uow.rulebooks.current()
    return lines, rules.measures


async def read_rules(uow: CreditUnitOfWork) -> Rules:
    """The indicator system and the measures in force."""
    require_scope(uow.principal, READ)
    async with uow:
        return await uow.rulebooks.current()


async def read_import(import_id: UUID, uow: CreditUnitOfWork) -> ImportReport:
    """The report as it was given. Raises FactImportUnknown, RoleMissing."""
    require_importer(uow.principal)
    async with uow:
        report = await uow.imports.find(import_id)
    if report is None:
        raise FactImportUnknown(import_id=import_id)
    return report


async def canonical_dump(uow: CreditUnitOfWork) -> CanonicalDump:
    """The district's records, entries, listings and flags in canonical form (REL7, REL8)."""
    async with uow:
        return await uow.archive.dump()


async def entity_of(key: str, uow: CreditUnitOfWork) -> EntityRow:
    found = await uow.replicas.find(parse_key(key))
    if found is None:
        raise EntityUnknown(key=key)
    return found
