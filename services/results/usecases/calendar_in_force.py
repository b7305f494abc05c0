"""The calendar (工作日历) and terms that hold in the district now."""

from __future__ import annotations

from services.results.domain.deadlines import Terms
from services.results.domain.notices import effective_calendar
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.storage.vocabularies import TERM
from shared.values.workdays import WorkingCalendar


async def calendar_in_force(uow: ResultsUnitOfWork) -> WorkingCalendar:
    """Inside an open unit of work."""
    return effective_calendar(await uow.review.notices.all())


async def terms_in_force(uow: ResultsUnitOfWork) -> Terms:
    """Raises KeyError if the district's table lacks a term."""
    (table,) = await uow.vocabularies.tables(uow.today, TERM)
    rows = table.codes.values()
    warnings = sorted((row.days for row in rows if row.kind == "warning" and row.days is not None), reverse=True)
    return Terms(
        conclusion=table.codes["conclusion"].days or 0,
        recognition=table.codes["recognition"].days or 0,
        warnings=tuple(warnings),
    )
