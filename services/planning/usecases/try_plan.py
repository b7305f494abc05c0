"""A plan is tried on the libraries before approval (试算, B8): a read, nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.planning.domain.census import Census, Millionths, expected_visits
from services.planning.domain.overlaps import Overlap, Side, find_overlaps
from services.planning.domain.per_class import read_per_class
from services.planning.domain.plan_content import PlanContent, check_plan
from services.planning.domain.plans import Plan, PlanUnknown
from services.planning.domain.rules import Rules
from services.planning.domain.tasks import LEAST_OFFICERS
from services.planning.domain.what_if import (
    ClassExpectation,
    DepartmentLoad,
    OfficerGroup,
    Staffing,
    by_month,
    expectations,
    load_of,
)
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.find_overlaps import sides_of_year
from services.planning.usecases.plan_fields import Figures
from shared.values.workdays import WorkingCalendar


@dataclass(frozen=True, slots=True)
class DepartmentWish:
    """How many officers with which tags a department would send to a visit."""

    department: str
    officers: int
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TryPlan:
    """`ratios` None: those of the plan. A department not named sends two officers, whatever they are tagged with."""

    plan_id: UUID
    ratios: Figures | None = None
    departments: tuple[DepartmentWish, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What the plan would mean. `overlaps`: with the year's other plans, each with what a merge would save."""

    plan: Plan
    content: PlanContent
    classes: tuple[ClassExpectation, ...]
    departments: tuple[DepartmentLoad, ...]
    overlaps: tuple[Overlap, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    plan: Plan
    content: PlanContent
    rules: Rules
    pairs: tuple[tuple[Side, Side], ...]
    calendar: WorkingCalendar


async def try_plan(command: TryPlan, uow: PlanningUnitOfWork) -> Trial:
    """Raises PlanUnknown, LibraryNotInRegistry, NoDayLeft, or the rule that the ratios tried would break."""
    async with uow:
        known = await _known(command, uow)
        today = uow.today
    content, plan = known.content, known.plan
    libraries = [content.library, *(other.library for _, other in known.pairs)]
    census = await uow.registry.census(libraries, uow.principal)
    officers = await uow.registry.officers(content.departments(plan.initiator), today, uow.principal)
    return _trial(command, known, census, officers)


async def _known(command: TryPlan, uow: PlanningUnitOfWork) -> _Known:
    view = await uow.plans.view(command.plan_id)
    if view is None:
        raise PlanUnknown
    plan, content, rules = view.plan, view.pending or view.plan.content, await uow.rules.in_force(uow.today)
    if command.ratios:
        content = replace(content, ratios=read_per_class(command.ratios))
    check_plan(content, plan.initiator, plan.year, rules)
    own = Side.of(plan, content)
    others = [side for side in await sides_of_year(plan.year, uow) if side.plan_id != plan.id]
    pairs = tuple((own, other) for other in others if own.window.common(other.window))
    return _Known(plan, content, rules, pairs, await uow.calendars.in_force())


def _trial(command: TryPlan, known: _Known, census: Census, officers: Sequence[OfficerGroup]) -> Trial:
    content, rules = known.content, known.rules
    classes = expectations(census.in_all(content.library), content.ratios)
    quiet = rules.quiet_days(content.quiet_kind)
    visits = sum(one.visits for one in classes)
    months = by_month(visits, content.window, quiet, rules.cite("quiet_days"), known.calendar)
    wishes = {wish.department: wish for wish in command.departments}
    loads = tuple(
        load_of(
            _staffing(department, wishes.get(department), rules), months, officers, _taken(department, known, census)
        )
        for department in content.departments(known.plan.initiator)
    )
    return Trial(known.plan, content, classes, loads, tuple(find_overlaps(known.pairs, census)))


def _taken(department: str, known: _Known, census: Census) -> Mapping[date, Millionths]:
    """Slots by month of the year's other plans that send the department's officers, two to a visit at least (B2)."""
    taken: dict[date, Millionths] = {}
    for _, other in known.pairs:
        if department in other.departments:
            visits = expected_visits(census.in_all(other.library), other.ratios)
            shares = by_month(visits, other.window, known.rules.quiet_days(), calendar=known.calendar)
            for month, share in shares.items():
                taken[month] = taken.get(month, 0) + share * LEAST_OFFICERS
    return taken


def _staffing(department: str, wish: DepartmentWish | None, rules: Rules) -> Staffing:
    each = rules.officer_visits_of(department)
    if wish is None:
        return Staffing(department, visits_per_month=each)
    return Staffing(department, wish.officers, frozenset(wish.tags), each)
