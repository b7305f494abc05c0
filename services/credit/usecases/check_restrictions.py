"""Answer restriction checks (C5), sign every answer and keep it, so that what was said can be proved later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from services.credit.domain.days import SHANGHAI, day_of
from services.credit.domain.entities import EntityUnknown, parse_key
from services.credit.domain.measures import MeasureCatalogue
from services.credit.domain.proofs import PublicKey
from services.credit.domain.restrictions import (
    BATCH_LIMIT,
    AnswerUnknown,
    Asked,
    Findings,
    KeptAnswer,
    Key,
    NoQuestions,
    TooManyQuestions,
    checked_known_at,
)
from services.credit.storage.rulebooks import shipped_rules
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import CHECK, require_scope
from services.credit.usecases.tell_restrictions import Shown, Telling
from shared.runtime.principal import AUDITOR, JOINT_OFFICE, SUPERVISION
from shared.values import uscc
from shared.values.errors import InvalidValue
from shared.values.ids import new_id

_SEES_ALL_ANSWERS: Final = frozenset({AUDITOR, JOINT_OFFICE, SUPERVISION})


async def check_restriction(asked: Asked, known_at: datetime | None, uow: CreditUnitOfWork) -> KeptAnswer:
    """Raises EntityUnknown, InvalidUscc, AreaUnknown, KnownAtInFuture, ScopeMissing."""
    require_scope(uow.principal, CHECK)
    written, area, _ = asked
    key = _readable(written)
    found = await uow.checks.find([key], {area}, known_at)
    telling = await _telling(found, known_at, uow)
    answer = telling.of_one(asked, key)
    if answer is None:
        parse_key(written)
        raise EntityUnknown(key=written)
    return await _kept({**answer, "measure_version": telling.measures.version}, found.asked_at, uow)


async def check_restrictions(asked: Sequence[Asked], known_at: datetime | None, uow: CreditUnitOfWork) -> KeptAnswer:
    """One answer for up to 500 questions; whom we do not know is said per question, never taken for unrestricted.

    Raises NoQuestions, TooManyQuestions, AreaUnknown, KnownAtInFuture, ScopeMissing.
    """
    require_scope(uow.principal, CHECK)
    if not asked:
        raise NoQuestions
    if len(asked) > BATCH_LIMIT:
        raise TooManyQuestions(count=len(asked))
    keys = [_readable(written) for written, _, _ in asked]
    found = await uow.checks.find(keys, {area for _, area, _ in asked}, known_at)
    telling = await _telling(found, known_at, uow)
    answers = telling.of_batch(asked, keys)
    content = {"known_at": telling.known_at, "measure_version": telling.measures.version, "answers": answers}
    return await _kept(content, found.asked_at, uow)


async def read_answer(answer_id: UUID, uow: CreditUnitOfWork) -> KeptAnswer:
    """An answer given earlier, to whoever asked for it, auditors and the joint office. Raises AnswerUnknown."""
    require_scope(uow.principal, CHECK)
    await uow.answering.log.settle()
    async with uow:
        found = await uow.answers.find(answer_id)
    principal = uow.principal
    if found is None or not (found.asked_by == principal.subject or principal.roles & _SEES_ALL_ANSWERS):
        raise AnswerUnknown(answer_id=answer_id)
    return found


async def read_answer_keys(uow: CreditUnitOfWork) -> Sequence[PublicKey]:
    """The public keys under which answers can be proved, for everybody."""
    return uow.answering.signer.published


def _readable(written: str) -> Key:
    """Plain codes are looked up as they are: one that is found is right, so only the others' check digits matter.
    A key that cannot be read asks for nobody."""
    if len(written) == uscc.LENGTH and written.isascii() and written.isalnum():
        return written.upper()
    try:
        return parse_key(written)
    except InvalidValue:
        return None


async def _telling(found: Findings, known_at: datetime | None, uow: CreditUnitOfWork) -> Telling:
    """Raises KnownAtInFuture."""
    known = checked_known_at(known_at, found.asked_at)
    return Telling(found, await _measures(found.catalogue, uow), _instant(known), day_of(found.asked_at).isoformat())


async def _measures(version: int | None, uow: CreditUnitOfWork) -> MeasureCatalogue:
    """From memory, but for the first check after a new version."""
    if version is None:
        return shipped_rules().measures
    kept = uow.shelf.measures.get((uow.district, version))
    if kept is not None:
        return kept
    async with uow:
        return await uow.rulebooks.measures(version)


async def _kept(content: Shown, at: datetime, uow: CreditUnitOfWork) -> KeptAnswer:
    answer_id = new_id()
    body = orjson.dumps({"answer_id": answer_id, "answered_at": _instant(at), **content})
    digest = hashlib.sha256(body).digest()
    proof = uow.answering.signer.sign(digest, at)
    answer = KeptAnswer(answer_id, uow.principal.subject, body, digest.hex(), at, proof)
    await uow.answering.log.keep(uow.district, answer, proof)
    return answer


def _instant(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat()
