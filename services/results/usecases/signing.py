"""What signing and submitting share: a signature under what is written now, and the day that the last one makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from services.results.domain.content import Recording
from services.results.domain.publication import public_content
from services.results.domain.records import Actor, InspectionRecord
from services.results.domain.signatures import (
    Decision,
    Role,
    Signature,
    Standing,
    concluded_by_signatures,
    signed_digest,
)
from services.results.domain.states import Act
from services.results.domain.vocabulary import Vocabularies
from services.results.storage.records import Step
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.filling import deadline_of


@dataclass(frozen=True, slots=True)
class Word:
    """What is put under a record. `signatory` is a natural person's name."""

    role: Role
    decision: Decision
    inspector_id: UUID | None = None
    signatory: str | None = field(default=None, metadata={"personal": True})
    capacity: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A record with its newest revision and all signatures it ever got."""

    record: InspectionRecord
    recording: Recording
    signatures: tuple[Signature, ...]

    @property
    def standing(self) -> Standing:
        return Standing.of(self.recording.content, self.signatures)


async def put_signature(uow: ResultsUnitOfWork, before: Signed, word: Word, by: Actor) -> Signed:
    """Adds the signature to those of `before`."""
    signature = Signature(
        record_id=before.record.id,
        ordinal=len(before.signatures) + 1,
        revision=before.recording.revision,
        content_digest=signed_digest(before.recording.content),
        role=word.role,
        decision=word.decision,
        inspector_id=word.inspector_id,
        signatory=word.signatory,
        capacity=word.capacity,
        reason=word.reason,
        signed_by=by.subject,
        signed_at=uow.now,
    )
    await uow.inspection.signatures.add(signature)
    return replace(before, signatures=(*before.signatures, signature))


async def concluded_if_signed(uow: ResultsUnitOfWork, signed: Signed, vocabularies: Vocabularies, by: Actor) -> Signed:
    """A revision with the day of the result, when the last officer has signed and none is stated (R2)."""
    content = concluded_by_signatures(signed.recording.content, signed.standing, uow.today)
    due = None if content is None else await deadline_of(content, uow)
    if content is None or due is None:
        return signed
    record = signed.record.concluded(content, due, by)
    revision = replace(
        signed.recording,
        revision=record.revision,
        content=content,
        recorded_by=by.subject,
        recorded_at=uow.now,
    )
    await uow.records.save(record, Step(Act.SIGN, by.subject, uow.now))
    public = public_content(content, revision.entity, record.due_on, vocabularies.outcomes)
    await uow.recordings.add(revision, public)
    return Signed(record, revision, signed.signatures)


def officer_word(inspector_id: UUID) -> Word:
    return Word(Role.OFFICER, Decision.SIGNED, inspector_id)


async def signed_so_far(uow: ResultsUnitOfWork, record: InspectionRecord, recording: Recording) -> Signed:
    found: Sequence[Signature] = await uow.inspection.signatures.of(record.id)
    return Signed(record, recording, tuple(found))
