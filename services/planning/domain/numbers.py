"""Numbers of plans and tasks in the national shape (domain-facts section 3, identifier shapes).

Plan: region (6) + year (4) + 1 + place (3), 14 digits. Task: region (6) + day (8) + 1 + place (3), 18 digits.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from shared.values.errors import Refused

LAST: Final = 999


class NumbersUsedUp(Refused):
    message = "{period}的编号已用完（每期最多 {last} 个）"


def plan_no(region: str, year: int, place: int) -> str:
    """`410308`, 2026, 1 → `41030820261001`. Raises NumbersUsedUp."""
    return f"{region}{year:04d}1{_place(place, f'{year}年')}"


def task_no(region: str, day: date, place: int) -> str:
    """`410308`, 2026-03-02, 1 → `410308202603021001`. Raises NumbersUsedUp."""
    return f"{region}{day:%Y%m%d}1{_place(place, day.isoformat())}"


def lead_no(region: str, day: date, place: int) -> str:
    """`410308`, 2026-03-02, 1 → `XS41030820260302001` (线索; a number of our own). Raises NumbersUsedUp."""
    return f"XS{region}{day:%Y%m%d}{_place(place, day.isoformat())}"


def _place(place: int, period: str) -> str:
    if place > LAST:
        raise NumbersUsedUp(period=period, last=LAST)
    return f"{place:03d}"
