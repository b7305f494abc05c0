"""Plans whose scopes and windows overlap, and what merging would save: 进一次门，查多项事 (工作方案二（四）; N4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from services.planning.domain.census import (
    Census,
    Millionths,
    drawn_by_both,
    expected_visits,
    total,
)
from services.planning.domain.per_class import PerClass, highest
from services.planning.domain.plan_content import LibraryVersion, PlanContent
from services.planning.domain.plans import Plan
from services.planning.domain.windows import Window


@dataclass(frozen=True, slots=True)
class Side:
    """A plan as far as an overlap goes; `departments` begin with the initiator."""

    plan_id: UUID
    plan_no: str
    title: str
    departments: tuple[str, ...]
    library: LibraryVersion
    ratios: PerClass
    window: Window

    @classmethod
    def of(cls, plan: Plan, content: PlanContent) -> Side:
        return cls(
            plan.id,
            plan.plan_no,
            content.title,
            content.departments(plan.initiator),
            content.library,
            content.ratios,
            content.window,
        )


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two plans that would knock at the same doors in the same days.

    `shared`: objects in both scopes. `visits`: what each plan expects alone, in the order of `sides`; `twice`: objects
    that both draw by chance. `merged`: visits of one joint plan over both scopes at the higher ratio of each class;
    `saved` = both alone − merged, negative where a merge would cost more visits than it saves. `holder`: the side whose
    library holds every object of both, None where the office must name another.
    """

    sides: tuple[Side, Side]
    window: Window
    shared: int
    visits: tuple[Millionths, Millionths]
    twice: Millionths
    merged: Millionths
    holder: UUID | None

    @property
    def saved(self) -> Millionths:
        return sum(self.visits) - self.merged


def meeting_pairs(sides: Sequence[Side]) -> list[tuple[Side, Side]]:
    """The pairs whose windows have a day in common; only these are worth counting."""
    return [pair for pair in combinations(sides, 2) if pair[0].window.common(pair[1].window)]


def find_overlaps(pairs: Iterable[tuple[Side, Side]], census: Census) -> list[Overlap]:
    """The pairs that share objects, the one that saves most first."""
    found = [overlap for first, second in pairs if (overlap := _overlap(first, second, census)) is not None]
    return sorted(found, key=lambda one: (-one.saved, one.sides[0].plan_no, one.sides[1].plan_no))


def _overlap(first: Side, second: Side, census: Census) -> Overlap | None:
    window = first.window.common(second.window)
    both = census.in_all(first.library, second.library)
    if window is None or not total(both):
        return None
    union = census.in_any(first.library, second.library)
    return Overlap(
        sides=(first, second),
        window=window,
        shared=total(both),
        visits=(
            expected_visits(census.in_all(first.library), first.ratios),
            expected_visits(census.in_all(second.library), second.ratios),
        ),
        twice=drawn_by_both(both, first.ratios, second.ratios),
        merged=expected_visits(union, highest([first.ratios, second.ratios])),
        holder=_holder(first, second, census),
    )


def _holder(first: Side, second: Side, census: Census) -> UUID | None:
    for side, other in ((first, second), (second, first)):
        if not census.missing_from(side.library, other.library):
            return side.plan_id
    return None
