"""From a result to visits (一次上门) and the teams that go: tokens become the objects and officers behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.draw.domain.commitment import EXPERT
from services.draw.domain.computation import Outcome
from services.draw.domain.matching import Assignment
from shared.values.errors import NotFound

NOBODY: Final = "-"


class VisitUnknown(NotFound):
    message = "没有这次检查，或无权查看"


class VisitState(StrEnum):
    ASSIGNED = "assigned"
    SUBSTITUTED = "substituted"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Seat:
    """One place of a department's team; `inspector_id` None: open, the visit cannot begin with fewer than two.
    `seated_on`: since when its holder has it, known once it is kept; it makes no other seat of it."""

    department: str
    idx: int
    is_expert: bool
    tags: tuple[str, ...]
    inspector_id: UUID | None
    seated_on: date | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit as a draw assigned it; `batch` counts from 1, `assigned_on` is known once it is kept."""

    id: UUID
    draw_id: UUID
    task_id: UUID
    entity_id: UUID
    object_token: bytes
    batch: int
    seats: tuple[Seat, ...]
    window_start: date
    window_end: date
    state: VisitState = VisitState.ASSIGNED
    version: int = 1
    assigned_on: date | None = None

    def department_of(self, inspector_id: UUID) -> str | None:
        """The department for which this officer is on the team, or None."""
        return next((seat.department for seat in self.seats if seat.inspector_id == inspector_id), None)

    def seated_on(self, inspector_id: UUID) -> date | None:
        """Since when this officer has his seat."""
        days = (seat.seated_on for seat in self.seats if seat.inspector_id == inspector_id)
        return next(days, None) or self.assigned_on

    def with_seats(self, seats: tuple[Seat, ...]) -> PlannedVisit:
        """The same visit with another team: its next version."""
        return replace(self, seats=seats, version=self.version + 1)

    def given_up(self) -> PlannedVisit:
        """The object is gone (递补): nobody goes there any more."""
        return replace(self, state=VisitState.SUBSTITUTED, version=self.version + 1)

    @property
    def departments(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(seat.department for seat in self.seats))

    @property
    def open_seats(self) -> int:
        return sum(seat.inspector_id is None for seat in self.seats)

    def officers(self, department: str) -> list[UUID]:
        return self._people(department, are_experts=False)

    def experts(self, department: str) -> list[UUID]:
        return self._people(department, are_experts=True)

    def _people(self, department: str, *, are_experts: bool) -> list[UUID]:
        return [
            seat.inspector_id
            for seat in self.seats
            if seat.department == department and seat.is_expert is are_experts and seat.inspector_id is not None
        ]


def seats_by_object(
    assignments: Iterable[Assignment], inspector_ids: Mapping[bytes, UUID]
) -> dict[bytes, tuple[Seat, ...]]:
    """Object token → seats of all its teams, in the order of the result text."""
    seats: dict[bytes, list[Seat]] = {}
    for assignment in assignments:
        seats.setdefault(assignment.token, []).append(_seat(assignment, inspector_ids))
    return {token: tuple(found) for token, found in seats.items()}


def _seat(assignment: Assignment, inspector_ids: Mapping[bytes, UUID]) -> Seat:
    inspector = assignment.inspector
    return Seat(
        department=assignment.department,
        idx=assignment.idx,
        is_expert=EXPERT in assignment.tags,
        tags=tuple(sorted(assignment.tags - {EXPERT})),
        inspector_id=None if inspector is None else inspector_ids[inspector],
    )


def batches_of(outcome: Outcome) -> dict[bytes, int]:
    """Object token → the earliest batch in which a scope drew it."""
    return {token: min(place.batch for place in places) for token, places in outcome.places.items()}


def touched_objects(result_text: str) -> set[bytes]:
    """Tokens of all objects that a result names as drawn or substituted (D and X lines): those to be opened."""
    return _tokens(result_text, {"D": (4,), "X": (3, 4)})


def touched_inspectors(result_text: str, objects: Collection[bytes]) -> set[bytes]:
    """Tokens of the inspectors that a result names (M and R lines) at these objects."""
    lines = (line.split("\t") for line in result_text.splitlines() if line.startswith(("M\t", "R\t")))
    shown = {token.hex() for token in objects}
    named = (place for line in lines if line[1] in shown for place in line[4:6])
    return {bytes.fromhex(token) for token in named if token != NOBODY}


def _tokens(result_text: str, places: Mapping[str, Sequence[int]]) -> set[bytes]:
    lines = (line.split("\t") for line in result_text.splitlines())
    found = (line[place] for line in lines for place in places.get(line[0], ()))
    return {bytes.fromhex(named) for named in found if named != NOBODY}
