"""Restriction checks (联合惩戒查询, C5): is this enterprise restricted in this area, on a day, as known at an instant?

Not found and not restricted are different answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
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


class Question(NamedTuple):
    """One of `uscc` and `entity_id` is given; `on` None: today."""

    uscc: str | None
    entity_id: UUID | None
    area: str
    on: date | None


class Named(NamedTuple):
    """Whom a key names; ids are text as answers show them."""

    entity_id: str
    uscc: str | None
    name: str


Raised = Mapping[str, Any]
"""A flag as an answer shows it, in its newest version as known then; with `entity_id`, `area`, and the days it is in
force (`in_force_from`, `in_force_to`). Days are ISO text, which orders like days."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of those asked about. `catalogue` is the version of the measures in force (None: none activated
    yet); `flags` by entity and area, by first day."""

    asked_at: datetime
    catalogue: int | None
    by_uscc: Mapping[str | None, Named]
    by_id: Mapping[str, Named]
    flags: Mapping[tuple[str, str], Sequence[Raised]]

    def named(self, question: Question) -> Named | None:
        if question.entity_id is not None:
            return self.by_id.get(str(question.entity_id))
        return self.by_uscc.get(question.uscc)

    def restricting(self, entity: Named, area: str, day: str) -> list[Raised]:
        """The flags in force in the area that day."""
        return [flag for flag in self.flags.get((entity.entity_id, area), ()) if _is_on(flag, day)]


def _is_on(flag: Raised, day: str) -> bool:
    first, last = flag["in_force_from"], flag["in_force_to"]
    return first is not None and first <= day and (last is None or day <= last)


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
