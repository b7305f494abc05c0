"""R2, REL30: twenty working days from the day the result exists, by the official calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.results.domain.deadlines import publication_deadline
from shared.values.calendar_data import OFFICIAL_CALENDAR


@pytest.mark.parametrize(
    ("concluded_on", "due_on"),
    [
        (date(2024, 1, 31), date(2024, 3, 4)),
        (date(2024, 9, 14), date(2024, 10, 18)),
        (date(2025, 1, 20), date(2025, 2, 21)),
        (date(2025, 9, 25), date(2025, 10, 29)),
        (date(2026, 2, 6), date(2026, 3, 12)),
        (date(2026, 9, 20), date(2026, 10, 23)),
    ],
)
def test_the_deadline_follows_the_shifted_days(concluded_on: date, due_on: date) -> None:
    """Domain facts 20."""
    found = publication_deadline(concluded_on, OFFICIAL_CALENDAR)
    assert (found.on, found.provisional) == (due_on, False)


def test_a_deadline_in_a_year_without_notice_is_provisional() -> None:
    assert publication_deadline(date(2026, 12, 21), OFFICIAL_CALENDAR).provisional


@given(st.dates(min_value=date(2023, 1, 1), max_value=date(2026, 11, 1)))
def test_exactly_twenty_working_days_lie_between(concluded_on: date) -> None:
    due = publication_deadline(concluded_on, OFFICIAL_CALENDAR).on
    days = (concluded_on + timedelta(days=offset) for offset in range(1, (due - concluded_on).days + 1))
    assert sum(OFFICIAL_CALENDAR.is_working_day(day) for day in days) == 20
    assert OFFICIAL_CALENDAR.is_working_day(due)
