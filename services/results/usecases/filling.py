"""What recording and revising share: ask registry and planning, hold the rules, keep the revision."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import structlog

from services.results.domain.content import CertificateAnswer, Content, EntityFacts, Recording, SheetItem
from services.results.domain.content_rules import check_draft
from services.results.domain.deadlines import publication_deadline
from services.results.domain.officers import check_certificates
from services.results.domain.publication import public_content
from services.results.domain.records import Actor, Assignment, InspectionRecord
from services.results.domain.states import Act
from services.results.domain.third_parties import check_third_parties
from services.results.domain.undrawn import Origin
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.calendar_in_force import calendar_in_force
from services.results.usecases.discretion import checked_choices
from shared.runtime.problems import PeerUnavailable
from shared.runtime.unit_of_work import SHANGHAI
from shared.values.errors import Invalid
from shared.values.workdays import Deadline

_log = structlog.get_logger()


class ItemNameless(Invalid):
    message = "事项 {item_id} 没有名称，检查表也没有它，请写明"


@dataclass(frozen=True, slots=True)
class Filled:
    """A record with its newest revision; `recording` is None where it is not the caller's to read."""

    record: InspectionRecord
    recording: Recording | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What registry and planning answered; kept with the revision."""

    entity: EntityFacts
    certificates: tuple[CertificateAnswer, ...]
    sheet: tuple[SheetItem, ...] = ()


async def ask_peers(uow: ResultsUnitOfWork, assignment: Assignment, content: Content) -> Facts:
    """What `ask_registry` says, and the sheet's wording of the items. Raises what `ask_registry` raises."""
    facts, sheet = await asyncio.gather(ask_registry(uow, assignment, content), _sheet(uow, assignment))
    return replace(facts, sheet=sheet)


async def _sheet(uow: ResultsUnitOfWork, assignment: Assignment) -> tuple[SheetItem, ...]:
    """Without planning a record is still taken: the officers' own wording stands, and the revision says so."""
    if uow.planning is None:
        return ()
    try:
        lines = await uow.planning.sheet(assignment.task_id, assignment.department, uow.principal)
    except PeerUnavailable:
        _log.warning("sheet.unavailable", task_id=str(assignment.task_id))
        return ()
    return tuple(line.item for line in lines)


async def _own_wording(uow: ResultsUnitOfWork, assignment: Assignment) -> tuple[SheetItem, ...]:
    """What was not drawn stands on no sheet: the department worded the items when it assigned the check."""
    if assignment.origin == Origin.DRAW:
        return ()
    items = await uow.inspection.undrawn.items_of(assignment.visit_id)
    return tuple(SheetItem(item.item_id, item.item_name, "", 0) for item in items)


def worded(content: Content, sheet: tuple[SheetItem, ...]) -> Content:
    """Items are called what the sheet calls them. Raises ItemNameless."""
    names = {item.item_id: item.name for item in sheet}
    items = tuple(replace(item, item_name=names.get(item.item_id, item.item_name)) for item in content.items)
    for item in items:
        if not item.item_name:
            raise ItemNameless(item_id=item.item_id)
    return replace(content, items=items)


async def ask_registry(uow: ResultsUnitOfWork, assignment: Assignment, content: Content) -> Facts:
    """Who the entity is, and whether each officer's certificate was valid on the visit's day.

    Called while no transaction is open: a slow registry must not hold our connections (REL33).
    Raises OfficerNotInRegistry, EntityNotInRegistry, CertificateNotValid, PeerUnavailable.
    """
    on, asked_by = content.visited_on, uow.principal
    entity, *certificates = await asyncio.gather(
        uow.registry.entity(assignment.entity_id, asked_by),
        *(uow.registry.certificate(officer, on, asked_by) for officer in content.officers_present),
    )
    answers = tuple(answer for answer in certificates if isinstance(answer, CertificateAnswer))
    check_certificates(answers, on)
    if not isinstance(entity, EntityFacts):
        raise TypeError("registry answered for an entity with something else")
    return Facts(entity, answers)


async def deadline_of(content: Content, uow: ResultsUnitOfWork) -> Deadline | None:
    """By the calendar in force, inside an open unit of work; None until the result exists. Raises NoCalendar."""
    if content.concluded_on is None:
        return None
    return publication_deadline(content.concluded_on, await calendar_in_force(uow))


async def write_revision(
    uow: ResultsUnitOfWork, written: InspectionRecord, content: Content, facts: Facts, act: Act, by: Actor
) -> Filled:
    """Keeps `content` as revision `written.revision` of the record.

    Raises what `check_draft`, `check_third_parties`, `checked_choices` and `worded` raise.
    """
    content = worded(content, await _own_wording(uow, written.assignment) or facts.sheet)
    check_third_parties(content.third_parties, written.assignment.participants)
    vocabularies = await uow.vocabularies.on(uow.today)
    check_draft(content, written.assignment.item_ids, vocabularies, uow.now.astimezone(SHANGHAI))
    recording = Recording(
        record_id=written.id,
        revision=written.revision,
        content=content,
        entity=facts.entity,
        certificates=facts.certificates,
        vocabulary_version=vocabularies.outcomes.version,
        recorded_by=by.subject,
        recorded_at=uow.now,
        sheet=facts.sheet,
        discretion_version=await checked_choices(uow, written, content),
    )
    await uow.records.save(written, Step(act, by.subject, uow.now))
    await uow.recordings.add(recording, public_content(content, facts.entity, written.due_on, vocabularies.outcomes))
    return Filled(written, recording)
