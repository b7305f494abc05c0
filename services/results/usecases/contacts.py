"""The ledger of contacts (涉企接触台账, B17): tell a contact, read the ledger, count for caps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.results.domain.contacts import (
    Contact,
    ContactCounts,
    ContactFilter,
    ContactKind,
    Level,
    check_contact,
)
from services.results.domain.content import Outcome, Recording
from services.results.domain.records import InspectionRecord
from services.results.domain.vocabulary import ON_SITE, Vocabulary
from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.events.results import ContactRecordedV1
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class RecordContact:
    """The department is the caller's, also for a contact of a higher level that it learnt of."""

    entity_id: UUID
    kind: ContactKind
    level: Level
    on_site: bool
    happened_on: date
    people: int
    purpose: str
    third_party: str = ""


async def record_contact(command: RecordContact, uow: ResultsUnitOfWork) -> Contact:
    """Raises ContactInFuture, ContactThirdPartyMissing, ContactInspectionTyped, EntityNotInRegistry."""
    async with uow.beside() as before:
        check_contact(_contact(command, before), before.today)
    await uow.registry.entity(command.entity_id, uow.principal)
    async with uow:
        contact = _contact(command, uow)
        await uow.inspection.contacts.add(contact)
        uow.emit(_told(contact))
        await uow.commit(contact)
    return contact


def _contact(command: RecordContact, uow: ResultsUnitOfWork) -> Contact:
    return Contact(
        id=new_id(),
        entity_id=command.entity_id,
        department=uow.principal.department,
        kind=command.kind,
        level=command.level,
        on_site=command.on_site,
        is_enforcement=command.kind is ContactKind.INSPECTION,
        happened_on=command.happened_on,
        people=command.people,
        purpose=command.purpose,
        third_party=command.third_party,
        visit_id=None,
        recorded_by=uow.principal.subject,
        recorded_at=uow.now,
    )


async def enter_inspection(
    uow: ResultsUnitOfWork, record: InspectionRecord, recording: Recording, methods: Vocabulary
) -> None:
    """An inspection that met the firm enters the ledger with its submission; a joint visit once."""
    content = recording.content
    if content.outcome not in (Outcome.DONE, Outcome.REMOTE):
        return
    contact = Contact(
        id=new_id(),
        entity_id=record.assignment.entity_id,
        department=record.assignment.department,
        kind=ContactKind.INSPECTION,
        level=Level.DISTRICT,
        on_site=methods.one(content.method).kind == ON_SITE,
        is_enforcement=True,
        happened_on=content.visited_on,
        people=len(content.officers_present),
        purpose=record.assignment.task_no,
        third_party="、".join(party.name for party in content.third_parties),
        visit_id=record.assignment.visit_id,
        recorded_by=uow.principal.subject,
        recorded_at=uow.now,
    )
    if await uow.inspection.contacts.add(contact):
        uow.emit(_told(contact))


async def page_of_contacts(
    wanted: ContactFilter, uow: ResultsUnitOfWork, size: int, after: tuple[date, UUID] | None
) -> list[Contact]:
    async with uow:
        return await uow.inspection.contacts.page(wanted, size, after)


async def contact_counts(entity_id: UUID, on: date | None, uow: ResultsUnitOfWork) -> ContactCounts:
    """As of the end of `on`, today unless given."""
    async with uow:
        return await uow.inspection.contacts.counts(entity_id, on or uow.today)


def _told(contact: Contact) -> ContactRecordedV1:
    return ContactRecordedV1(
        aggregate_version=1,
        contact_id=contact.id,
        entity_id=contact.entity_id,
        department=contact.department,
        kind=contact.kind.value,
        level=contact.level.value,
        on_site=contact.on_site,
        is_enforcement=contact.is_enforcement,
        happened_on=contact.happened_on,
        visit_id=contact.visit_id,
    )
