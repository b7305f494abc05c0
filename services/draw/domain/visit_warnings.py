"""Warnings of visits that come close together (检查频次提醒, B1; domain-facts section 16). Nobody is held up by one.

A visit that was made counts on its day, one that is planned may fall on any day of its window. A threshold is met if,
with the visit asked about, so many may fall within so many days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AskedVisit:
    """A visit between two days, against one threshold. `key` names it; its own row never counts as another."""

    key: UUID
    entity_id: UUID
    first: date
    last: date
    days: int
    visits: int


@dataclass(frozen=True, slots=True)
class VisitWarning:
    """`others` visits besides the one asked about, done or planned, of the whole district."""

    entity_id: UUID
    days: int
    visits: int
    others: int

    def text(self) -> str:
        return (
            f"{self.days} 天内可能检查 {self.others + 1} 次（含本次，已做和已安排的都计入），"
            f"达到 {self.visits} 次的提醒阈值"
        )
