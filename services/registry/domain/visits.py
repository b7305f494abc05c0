"""Visits as registry hears of them (最近检查): by the results that stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Visit:
    """One department's published result of a visit; `concluded_on` is day 0 of its publication."""

    result_id: UUID
    visit_id: UUID
    department: str
    concluded_on: date
