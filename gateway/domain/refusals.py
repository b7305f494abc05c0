"""What the door refused, counted until it is written down: a flood of refusals must not become a flood of rows (SEC12).

Of each caller, route and reason the first refusal of a minute is written at the next flush, what follows in that
minute as one row more when the minute is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MINUTE: Final = 60.0
MOST_KEPT: Final = 1_000
"""Callers, routes and reasons told apart in a minute; what comes beyond is counted together by its reason."""
OTHERS: Final = "others"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Who was refused what, and why. `route` is a template, never what was asked for; anonymous callers are one."""

    subject: str
    department: str
    roles: frozenset[str]
    service: str | None
    method: str | None
    route: str | None
    code: str


@dataclass(frozen=True, slots=True)
class Count:
    """`first_at`, `last_at`: Unix time of the refusals counted here; `request_id`: of the first."""

    first_at: float
    last_at: float
    request_id: str
    times: int = 1

    def and_then(self, later: Count) -> Count:
        return Count(self.first_at, later.last_at, self.request_id, self.times + later.times)


@dataclass(slots=True)
class _Minute:
    began: float
    count: Count | None
    is_new: bool = True
    """Nothing of it was written yet."""


class Refusals:
    """One per replica of the door."""

    def __init__(self) -> None:
        self._minutes: dict[Refusal, _Minute] = {}

    def add(self, refused: Refusal, now: float, request_id: str) -> None:
        if refused not in self._minutes and len(self._minutes) >= MOST_KEPT:
            refused = Refusal(OTHERS, "", frozenset(), None, None, None, refused.code)
        self._count(refused, Count(now, now, request_id), now)

    def _count(self, refused: Refusal, count: Count, began: float) -> None:
        minute = self._minutes.setdefault(refused, _Minute(began, None))
        minute.count = count if minute.count is None else minute.count.and_then(count)

    def take(self, now: float, *, everything: bool = False) -> list[tuple[Refusal, Count]]:
        """What is to be written now, and counts as written; minutes that are over are forgotten."""
        taken: list[tuple[Refusal, Count]] = []
        for refused, minute in list(self._minutes.items()):
            is_over = everything or now - minute.began >= MINUTE
            if minute.count is not None and (minute.is_new or is_over):
                taken.append((refused, minute.count))
                minute.count, minute.is_new = None, False
            if is_over:
                del self._minutes[refused]
        return taken

    def give_back(self, rows: Sequence[tuple[Refusal, Count]]) -> None:
        """Where they could not be written: they wait for the next time."""
        for refused, count in rows:
            minute = self._minutes.setdefault(refused, _Minute(count.first_at, None))
            minute.count = count if minute.count is None else count.and_then(minute.count)
            minute.is_new = True
