"""Trying a plan before approval (试算, B8): expected visits by department and month, officers against them, what cannot
be staffed. Exact counts from the libraries; visits still to be drawn are expectations, in millionths.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.planning.domain.census import Counts, Millionths
from services.planning.domain.per_class import PPM, PerClass
from services.planning.domain.quiet_days import inspectable_days
from services.planning.domain.tasks import LEAST_OFFICERS
from services.planning.domain.windows import Window
from shared.values.calendar_data import OFFICIAL_CALENDAR
from shared.values.workdays import WorkingCalendar


@dataclass(frozen=True, slots=True)
class OfficerGroup:
    """Officers of a department who may inspect and hold exactly `tags`. `capacity`: visits that each can make in a
    month by his own record in registry, None: by the district's rule."""

    department: str
    tags: frozenset[str]
    officers: int
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Staffing:
    """How a department would staff its visits. `visits_per_month`: what one officer can attend to in a month (rule
    `officer_visits_per_month`), None where the district sets none; an officer's own figure goes before it."""

    department: str
    officers: int = LEAST_OFFICERS
    tags: frozenset[str] = frozenset()
    visits_per_month: int | None = None


class Shortage(StrEnum):
    """Why slots cannot be staffed."""

    NO_TEAM = "no_team"
    OVER_CAPACITY = "over_capacity"


SHORTAGE_NAMES: Mapping[Shortage, str] = {
    Shortage.NO_TEAM: "符合条件的执法检查人员不足以组成一个检查组",
    Shortage.OVER_CAPACITY: "当月所需人次（含本年度其他计划）超过执法检查人员的承受能力",
}


@dataclass(frozen=True, slots=True)
class MonthLoad:
    """One month of a department. `month` is its first day. `slots`: places on teams to fill, in millionths,
    `other_slots` those of the year's other plans, `capacity` places that its officers can fill (None: no limit set);
    `infeasible`: slots of this plan beyond it, 0 where all can be filled."""

    month: date
    visits: Millionths
    slots: Millionths
    other_slots: Millionths
    capacity: Millionths | None
    infeasible: Millionths
    shortage: Shortage | None


@dataclass(frozen=True, slots=True)
class DepartmentLoad:
    """`qualified`: officers valid today who hold every tag asked for."""

    staffing: Staffing
    qualified: int
    months: tuple[MonthLoad, ...]


@dataclass(frozen=True, slots=True)
class ClassExpectation:
    credit_class: str
    objects: int
    ratio_ppm: int
    visits: Millionths


def expectations(counts: Counts, ratios: PerClass) -> tuple[ClassExpectation, ...]:
    """Per class: objects that can be drawn, the ratio tried, visits to expect."""
    return tuple(
        ClassExpectation(one.value, objects, ratios.of_class(one), objects * ratios.of_class(one))
        for one, objects in counts.items()
    )


def by_month(
    visits: Millionths,
    window: Window,
    quiet: Collection[date],
    rule: str = "企业安静期",
    calendar: WorkingCalendar = OFFICIAL_CALENDAR,
) -> Mapping[date, Millionths]:
    """Visits spread over the days that can be inspected on; the months add up to `visits` to the millionth. Raises
    NoDayLeft."""
    days: dict[date, int] = {}
    for day in inspectable_days(window, quiet, rule, calendar):
        month = day.replace(day=1)
        days[month] = days.get(month, 0) + 1
    whole, seen, given = sum(days.values()), 0, 0
    shares: dict[date, Millionths] = {}
    for month, count in days.items():
        seen += count
        reached = visits * seen // whole
        shares[month], given = reached - given, reached
    return shares


def load_of(
    staffing: Staffing,
    months: Mapping[date, Millionths],
    groups: Sequence[OfficerGroup],
    others: Mapping[date, Millionths] | None = None,
) -> DepartmentLoad:
    """`others`: slots by month that the year's other plans take of the same officers."""
    taken = others or {}
    fit = [one for one in groups if one.department == staffing.department and staffing.tags <= one.tags]
    qualified, capacity = sum(one.officers for one in fit), _capacity(fit, staffing.visits_per_month)
    loads = tuple(
        _month(staffing, (qualified, capacity), month, (visits, taken.get(month, 0)))
        for month, visits in months.items()
    )
    return DepartmentLoad(staffing, qualified, loads)


def _capacity(groups: Sequence[OfficerGroup], each: int | None) -> Millionths | None:
    """Places a month that the officers can fill together; None if one of them has no limit, or there are none and no
    rule."""
    limits = [(one.officers, each if one.capacity is None else one.capacity) for one in groups]
    if each is None and not limits:
        return None
    total = 0
    for officers, limit in limits:
        if limit is None:
            return None
        total += officers * limit
    return total * PPM


def _month(
    staffing: Staffing, officers: tuple[int, Millionths | None], month: date, load: tuple[Millionths, Millionths]
) -> MonthLoad:
    (qualified, capacity), (visits, taken) = officers, load
    slots = visits * staffing.officers
    if slots and qualified < staffing.officers:
        return MonthLoad(month, visits, slots, taken, capacity, slots, Shortage.NO_TEAM)
    over = 0 if capacity is None else min(slots, max(0, slots + taken - capacity))
    return MonthLoad(month, visits, slots, taken, capacity, over, Shortage.OVER_CAPACITY if over else None)
