"""Sign a record (签名): each officer for himself; the enterprise's representative before the officers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.results.domain.content_rules import check_complete
from services.results.domain.records import Actor, InspectionRecord, ResultUnknown
from services.results.domain.signatures import AlreadySigned, SignerNotPresent, check_refusal
from services.results.domain.states import Act, after
from services.results.domain.vocabulary import Vocabularies
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.acting import the_inspector
from services.results.usecases.finding import locked, newest
from services.results.usecases.signing import (
    Signed,
    Word,
    concluded_if_signed,
    officer_word,
    put_signature,
    signed_so_far,
)


@dataclass(frozen=True, slots=True)
class SignRecord:
    """The caller signs for himself."""

    result_id: UUID


@dataclass(frozen=True, slots=True)
class HearEnterprise:
    """An officer notes the enterprise's signature or refusal."""

    result_id: UUID
    word: Word


async def sign_record(command: SignRecord, uow: ResultsUnitOfWork) -> Signed:
    """The last officer's signature gives the result its day, unless the record states one.

    Raises ResultUnknown, NotAssigned, SignerNotPresent, CannotSign, AlreadySigned, and what `check_complete` raises.
    """
    by = the_inspector(uow)
    async with uow:
        before, vocabularies = await _to_be_signed(uow, command.result_id, by)
        inspector_id = by.as_inspector()
        if inspector_id in before.standing.officers:
            raise AlreadySigned
        signed = await put_signature(uow, before, officer_word(inspector_id), by)
        signed = await concluded_if_signed(uow, signed, vocabularies, by)
        await uow.commit(signed)
    return signed


async def hear_enterprise(command: HearEnterprise, uow: ResultsUnitOfWork) -> Signed:
    """Said again, the last word counts. Raises as `sign_record`, and RefusalWithoutReason, SignatoryNameless."""
    by = the_inspector(uow)
    check_refusal(command.word.decision, command.word.signatory, command.word.reason)
    async with uow:
        before, _ = await _to_be_signed(uow, command.result_id, by)
        signed = await put_signature(uow, before, command.word, by)
        await uow.commit(signed)
    return signed


async def signatures_of(result_id: UUID, uow: ResultsUnitOfWork) -> Signed:
    """Raises ResultUnknown, also while the contents are not the caller's to read."""
    async with uow:
        record = await uow.records.find(result_id)
        if record is None:
            raise ResultUnknown
        return await signed_so_far(uow, record, await newest(uow, record))


async def _to_be_signed(uow: ResultsUnitOfWork, result_id: UUID, by: Actor) -> tuple[Signed, Vocabularies]:
    record: InspectionRecord = await locked(uow, result_id)
    if record.require_assigned(by) not in record.present_ids:
        raise SignerNotPresent
    after(record.state, Act.SIGN)
    recording = await newest(uow, record)
    vocabularies = await uow.vocabularies.on(uow.today, recording.vocabulary_version)
    check_complete(recording.content, record.assignment.item_ids, vocabularies, is_concluded=False)
    return await signed_so_far(uow, record, recording), vocabularies
