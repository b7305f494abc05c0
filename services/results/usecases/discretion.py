"""Leniency and discretion (裁量) beside each finding: what is on offer, what was chosen, held until said (B25)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.content import Content, Recording
from services.results.domain.discretion import (
    FindingOffers,
    Offer,
    check_choices,
    offers_at,
    offers_of,
    require_decided,
)
from services.results.domain.records import InspectionRecord, ResultUnknown, VisitUnknown
from services.results.domain.vocabulary import Vocabulary
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.storage.vocabularies import DISCRETION


@dataclass(frozen=True, slots=True)
class Considered:
    """The findings of a record with their offers; `table` is the version they come from."""

    record: InspectionRecord
    table: Vocabulary
    findings: tuple[FindingOffers, ...]


@dataclass(frozen=True, slots=True)
class Possible:
    """What could be chosen at a finding that is not recorded yet."""

    table: Vocabulary
    offers: tuple[Offer, ...]


async def checked_choices(uow: ResultsUnitOfWork, record: InspectionRecord, content: Content) -> int | None:
    """Inside an open unit of work: the version chosen from; None without findings. Raises what `check_choices` does."""
    considered = await _considered(uow, record, content)
    if considered is None:
        return None
    check_choices(considered.findings, considered.table)
    return considered.table.version


async def hold_undecided(uow: ResultsUnitOfWork, record: InspectionRecord, recording: Recording) -> None:
    """At submission: what was chosen still holds, and nothing that may go unpunished was passed over.

    Raises what `check_choices` raises, DiscretionUndecided.
    """
    considered = await _considered(uow, record, recording.content)
    if considered is not None:
        check_choices(considered.findings, considered.table)
        require_decided(considered.findings)


async def discretion_of_result(result_id: UUID, uow: ResultsUnitOfWork) -> Considered:
    """For the officers and the reviewer, by the table in force today. Raises ResultUnknown."""
    async with uow:
        record = await uow.records.find(result_id)
        recording = None if record is None else await uow.recordings.find(record.id, record.revision)
        if record is None or recording is None:
            raise ResultUnknown
        considered = await _considered(uow, record, recording.content)
        if considered is None:
            (table,) = await uow.vocabularies.tables(uow.today, DISCRETION)
            return Considered(record, table, ())
    return considered


async def discretion_at_visit(visit_id: UUID, outcome_code: str, severity: int, uow: ResultsUnitOfWork) -> Possible:
    """Before a finding is saved: what could be chosen at it today. Raises VisitUnknown."""
    async with uow:
        record = await uow.records.find_of_visit(visit_id, uow.principal.department)
        if record is None:
            raise VisitUnknown
        (table,) = await uow.vocabularies.tables(uow.today, DISCRETION)
        earlier = await uow.inspection.discretion.earlier(record.assignment.entity_id, record.id)
        return Possible(table, offers_at(outcome_code, severity, table, earlier, uow.today))


async def _considered(uow: ResultsUnitOfWork, record: InspectionRecord, content: Content) -> Considered | None:
    """Nothing is asked of the database for the many records without a finding."""
    if not any(item.findings for item in content.items):
        return None
    (table,) = await uow.vocabularies.tables(uow.today, DISCRETION)
    earlier = await uow.inspection.discretion.earlier(record.assignment.entity_id, record.id)
    return Considered(record, table, offers_of(content, table, earlier))
