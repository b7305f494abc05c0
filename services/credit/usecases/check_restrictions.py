"""Answer restriction checks (C5) and keep every answer, so that what was said can be shown later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from services.credit.domain.days import SHANGHAI
from services.credit.domain.entities import EntityUnknown, parse_key
from services.credit.domain.measures import MeasureCatalogue
from services.credit.domain.restrictions import (
    BATCH_LIMIT,
    AnswerUnknown,
    Finding,
    KeptAnswer,
    NoQuestions,
    Question,
    TooManyQuestions,
    checked_known_at,
)
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import CHECK, require_scope
from shared.runtime.principal import AUDITOR, JOINT_OFFICE, SUPERVISION
from shared.values.errors import InvalidValue
from shared.values.ids import new_id

_SEES_ALL_ANSWERS = frozenset({AUDITOR, JOINT_OFFICE, SUPERVISION})


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the caller put it; `on` None: today."""

    key: str
    area: str
    on: date | None


async def check_restriction(asked: Asked, known_at: datetime | None, uow: CreditUnitOfWork) -> KeptAnswer:
    """Raises EntityUnknown, InvalidUscc, AreaUnknown, KnownAtInFuture."""
    require_scope(uow.principal, CHECK)
    async with uow:
        at = checked_known_at(known_at, uow.now)
        findings, measures = await _find([_question(asked, uow.today)], at, uow)
        if findings[0].entity is None:
            raise EntityUnknown(key=asked.key)
        return await _kept(_answer(findings[0], measures, at), uow)


async def check_restrictions(asked: Sequence[Asked], known_at: datetime | None, uow: CreditUnitOfWork) -> KeptAnswer:
    """One answer for up to 500 questions; whom we do not know is said per question, never taken for unrestricted.

    Raises NoQuestions, TooManyQuestions, AreaUnknown, KnownAtInFuture.
    """
    require_scope(uow.principal, CHECK)
    if not asked:
        raise NoQuestions
    if len(asked) > BATCH_LIMIT:
        raise TooManyQuestions(count=len(asked))
    async with uow:
        at = checked_known_at(known_at, uow.now)
        read = [_readable(one, uow.today) for one in asked]
        findings, measures = await _find([one for one in read if isinstance(one, Question)], at, uow)
        found = iter(findings)
        answers = [one if isinstance(one, dict) else _of_batch(next(found), measures, at) for one in read]
        return await _kept({"known_at": _instant(at), "answers": answers}, uow)


async def read_answer(answer_id: UUID, uow: CreditUnitOfWork) -> KeptAnswer:
    """An answer given earlier, to whoever asked for it, auditors and the joint office. Raises AnswerUnknown."""
    require_scope(uow.principal, CHECK)
    async with uow:
        found = await uow.restrictions.answer(answer_id)
    principal = uow.principal
    if found is None or not (found.asked_by == principal.subject or principal.roles & _SEES_ALL_ANSWERS):
        raise AnswerUnknown(answer_id=answer_id)
    return found


async def _find(
    questions: Sequence[Question], at: datetime, uow: CreditUnitOfWork
) -> tuple[list[Finding], MeasureCatalogue]:
    findings, version = await uow.restrictions.find(questions, at)
    measures = await uow.rulebooks.measures(version)
    for area in {question.area for question in questions}:
        measures.area(area)
    return findings, measures


def _question(asked: Asked, today: date) -> Question:
    key = parse_key(asked.key)
    by_id = isinstance(key, UUID)
    return Question(
        key=asked.key,
        uscc=None if by_id else str(key),
        entity_id=key if isinstance(key, UUID) else None,
        area=asked.area,
        on=asked.on or today,
    )


def _readable(asked: Asked, today: date) -> Question | dict[str, Any]:
    try:
        return _question(asked, today)
    except InvalidValue as error:
        return _unanswered(asked.key, error.code, error.message)


def _unanswered(key: str, code: str, message: str) -> dict[str, Any]:
    return {"key": key, "found": False, "restricted": None, "problem": {"code": code, "message": message}}


def _of_batch(finding: Finding, measures: MeasureCatalogue, at: datetime) -> dict[str, Any]:
    key = finding.question.key
    if finding.entity is None:
        unknown = EntityUnknown(key=key)
        return _unanswered(key, unknown.code, unknown.detail)
    return {"key": key, "found": True, **_answer(finding, measures, at)}


def _answer(finding: Finding, measures: MeasureCatalogue, at: datetime) -> dict[str, Any]:
    question, entity = finding.question, finding.entity
    return {
        "restricted": bool(finding.flags),
        "entity_id": entity and entity.entity_id,
        "uscc": entity and entity.uscc,
        "name": entity and entity.name,
        "area": question.area,
        "area_name": measures.area(question.area).name,
        "on": question.on,
        "known_at": _instant(at),
        "restrictions": [
            {
                "flag_id": flag.id,
                "flag_version": flag.version,
                "measure_code": flag.measure_code,
                "measure_name": measures.measure_name(flag.measure_code),
                "list_code": flag.list_code,
                "list_name": measures.list_name(flag.list_code),
                "ground": flag.ground,
                "document_no": flag.document_no,
                "authority": flag.authority,
                "legal_basis": flag.legal_basis,
                "starts_on": flag.starts_on,
                "ends_on": flag.ends_on,
            }
            for flag in finding.flags
        ],
    }


async def _kept(content: dict[str, Any], uow: CreditUnitOfWork) -> KeptAnswer:
    answer_id = new_id()
    # The driver's UUIDs are a subclass that orjson does not know.
    body = orjson.dumps({"answer_id": answer_id, "answered_at": _instant(uow.now), **content}, default=str)
    answer = KeptAnswer(answer_id, uow.principal.subject, body.decode(), hashlib.sha256(body).hexdigest(), uow.now)
    await uow.restrictions.keep(answer)
    await uow.commit(answer)
    return answer


def _instant(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat()
