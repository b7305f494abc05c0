"""Whether those assigned may still go (人员是否仍适格): certificate through the window, in post, same department.

L3, B2. A seat whose officer no longer fits is due for substitution; nobody is taken off it but by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.draw.domain.visit_plan import PlannedVisit, VisitState

UNKNOWN: Final = "unknown"
TRANSFERRED: Final = "transferred"
UNFIT_LABELS: Final = {
    UNKNOWN: "名录库中已没有此人",
    TRANSFERRED: "已调离原部门",
    "certificate_expired": "证件有效期不到检查时段的最后一天",
    "suspended": "已暂停执法",
    "left": "已离岗",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """An officer as registry knows him for a day; `ground` None: he may inspect."""

    department: str
    ground: str | None


@dataclass(frozen=True, slots=True)
class UnfitSeat:
    visit_id: UUID
    department: str
    idx: int
    inspector_id: UUID
    ground: str


def seated(visits: Iterable[PlannedVisit]) -> set[UUID]:
    """All officers who are to go somewhere; experts are no officers."""
    return {
        seat.inspector_id
        for visit in visits
        if visit.state is VisitState.ASSIGNED
        for seat in visit.seats
        if seat.inspector_id is not None and not seat.is_expert
    }


def unfit_seats(visits: Iterable[PlannedVisit], standings: Mapping[UUID, Standing]) -> list[UnfitSeat]:
    """The seats due for substitution, in the order of the visits."""
    return [
        UnfitSeat(visit.id, seat.department, seat.idx, seat.inspector_id, ground)
        for visit in visits
        if visit.state is VisitState.ASSIGNED
        for seat in visit.seats
        if seat.inspector_id is not None and not seat.is_expert
        if (ground := _ground(seat.department, standings.get(seat.inspector_id))) is not None
    ]


def _ground(department: str, standing: Standing | None) -> str | None:
    if standing is None:
        return UNKNOWN
    if standing.ground is not None:
        return standing.ground
    return None if standing.department == department else TRANSFERRED
