"""Mutual recognition (结果互认): a recent public result of another department excuses a repeat visit (R5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.results.domain.vocabulary import PROBLEM, Vocabulary
from shared.values.errors import Invalid, NotFound


class NotRecognisable(Invalid):
    message = "这个检查结果不能互认：{why}"


class CoverIncomplete(Invalid):
    message = "还有 {count} 个事项没有对应的互认事项，不能免检"


class CoverUnknown(Invalid):
    message = "事项 {item_id} 不在互认的检查结果中，或不在本部门的任务之内"


class CoverHasProblem(Invalid):
    message = "互认的检查结果在事项“{item_name}”上发现了问题，不能据此免检"


class RecognitionUnknown(NotFound):
    message = "没有这条互认记录，或已撤销"


@dataclass(frozen=True, slots=True)
class RecognisableItem:
    item_id: UUID
    item_name: str
    outcome_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecognisableResult:
    """The newest public version of a result, as far as another department relies on it."""

    result_id: UUID
    version: int
    digest: str
    is_withdrawn: bool
    department: str
    entity_id: UUID
    entity_name: str
    method: str
    outcome: str
    concluded_on: date
    items: tuple[RecognisableItem, ...]

    def why_not(self, entity_id: UUID, today: date, days: int) -> str:
        """Why it cannot excuse a visit to `entity_id` on `today`; empty if it can. `days`: the term, calendar days."""
        if self.entity_id != entity_id:
            return "不是同一检查对象"
        if self.is_withdrawn:
            return "已撤回"
        if self.outcome != "done" or not self.items:
            return "没有实施检查"
        if self.concluded_on + timedelta(days=days) < today:
            return f"形成于 {self.concluded_on}，已超过 {days} 天"
        return ""


@dataclass(frozen=True, slots=True)
class Cover:
    """Our item `item_id` is answered by their item `by_item_id`."""

    item_id: UUID
    by_item_id: UUID


@dataclass(frozen=True, slots=True)
class Recognition:
    """A part of a visit excused by a result; the reference stays even if the result falls."""

    id: UUID
    department: str
    record_id: UUID
    visit_id: UUID
    entity_id: UUID
    result_id: UUID
    result_version: int
    result_digest: str
    result_department: str
    concluded_on: date
    covers: tuple[Cover, ...]
    reason: str
    approved_by: str
    approved_at: datetime
    revoked_reason: str | None = None
    revoked_by: str | None = None
    revoked_at: datetime | None = None


def check_covers(
    result: RecognisableResult, owed: Sequence[UUID], covers: Sequence[Cover], outcomes: Vocabulary
) -> None:
    """Every item owed is covered by an item that was inspected without a problem.

    Raises CoverUnknown, CoverHasProblem, CoverIncomplete.
    """
    theirs = {item.item_id: item for item in result.items if item.outcome_codes}
    for cover in covers:
        if cover.item_id not in owed or cover.by_item_id not in theirs:
            raise CoverUnknown(item_id=cover.by_item_id if cover.item_id in owed else cover.item_id)
        item = theirs[cover.by_item_id]
        if any(outcomes.one(code).kind == PROBLEM for code in item.outcome_codes):
            raise CoverHasProblem(item_name=item.item_name)
    missing = set(owed) - {cover.item_id for cover in covers}
    if missing:
        raise CoverIncomplete(count=len(missing))


def same_items(result: RecognisableResult, owed: Sequence[UUID]) -> tuple[Cover, ...]:
    """The covers that need no judgement: the very same items."""
    theirs = {item.item_id for item in result.items}
    return tuple(Cover(item_id, item_id) for item_id in owed if item_id in theirs)
