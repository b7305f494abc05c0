"""Where loaded notices of days off are kept (节假日安排): versions stay, only approval is added to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.notices import CalendarNotice

_COLUMNS: Final = (
    "year, version, document_no, published_on, days_off, working_weekends, filed_by, filed_at, approved_by, approved_at"
)
_ALL: Final = text(f"SELECT {_COLUMNS} FROM calendar_notices ORDER BY year, version")  # noqa: S608 - constants only
_ADD: Final = text(
    f"INSERT INTO calendar_notices (district, {_COLUMNS}) VALUES (current_setting('ssj.district'), :year, :version,"  # noqa: S608
    " :document_no, :published_on, CAST(:days_off AS date[]), CAST(:working_weekends AS date[]), :filed_by, :filed_at,"
    " NULL, NULL)"
)
_APPROVE: Final = text(
    "UPDATE calendar_notices SET approved_by = :approved_by, approved_at = :approved_at"
    " WHERE year = :year AND version = :version AND approved_by IS NULL"
)
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('calendar_notices' || :district, 0))")


class NoticeStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> list[CalendarNotice]:
        """Every version of the district, by year and version: few by their nature."""
        return [_notice_of(row) for row in await self._connection.execute(_ALL)]

    async def lock(self, district: str) -> None:
        """One notice at a time: a version is numbered after those that are there."""
        await self._connection.execute(_LOCK, {"district": district})

    async def add(self, notice: CalendarNotice) -> None:
        await self._connection.execute(
            _ADD,
            {
                "year": notice.year,
                "version": notice.version,
                "document_no": notice.document_no,
                "published_on": notice.published_on,
                "days_off": list(notice.days_off),
                "working_weekends": list(notice.working_weekends),
                "filed_by": notice.filed_by,
                "filed_at": notice.filed_at,
            },
        )

    async def approve(self, notice: CalendarNotice) -> None:
        values = {
            "year": notice.year,
            "version": notice.version,
            "approved_by": notice.approved_by,
            "approved_at": notice.approved_at,
        }
        await self._connection.execute(_APPROVE, values)


def _notice_of(row: Row[Any]) -> CalendarNotice:
    got = dict(row._mapping)
    days: dict[str, Sequence[Any]] = {name: tuple(got[name]) for name in ("days_off", "working_weekends")}
    return CalendarNotice(**got | days)
