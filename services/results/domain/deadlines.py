"""The publication clock (公示期限)."""

from __future__ import annotations

from datetime import date
from typing import Final

from shared.values.workdays import Deadline, WorkingCalendar

PUBLICATION_WORKING_DAYS: Final = 20
"""Work plan 二（六）: public within 20 working days of the result."""


def publication_deadline(concluded_on: date, calendar: WorkingCalendar) -> Deadline:
    """The last day to publish; `concluded_on` is day 0 (R2). Provisional where the notice of its year is not out.

    Raises `NoCalendar` when `concluded_on` lies before the loaded years.
    """
    return calendar.deadline(concluded_on, PUBLICATION_WORKING_DAYS)
