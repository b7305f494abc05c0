"""Whether those assigned may still go (人员是否仍适格): certificate through the window, in post, same department.

L3, B2. A seat whose officer no longer fits is due for substitution; nobody is taken off it but by one. The service
itself asks for it the day it hears of the change; two people confirm and approve as ever (SEC32).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.draw.domain.substitution_request import MACHINE, Attestation, Reason, SubstitutionRequest
from services.draw.domain.visit_plan import PlannedVisit, VisitState

UNKNOWN: Final = "unknown"
TRANSFERRED: Final = "transferred"
UNFIT_LABELS: Final = {
    UNKNOWN: "名录库中已没有此人",
    TRANSFERRED: "已调离原部门",
    "certificate_expired": "证件有效期不到检查时段的最后一天",
    "suspended": "已暂停执法",
    "on_leave": "休假或因病不在岗",
    "left": "已离岗",
}
_REASONS: Final = {
    "certificate_expired": Reason.INSPECTOR_CERTIFICATE,
    "suspended": Reason.INSPECTOR_CERTIFICATE,
    "on_leave": Reason.INSPECTOR_ON_LEAVE,
}
"""Ground → reason of the substitution; any other ground says that the officer is gone from the department."""


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
        if (ground := unfit_ground(seat.department, standings.get(seat.inspector_id))) is not None
    ]


def unfit_ground(department: str, standing: Standing | None) -> str | None:
    """Why the officer may not go for this department; None: he may."""
    if standing is None:
        return UNKNOWN
    if standing.ground is not None:
        return standing.ground
    return None if standing.department == department else TRANSFERRED


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat of a visit still to be made, with what a substitution of its officer needs to know."""

    visit_id: UUID
    draw_id: UUID
    object_token: bytes
    participants: tuple[str, ...]
    window_end: date
    department: str
    idx: int
    inspector_id: UUID

    def asked_for(self, request_id: UUID, ground: str, at: datetime) -> SubstitutionRequest:
        """The substitution that the service itself asks for, in the department of the seat."""
        evidence = f"名录库变更后核对：截至检查时段最后一天 {self.window_end.isoformat()}"
        return SubstitutionRequest(
            id=request_id,
            draw_id=self.draw_id,
            visit_id=self.visit_id,
            object_token=self.object_token,
            inspector_id=self.inspector_id,
            reason_code=_REASONS.get(ground, Reason.INSPECTOR_TRANSFERRED),
            reason=UNFIT_LABELS.get(ground, ground),
            request=Attestation(MACHINE, self.department, evidence, at),
            participants=self.participants,
        )
