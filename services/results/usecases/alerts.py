"""What ends soon and what is overdue, derived as it is read; nothing here changes anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.results.domain.deadlines import Alert, Terms
from services.results.domain.exemptions import ExemptionCount, PublicationCount
from services.results.storage.deadlines import AlertFilter, Span
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.calendar_in_force import calendar_in_force, terms_in_force
from shared.values.errors import Invalid
from shared.values.workdays import Deadline, WorkingCalendar


class PeriodWrong(Invalid):
    message = "起止日期颠倒：{first} 晚于 {last}"


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """`is_overdue` None: both. `within`: working days ahead; None: as far as the district warns."""

    kind: str | None = None
    department: str | None = None
    words: str | None = None
    is_overdue: bool | None = None
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included; None: from the first day of this year, until today."""

    first: date | None
    last: date | None

    def known(self, today: date) -> tuple[date, date]:
        """Raises PeriodWrong."""
        first, last = self.first or today.replace(month=1, day=1), self.last or today
        if last < first:
            raise PeriodWrong(first=first, last=last)
        return first, last


@dataclass(frozen=True, slots=True)
class Figures:
    """How departments published what fell due, and what they exempted."""

    publication: list[PublicationCount]
    exemptions: list[ExemptionCount]


async def ends_of_open_visits(uow: ResultsUnitOfWork, terms: Terms, calendar: WorkingCalendar) -> dict[Span, Deadline]:
    """By when visits without result must have one."""
    days = await uow.review.deadlines.open_visit_days()
    return {(day, terms.conclusion): calendar.deadline(day, terms.conclusion) for day in days}


async def alerts_of(
    query: AlertQuery, uow: ResultsUnitOfWork, size: int, after: tuple[date, UUID] | None
) -> list[Alert]:
    """Inside an open unit of work: at most `size`, the most urgent first."""
    calendar, terms = await calendar_in_force(uow), await terms_in_force(uow)
    ahead = query.within if query.within is not None else max(terms.warnings, default=0)
    wanted = AlertFilter(
        until=calendar.deadline(uow.today, ahead).on,
        kind=query.kind,
        department=query.department,
        words=query.words,
        due_before=uow.today if query.is_overdue is True else None,
        due_from=uow.today if query.is_overdue is False else None,
    )
    ends = await ends_of_open_visits(uow, terms, calendar)
    found = await uow.review.deadlines.page(wanted, ends, size, after)
    return [one.alert(days_left(uow.today, one.due_on, calendar)) for one in found]


async def page_of_alerts(
    query: AlertQuery, uow: ResultsUnitOfWork, size: int, after: tuple[date, UUID] | None
) -> list[Alert]:
    async with uow:
        return await alerts_of(query, uow, size, after)


def days_left(today: date, due_on: date, calendar: WorkingCalendar) -> int:
    """Working days until the end; after it negative even where no working day has passed."""
    left = calendar.working_days_between(today, due_on)
    return min(left, -1) if due_on < today else left


async def figures_of(period: Period, uow: ResultsUnitOfWork) -> Figures:
    """Raises PeriodWrong."""
    async with uow:
        first, last = period.known(uow.today)
        return Figures(
            await uow.review.exemptions.publication(first, last, uow.today),
            await uow.review.exemptions.counts(first, last),
        )
