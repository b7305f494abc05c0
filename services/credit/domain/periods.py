"""Spans of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ObservationPeriod:
    """观察期 of a new business form (包容审慎监管, K4): its first day, and the first day behind it."""

    form: str
    starts_on: date
    ends_before: date

    def covers(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_before
