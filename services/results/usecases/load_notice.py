"""Load a year's notice of days off (载入节假日安排): one person files it, another approves, and deadlines move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.results.domain.notices import (
    CalendarNotice,
    NoticeSuperseded,
    NoticeUnknown,
    check_notice,
    effective_calendar,
    next_version,
)
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.reschedule import reschedule
from shared.events.results import CalendarChangedV1
from shared.runtime.principal import JOINT_OFFICE


@dataclass(frozen=True, slots=True)
class FileNotice:
    """`document_no` is the notice's 文号, the days as it names them."""

    year: int
    document_no: str
    published_on: date
    days_off: tuple[date, ...]
    working_weekends: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class ApproveNotice:
    year: int
    version: int


@dataclass(frozen=True, slots=True)
class ApprovedNotice:
    """How many deadlines moved, of results and of follow-ups."""

    notice: CalendarNotice
    moved_results: int
    moved_follow_ups: int


async def file_notice(command: FileNotice, uow: ResultsUnitOfWork) -> CalendarNotice:
    """It counts for nothing until another person of the joint office approved it. Raises what `check_notice` raises."""
    uow.principal.require(JOINT_OFFICE)
    async with uow:
        await uow.review.notices.lock(uow.district)
        known = await uow.review.notices.all()
        notice = CalendarNotice(
            year=command.year,
            version=next_version(command.year, known),
            document_no=command.document_no,
            published_on=command.published_on,
            days_off=tuple(sorted(set(command.days_off))),
            working_weekends=tuple(sorted(set(command.working_weekends))),
            filed_by=uow.principal.subject,
            filed_at=uow.now,
        )
        check_notice(notice, effective_calendar(known))
        await uow.review.notices.add(notice)
        await uow.commit(notice)
    return notice


async def approve_notice(command: ApproveNotice, uow: ResultsUnitOfWork) -> ApprovedNotice:
    """From now on it counts, and every deadline that is still open is computed anew in the same transaction (R2);
    the other services learn of it.

    Raises NoticeUnknown, NoticeNotWaiting, FiledByHimself, NoticeSuperseded, YearLeavesGap.
    """
    uow.principal.require(JOINT_OFFICE)
    async with uow:
        await uow.review.notices.lock(uow.district)
        known = await uow.review.notices.all()
        filed = {(one.year, one.version): one for one in known}.get((command.year, command.version))
        if filed is None:
            raise NoticeUnknown(year=command.year, version=command.version)
        notice = filed.approved(uow.principal.subject, uow.now)
        if any(one.is_effective and one.year == notice.year and one.version > notice.version for one in known):
            raise NoticeSuperseded(year=notice.year)
        check_notice(notice, effective_calendar(known))
        await uow.review.notices.approve(notice)
        detail = f"按{notice.document_no}重新计算期限"
        results, follow_ups = await reschedule(effective_calendar([*known, notice]), detail, uow)
        uow.emit(_told(notice))
        approved = ApprovedNotice(notice, results, follow_ups)
        await uow.commit(approved)
    return approved


def _told(notice: CalendarNotice) -> CalendarChangedV1:
    return CalendarChangedV1(
        aggregate_version=notice.version,
        year=notice.year,
        document_no=notice.document_no,
        days_off=list(notice.days_off),
        working_weekends=list(notice.working_weekends),
    )
