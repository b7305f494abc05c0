"""A year's teams (年度人员配备, B9): whether inspectors of equal standing had equal work and any partner alike.

Inspectors of one department with the same regions, tags and cap, all with a certificate through the window, are alike
to the protocol: no relabelling of those who were so in every draw changes the odds, whoever else was on the roster.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.draw.domain.fairness import Evidence, inclusion, pairs

LEAST_DRAWS: Final = 5
LEAST_ALIKE: Final = 3
LEAST_FOR_PAIRS: Final = 4


@dataclass(frozen=True, slots=True)
class SeatRow:
    """An officer on the roster of a draw: `standing` tells all that the protocol knows of him besides his name."""

    draw_id: UUID
    department: str
    standing: str
    inspector_id: UUID
    seats: int


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two officers on the same team so many times in a draw."""

    draw_id: UUID
    department: str
    one: UUID
    other: UUID
    times: int


@dataclass(frozen=True, slots=True)
class PeopleLine:
    """A department's officers in the year. `alike`: how many could be compared; None: too few of them, or of draws."""

    department: str
    officers: int
    seats: int
    least: int
    most: int
    alike: int
    load: Evidence | None
    pairing: Evidence | None


def people_lines(seats: Iterable[SeatRow], teams: Iterable[PairRow]) -> list[PeopleLine]:
    """By department; where several groups of equals were tested, the group that tells most."""
    rows: dict[str, list[SeatRow]] = defaultdict(list)
    for row in seats:
        rows[row.department].append(row)
    met: dict[str, dict[UUID, Counter[tuple[UUID, UUID]]]] = defaultdict(lambda: defaultdict(Counter))
    for team in teams:
        met[team.department][team.draw_id][team.one, team.other] += team.times
    return [_line(department, rows[department], met[department]) for department in sorted(rows)]


def _line(department: str, rows: list[SeatRow], met: Mapping[UUID, Mapping[tuple[UUID, UUID], int]]) -> PeopleLine:
    total: Counter[UUID] = Counter()
    for row in rows:
        total[row.inspector_id] += row.seats
    loads, pairings, alike = [], [], 0
    for draws in _groups(rows).values():
        frame = sorted(set.intersection(*(set(held) for held in draws.values())))
        if len(draws) < LEAST_DRAWS or len(frame) < LEAST_ALIKE:
            continue
        alike += len(frame)
        counts = [Counter({one: held[one] for one in frame}) for held in draws.values()]
        loads.append(inclusion(f"{department} 检查次数", counts, frame))
        if len(frame) >= LEAST_FOR_PAIRS:
            pairings.append(_pairing(department, frame, [met.get(draw_id, {}) for draw_id in draws]))
    return PeopleLine(
        department=department,
        officers=len(total),
        seats=total.total(),
        least=min(total.values()),
        most=max(total.values()),
        alike=alike,
        load=_most_telling(loads),
        pairing=_most_telling(pairings),
    )


def _groups(rows: Iterable[SeatRow]) -> dict[str, dict[UUID, dict[UUID, int]]]:
    """Standing → draw → officer → seats."""
    groups: dict[str, dict[UUID, dict[UUID, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        groups[row.standing][row.draw_id][row.inspector_id] = row.seats
    return groups


def _pairing(department: str, frame: list[UUID], draws: list[Mapping[tuple[UUID, UUID], int]]) -> Evidence:
    inside = set(frame)
    groups = [[pair for pair, times in met.items() if inside.issuperset(pair) for _ in range(times)] for met in draws]
    return pairs(f"{department} 搭档", groups, frame)


def _most_telling(found: list[Evidence]) -> Evidence | None:
    return min(found, key=lambda evidence: evidence.p, default=None)
