"""Results that the law keeps from publication (免予公示): never silently, always with ground and approver (R3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Exemption:
    """`ground` is a code of the table `exemption_ground`, `basis` the clause (文号、条款) in words."""

    record_id: UUID
    department: str
    ground: str
    basis: str
    reason: str
    approved_by: str
    approved_at: datetime
    exempted_on: date


@dataclass(frozen=True, slots=True)
class PublicationCount:
    """How a department published what fell due in a period (R2, R3, REL30). `late` became public after its day,
    `overdue` is not public and past it, `open` is not public and still in time."""

    department: str
    due: int
    in_time: int
    late: int
    overdue: int
    open: int
    exempted: int


@dataclass(frozen=True, slots=True)
class ExemptionCount:
    department: str
    ground: str
    count: int
