"""Early warnings (信用风险预警, K3): one entity's class leaps, or many of an industry or a town rise together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.credit.domain.days import day_of
from services.credit.domain.identity import named
from services.credit.domain.indicators import WarningRule
from shared.values.credit_class import RATED, CreditClass


class WarningKind(StrEnum):
    JUMP = "jump"
    INDUSTRY = "industry"
    TOWN = "town"


@dataclass(frozen=True, slots=True)
class Move:
    """A move between classes and where its entity belongs."""

    entity_id: UUID
    record_version: int
    before: CreditClass
    after: CreditClass
    score: int
    score_before: int
    changed_at: datetime
    name: str | None
    town: str | None
    industry: str | None

    @property
    def rise(self) -> int:
        """Classes risen; an entity not rated before counts from A."""
        return _place(self.after) - _place(self.before)


@dataclass(frozen=True, slots=True)
class CreditWarning:
    """`scope`: entity, industry division (GB/T 4754, two digits) or town; `count`: entities risen between two days."""

    id: UUID
    kind: WarningKind
    scope: str
    entity_id: UUID | None
    count: int
    before: str | None
    after: str | None
    text: str
    entity_ids: tuple[UUID, ...]
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class WarningFilter:
    kind: str | None = None
    scope: str | None = None
    entity_id: UUID | None = None
    q: str | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class WarningLine:
    warning: CreditWarning
    raised_at: datetime
    indicator_version: int
    entity_name: str | None
    uscc: str | None


def _place(credit_class: CreditClass) -> int:
    return RATED.index(credit_class) if credit_class in RATED else 0


def jumps(moves: Iterable[Move], rule: WarningRule) -> Iterator[CreditWarning]:
    """A warning for each move that leaps; its id is the move's own, so that looking twice warns once."""
    for move in moves:
        leaps = move.rise >= rule.jump_classes
        leaps |= move.score - move.score_before >= rule.jump_points and move.after in (CreditClass.C, CreditClass.D)
        if move.rise < 1 or not leaps:
            continue
        day = day_of(move.changed_at)
        yield CreditWarning(
            id=named("jump", move.entity_id, move.record_version),
            kind=WarningKind.JUMP,
            scope=str(move.entity_id),
            entity_id=move.entity_id,
            count=1,
            before=move.before,
            after=move.after,
            text=f"{move.name or '检查对象'}信用风险等级由{move.before}骤升至{move.after}，得分 {move.score}",
            entity_ids=(move.entity_id,),
            from_on=day,
            to_on=day,
        )


def clusters(moves: Sequence[Move], rule: WarningRule, today: date) -> Iterator[CreditWarning]:
    """A warning for each industry or town of which enough different entities rose in the window that ends today. One
    place is warned of again when it has risen by another `cluster_count`, or in a later window."""
    for kind in (WarningKind.INDUSTRY, WarningKind.TOWN):
        risen: dict[str, dict[UUID, Move]] = {}
        for move in moves:
            place = _scope(move, kind)
            if move.rise > 0 and place:
                risen.setdefault(place, {})[move.entity_id] = move
        for place, members in sorted(risen.items()):
            if len(members) >= rule.cluster_count:
                yield _cluster(kind, place, members, rule, today)


def _scope(move: Move, kind: WarningKind) -> str | None:
    if kind is WarningKind.TOWN:
        return move.town
    return move.industry[:2] if move.industry else None


def _cluster(kind: WarningKind, place: str, members: dict[UUID, Move], rule: WarningRule, today: date) -> CreditWarning:
    days = sorted(day_of(move.changed_at) for move in members.values())
    where = "行业大类" if kind is WarningKind.INDUSTRY else "镇街"
    # The window by its number and the size by its step: the same crowd seen tomorrow is not a new warning.
    window = today.toordinal() // rule.cluster_days
    return CreditWarning(
        id=named("cluster", kind, place, window, len(members) // rule.cluster_count),
        kind=kind,
        scope=place,
        entity_id=None,
        count=len(members),
        before=None,
        after=None,
        text=f"{where}{place}近 {rule.cluster_days} 日内有 {len(members)} 户信用风险等级升高",
        entity_ids=tuple(sorted(members)),
        from_on=days[0],
        to_on=days[-1],
    )
