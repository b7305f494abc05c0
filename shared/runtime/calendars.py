"""The district's working calendar as a service that only hears of it keeps it: notices told by results (R2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.events.results import CalendarChangedV1
from shared.values.calendar_data import calendar_with
from shared.values.workdays import WorkingCalendar, YearDays

CREATE_CALENDARS: Final = """
CREATE TABLE replica_calendars (
    district text NOT NULL,
    year integer NOT NULL,
    version integer NOT NULL,
    document_no text NOT NULL,
    days_off date[] NOT NULL,
    working_weekends date[] NOT NULL,
    CONSTRAINT pk_replica_calendars PRIMARY KEY (district, year)
)
"""
"""The table of a service that uses `CalendarCopies`; it is put behind `protect_district`."""
_SAVE: Final = text(
    "INSERT INTO replica_calendars AS c (district, year, version, document_no, days_off, working_weekends)"
    " VALUES (current_setting('ssj.district'), :year, :version, :document_no, CAST(:days_off AS date[]),"
    " CAST(:working_weekends AS date[])) ON CONFLICT (district, year) DO UPDATE SET version = excluded.version,"
    " document_no = excluded.document_no, days_off = excluded.days_off, working_weekends = excluded.working_weekends"
    " WHERE excluded.version > c.version"
)
_ALL: Final = text("SELECT year, days_off, working_weekends FROM replica_calendars ORDER BY year")


class CalendarCopies:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, told: Iterable[CalendarChangedV1]) -> None:
        """The newest version of each year stands. A statement each: a district hears of one or two a year."""
        for one in told:
            values = one.model_dump(exclude={"aggregate_version"}) | {"version": one.aggregate_version}
            await self._connection.execute(_SAVE, values)

    async def in_force(self) -> WorkingCalendar:
        rows = await self._connection.execute(_ALL)
        return calendar_with(
            YearDays(row.year, frozenset(row.days_off), frozenset(row.working_weekends)) for row in rows
        )
