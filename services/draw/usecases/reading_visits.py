"""Visits as those who go there see them: team, answers, quiet days, warnings. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from uuid import UUID

from services.draw.domain.ceremony import NotTheOperator
from services.draw.domain.drawing_plan import Task
from services.draw.domain.visit_plan import PlannedVisit, VisitState, VisitUnknown
from services.draw.domain.visit_warnings import AskedVisit, VisitWarning
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.storage.visit_warnings import AskedPool
from services.draw.storage.visits import VisitFilter
from services.draw.usecases.acting import known, task_now
from shared.runtime.principal import JOINT_OFFICE
from shared.values.calendar_data import OFFICIAL_CALENDAR
from shared.values.workdays import WorkingCalendar


@dataclass(frozen=True, slots=True)
class VisitQuery:
    """None does not filter."""

    draw_id: UUID | None
    task_id: UUID | None
    department: str | None
    inspector_id: UUID | None
    state: str | None


@dataclass(frozen=True, slots=True)
class SeenVisit:
    """`accepted`: officers who have accepted their seats (B28); `quiet_days` of its window (B16)."""

    visit: PlannedVisit
    today: date
    quiet_days: Sequence[date] = ()
    warnings: Sequence[VisitWarning] = ()
    accepted: frozenset[UUID] = field(default_factory=frozenset)
    calendar: WorkingCalendar = OFFICIAL_CALENDAR


async def page_of_visits(query: VisitQuery, uow: DrawUnitOfWork, size: int, after: UUID | None) -> list[SeenVisit]:
    async with uow:
        return await seen_visits(await uow.visits.page(VisitFilter(**asdict(query)), size, after), uow)


async def one_visit(visit_id: UUID, uow: DrawUnitOfWork) -> SeenVisit:
    """Raises VisitUnknown, also where the caller's department takes no part."""
    async with uow:
        visit = await uow.visits.find(visit_id)
        if visit is None:
            raise VisitUnknown
        (seen,) = await seen_visits([visit], uow)
    return seen


async def seen_visits(visits: Sequence[PlannedVisit], uow: DrawUnitOfWork) -> list[SeenVisit]:
    """Inside an open unit of work, for visits that the caller may see."""
    tasks = await uow.tasks.many({visit.task_id for visit in visits})
    async with uow.across_departments():
        warnings = await uow.warnings.of_visits(_asked(visits, tasks))
        accepted = await uow.seats.accepted([visit.id for visit in visits])
    calendar = await uow.calendars.in_force()
    return [
        SeenVisit(
            visit,
            uow.today,
            _quiet(visit, tasks.get(visit.task_id)),
            warnings.get(visit.id, ()),
            frozenset(accepted.get(visit.id, ())),
            calendar,
        )
        for visit in visits
    ]


def _asked(visits: Sequence[PlannedVisit], tasks: Mapping[UUID, Task]) -> list[AskedVisit]:
    return [
        AskedVisit(visit.id, visit.entity_id, visit.window_start, visit.window_end, one.days, one.visits)
        for visit in visits
        if visit.state is VisitState.ASSIGNED and visit.task_id in tasks
        for one in tasks[visit.task_id].visit_warnings
    ]


def _quiet(visit: PlannedVisit, task: Task | None) -> list[date]:
    days = task.quiet_days if task else ()
    return [day for day in days if visit.window_start <= day <= visit.window_end]


async def page_of_pool_warnings(
    draw_id: UUID, uow: DrawUnitOfWork, size: int, after: tuple[UUID, int] | None
) -> list[tuple[str, VisitWarning]]:
    """Objects of a pool whose visit would meet a threshold, by name: for who may see the pool's objects.

    Raises DrawUnknown, NotTheOperator.
    """
    async with uow:
        draw = await known(uow, draw_id)
        task = await task_now(draw, uow)
        who = uow.principal
        if not (who.reads_all or JOINT_OFFICE in who.roles or who.department == draw.owner_department):
            raise NotTheOperator
        async with uow.across_departments():
            return await uow.warnings.of_pool(asked_pool(draw.id, task), size, after)


def asked_pool(draw_id: UUID, task: Task) -> AskedPool:
    return AskedPool(draw_id, task.window_start, task.window_end, task.visit_warnings)
