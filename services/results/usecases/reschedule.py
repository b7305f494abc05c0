"""Open deadlines by a calendar that knows more (重新计算期限, R2)."""

from __future__ import annotations

from collections.abc import Iterable

from services.results.domain.deadlines import PUBLICATION_WORKING_DAYS
from services.results.storage.deadlines import Span
from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.events.results import FollowUpRescheduledV1, ResultRescheduledV1
from shared.values.workdays import Deadline, WorkingCalendar


async def reschedule(calendar: WorkingCalendar, detail: str, uow: ResultsUnitOfWork) -> tuple[int, int]:
    """Inside an open unit of work: how many results and follow-ups, of all departments, got another deadline."""
    deadlines, actor = uow.review.deadlines, uow.principal.subject
    async with uow.across_departments():
        of_results, of_follow_ups = await deadlines.open_spans(PUBLICATION_WORKING_DAYS)
        records = await deadlines.move_records(_ends(of_results, calendar), detail, actor, uow.now)
        follow_ups = await deadlines.move_follow_ups(_ends(of_follow_ups, calendar), detail, actor, uow.now)
    for one in records:
        if one.task_id is not None:
            uow.emit(
                ResultRescheduledV1(
                    aggregate_version=one.version,
                    result_id=one.id,
                    task_id=one.task_id,
                    department=one.department,
                    due_on=one.due_on,
                    due_is_provisional=one.due_is_provisional,
                )
            )
    for one in follow_ups:
        uow.emit(
            FollowUpRescheduledV1(
                aggregate_version=one.version,
                follow_up_id=one.id,
                department=one.department,
                due_on=one.due_on,
                due_is_provisional=one.due_is_provisional,
            )
        )
    return len(records), len(follow_ups)


def _ends(spans: Iterable[Span], calendar: WorkingCalendar) -> dict[Span, Deadline]:
    """What began before the loaded years keeps its deadline."""
    return {(start, days): calendar.deadline(start, days) for start, days in spans if start.year >= calendar.first_year}
