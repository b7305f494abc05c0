"""Answer restriction checks (C5), sign every answer and keep it, so that what was said can be proved later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

import orjson

from services.credit.domain.days import SHANGHAI, day_of
from services.credit.domain.entities import EntityUnknown, parse_key
from services.credit.domain.measures import MeasureCatalogue
from services.credit.domain.proofs import PublicKey
from services.credit.domain.restrictions import (
    BATCH_LIMIT,
    AnswerUnknown,
    Findings,
    KeptAnswer,
    NoQuestions,
    Question,
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


class Asked(NamedTuple):
    """One question as the caller put it; `on` None: today."""

    key: str
    area: str
    on: date | None


async def check_restriction(asked: Asked, known_at: datetime | None, uow: CreditUnitOfWork) -> KeptAnswer:
    """Raises EntityUnknown, InvalidUscc, AreaUnknown, KnownAtInFuture, ScopeMissing."""
    require_scope(uow.principal, CHECK)
    question = _readable(asked)
    found = await uow.checks.find([question], known_at)
    telling = await _telling(found, known_at, uow)
    entity = found.named(question)
    answer = telling.answer(entity, question)
    if entity is None:
        parse_key(asked.key)
        raise EntityUnknown(key=asked.key)
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
    questions = [_readable(one) for one in asked]
    found = await uow.checks.find(questions, known_at)
    telling = await _telling(found, known_at, uow)
    answers = [telling.of_batch(one.key, question) for one, question in zip(asked, questions, strict=True)]
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


def _question(asked: Asked, key: UUID | str) -> Question:
    by_id = isinstance(key, UUID)
    return Question(None if by_id else str(key), key if isinstance(key, UUID) else None, asked.area, asked.on)


def _readable(asked: Asked) -> Question:
    """Plain codes are looked up as they are: one that is found is right, so only the others' check digits matter.
    A key that cannot be read asks for nobody."""
    key = asked.key
    if len(key) == uscc.LENGTH and key.isascii() and key.isalnum():
        return Question(key.upper(), None, asked.area, asked.on)
    try:
        return _question(asked, parse_key(key))
    except InvalidValue:
        return Question(None, None, asked.area, asked.on)


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
