"""What callers may see: lists and single records. Nothing here changes anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.results.domain.publication import PublicVersion
from services.results.domain.records import InspectionRecord, ResultUnknown, VisitUnknown
from services.results.domain.visit_codes import VisitCode
from services.results.domain.visits import Visit
from services.results.domain.vocabulary import Vocabularies
from services.results.storage.records import HistoryEntry, ListedRecord, RecordFilter
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.storage.visits import VisitFilter
from services.results.usecases.acting import the_inspector
from services.results.usecases.filling import Filled
from shared.runtime.principal import READS_ALL


@dataclass(frozen=True, slots=True)
class VisitQuery:
    is_mine: bool
    department: str | None
    task_id: UUID | None
    state: str | None
    is_overdue: bool
    code_state: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class ResultQuery:
    state: str | None
    department: str | None
    task_id: UUID | None
    is_overdue: bool
    is_mine: bool


VisitWithRecords = tuple[Visit, list[InspectionRecord], VisitCode | None]
"""None: a visit without a code, which is visible as such (B3)."""


async def page_of_visits(
    query: VisitQuery, uow: ResultsUnitOfWork, size: int, after: UUID | None
) -> list[VisitWithRecords]:
    """Raises NotAnInspector when one without certificate asks for his own."""
    async with uow:
        wanted = VisitFilter(
            department=query.department,
            task_id=query.task_id,
            inspector_id=_own_id(uow) if query.is_mine else None,
            state=query.state,
            overdue_on=uow.today if query.is_overdue else None,
            code_state=query.code_state,
            origin=query.origin,
        )
        visits = await uow.visits.page(wanted, size, after)
        records = await uow.records.of_visits([visit.id for visit in visits])
        codes = await uow.inspection.codes.of_visits([visit.id for visit in visits])
    return [
        (visit, [one for one in records if one.assignment.visit_id == visit.id], codes.get(visit.id))
        for visit in visits
    ]


async def one_visit(visit_id: UUID, uow: ResultsUnitOfWork) -> VisitWithRecords:
    """Raises VisitUnknown, also where the caller's department takes no part."""
    async with uow:
        visit = await uow.visits.find(visit_id)
        if visit is None:
            raise VisitUnknown
        codes = await uow.inspection.codes.of_visits([visit_id])
        return visit, await uow.records.of_visits([visit_id]), codes.get(visit_id)


async def page_of_results(
    query: ResultQuery, uow: ResultsUnitOfWork, size: int, after: tuple[date, UUID] | None
) -> list[ListedRecord]:
    """The most urgent first. Raises NotAnInspector when one without certificate asks for his own."""
    async with uow:
        wanted = RecordFilter(
            states=None if query.state is None else (query.state,),
            department=query.department,
            task_id=query.task_id,
            inspector_id=_own_id(uow) if query.is_mine else None,
            overdue_on=uow.today if query.is_overdue else None,
        )
        return await uow.records.page(wanted, size, after)


async def one_result(result_id: UUID, uow: ResultsUnitOfWork) -> Filled:
    """Raises ResultUnknown."""
    async with uow:
        record = await uow.records.find(result_id)
        if record is None:
            raise ResultUnknown
        return Filled(record, await uow.recordings.find(record.id, record.revision))


async def history_of(result_id: UUID, uow: ResultsUnitOfWork) -> list[HistoryEntry]:
    """Raises ResultUnknown. Before publication others than the owner see states, not what reviewers wrote
    (architecture.md, Identity)."""
    async with uow:
        record = await uow.records.find(result_id)
        if record is None:
            raise ResultUnknown
        entries = await uow.records.history(result_id)
        who = uow.principal
        is_open = who.department == record.assignment.department or bool(who.roles & READS_ALL)
        if is_open or await uow.versions.latest(result_id) is not None:
            return entries
        return [replace(entry, detail="") for entry in entries]


async def versions_of(result_id: UUID, uow: ResultsUnitOfWork) -> list[PublicVersion]:
    """The newest first. Raises ResultUnknown before anything was published."""
    async with uow:
        versions = await uow.versions.of(result_id)
    if not versions:
        raise ResultUnknown
    return versions


async def latest_version(result_id: UUID, uow: ResultsUnitOfWork) -> PublicVersion:
    """Raises ResultUnknown before anything was published."""
    async with uow:
        latest = await uow.versions.latest(result_id)
    if latest is None:
        raise ResultUnknown
    return latest


async def vocabularies_today(uow: ResultsUnitOfWork) -> Vocabularies:
    async with uow:
        return await uow.vocabularies.on(uow.today)


def _own_id(uow: ResultsUnitOfWork) -> UUID:
    return the_inspector(uow).as_inspector()
