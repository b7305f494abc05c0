"""Restriction checks (联合惩戒查询, C5): is this enterprise restricted in this area, on a day, as known at an instant?

Not found and not restricted are different answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.credit.domain.proofs import Proof
from shared.values.errors import Invalid, NotFound

BATCH_LIMIT = 500


class AnswerUnknown(NotFound):
    message = "没有编号为 {answer_id} 的查询答复，或不是您查询的"


class KnownAtInFuture(Invalid):
    message = "known_at 不能晚于当前时间：将来会知道什么，现在无法答复"


class TooManyQuestions(Invalid):
    message = f"一次最多查询 {BATCH_LIMIT} 项，本次 {{count}} 项"


class NoQuestions(Invalid):
    message = "没有要查询的内容"


Key = str | UUID | None
"""Whom a question is about: by USCC or by entity_id; None for a key that cannot be read."""


Named = tuple[str, str | None, str]
"""Whom a key names: entity_id as text, USCC, name. Plain, as `Asked`: a call makes 500 of them."""

Asked = tuple[str, str, date | None]
"""One question as the caller put it: key, area, day (None: today)."""

Raised = Mapping[str, Any]
"""A flag as an answer shows it, in its newest version as known then; with `entity_id`, `area`, and the days it is in
force (`in_force_from`, `in_force_to`). Days are ISO text, which orders like days."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of those asked about. `catalogue` is the version of the measures in force (None: none activated
    yet); `named` has nothing for a key nobody is known by; `flags` by entity_id as text, by first day."""

    asked_at: datetime
    catalogue: int | None
    named: Mapping[Key, Named]
    flags: Mapping[str, Sequence[Raised]]


def restricts(flag: Raised, area: str, day: str) -> bool:
    """Whether the flag is in force in the area that day."""
    first, last = flag["in_force_from"], flag["in_force_to"]
    return flag["area"] == area and first is not None and first <= day and (last is None or day <= last)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was given: `body` is its very bytes (UTF-8), `digest` the SHA-256 of that in hex. `proof` None:
    given before answers were signed."""

    id: UUID
    asked_by: str
    body: bytes
    digest: str
    answered_at: datetime
    proof: Proof | None


def checked_known_at(known_at: datetime | None, now: datetime) -> datetime:
    """`now` when not given. Raises KnownAtInFuture: such an answer could turn out different later."""
    if known_at is None:
        return now
    if known_at > now:
        raise KnownAtInFuture
    return known_at
