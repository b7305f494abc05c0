"""What recording and revising share: ask registry, hold the rules, keep the revision."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from services.results.domain.content import CertificateAnswer, Content, EntityFacts, Recording
from services.results.domain.content_rules import check_draft
from services.results.domain.deadlines import publication_deadline
from services.results.domain.officers import check_certificates
from services.results.domain.publication import public_content
from services.results.domain.records import Actor, Assignment, InspectionRecord
from services.results.domain.states import Act
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.runtime.unit_of_work import SHANGHAI
from shared.values.calendar_data import OFFICIAL_CALENDAR
from shared.values.workdays import Deadline


@dataclass(frozen=True, slots=True)
class Filled:
    """A record with its newest revision; `recording` is None where it is not the caller's to read."""

    record: InspectionRecord
    recording: Recording | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What registry answered; kept with the revision."""

    entity: EntityFacts
    certificates: tuple[CertificateAnswer, ...]


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


def deadline_of(content: Content) -> Deadline | None:
    """None until the result exists."""
    return None if content.concluded_on is None else publication_deadline(content.concluded_on, OFFICIAL_CALENDAR)


async def write_revision(
    uow: ResultsUnitOfWork, written: InspectionRecord, content: Content, facts: Facts, act: Act, by: Actor
) -> Filled:
    """Keeps `content` as revision `written.revision` of the record. Raises what `check_draft` raises."""
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
    )
    await uow.records.save(written, Step(act, by.subject, uow.now))
    await uow.recordings.add(recording, public_content(content, facts.entity, written.due_on, vocabularies.outcomes))
    return Filled(written, recording)
