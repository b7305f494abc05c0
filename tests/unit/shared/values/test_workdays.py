"""Working days against the published vectors, against a second package and against their own laws (R2, REL30)."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.values.calendar_data import NOTICES, OFFICIAL_CALENDAR
from shared.values.workdays import Deadline, NoCalendar, WorkingCalendar

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[3] / "vectors" / "calendar.json").read_text("utf-8"))
FIRST = date(2017, 1, 1)
covered = st.dates(FIRST, date(2026, 12, 31))
years = [FIRST + timedelta(days=offset) for offset in range((date(2027, 1, 1) - FIRST).days)]


def count_by_the_other_package(start: date, days: int) -> date:
    day = start
    while days:
        day += timedelta(days=1)
        days -= chinese_calendar.is_workday(day)
    return day


def test_every_day_of_the_covered_years_agrees_with_the_other_package() -> None:
    differing = [day for day in years if OFFICIAL_CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert differing == []


def test_days_off_and_worked_weekends_are_consistent_in_themselves() -> None:
    assert not OFFICIAL_CALENDAR.holidays & OFFICIAL_CALENDAR.working_weekends
    assert all(day.weekday() >= 5 for day in OFFICIAL_CALENDAR.working_weekends)
    assert [notice.year for notice in NOTICES] == list(range(2017, 2027))


@pytest.mark.parametrize("vector", VECTORS["deadlines"], ids=lambda v: f"{v['start']}+{v['days']}")
def test_a_deadline_falls_on_the_day_all_sources_give(vector: dict[str, Any]) -> None:
    """R2: day 0 is not counted; domain facts, section 20."""
    start, expected = date.fromisoformat(vector["start"]), date.fromisoformat(vector["deadline"])
    assert count_by_the_other_package(start, vector["days"]) == expected
    assert OFFICIAL_CALENDAR.deadline(start, vector["days"]) == Deadline(expected, vector["provisional"])


@pytest.mark.parametrize("vector", [v for v in VECTORS["deadlines"] if "weekdays_only" in v], ids=lambda v: v["start"])
def test_counting_monday_to_friday_would_be_wrong(vector: dict[str, Any]) -> None:
    bare = WorkingCalendar(frozenset(), frozenset(), 2023, 2026)
    naive = bare.deadline(date.fromisoformat(vector["start"]), vector["days"]).on
    assert naive == date.fromisoformat(vector["weekdays_only"])
    assert naive < date.fromisoformat(vector["deadline"])


@pytest.mark.parametrize("vector", VECTORS["provisional"], ids=lambda v: f"{v['start']}+{v['days']}")
def test_a_deadline_that_rests_on_an_unpublished_notice_is_provisional(vector: dict[str, Any]) -> None:
    found = OFFICIAL_CALENDAR.deadline(date.fromisoformat(vector["start"]), vector["days"])
    assert found == Deadline(date.fromisoformat(vector["deadline"]), provisional=True)


def test_shifted_days_are_known_by_name() -> None:
    assert all(OFFICIAL_CALENDAR.is_working_day(date.fromisoformat(day)) for day in VECTORS["working"])
    assert not any(OFFICIAL_CALENDAR.is_working_day(date.fromisoformat(day)) for day in VECTORS["off"])


@pytest.mark.parametrize("day", [date(2016, 12, 31), date(2027, 1, 1)])
def test_a_day_without_calendar_fails_loudly(day: date) -> None:
    with pytest.raises(NoCalendar, match=f"{day.year}年的节假日安排尚未载入") as caught:
        OFFICIAL_CALENDAR.is_working_day(day)
    assert caught.value.code == "workdays.no_calendar"


def test_nothing_is_counted_from_before_the_first_calendar() -> None:
    with pytest.raises(NoCalendar):
        OFFICIAL_CALENDAR.deadline(date(2016, 12, 30), 1)
    with pytest.raises(NoCalendar):
        OFFICIAL_CALENDAR.working_days_between(date(2017, 2, 1), date(2016, 12, 30))


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        OFFICIAL_CALENDAR.deadline(date(2024, 1, 2), -1)


def test_a_year_added_later_settles_a_provisional_deadline() -> None:
    known_2025 = WorkingCalendar(OFFICIAL_CALENDAR.holidays, OFFICIAL_CALENDAR.working_weekends, 2023, 2025)
    start = date(2025, 12, 31)
    assert known_2025.deadline(start, 20).provisional
    assert OFFICIAL_CALENDAR.deadline(start, 20) == Deadline(date(2026, 1, 29), provisional=False)


@given(covered, st.integers(1, 60))
def test_a_settled_deadline_is_the_n_th_working_day_and_itself_one(start: date, days: int) -> None:
    """REL30."""
    found = OFFICIAL_CALENDAR.deadline(start, days)
    assert OFFICIAL_CALENDAR.working_days_between(start, found.on) == days
    assert OFFICIAL_CALENDAR.working_days_between(start, found.on - timedelta(days=1)) == days - 1
    assert found.provisional or OFFICIAL_CALENDAR.is_working_day(found.on)


@given(covered, covered, covered)
def test_counts_add_up_and_turn_their_sign(one: date, two: date, three: date) -> None:
    between = OFFICIAL_CALENDAR.working_days_between
    assert between(one, two) + between(two, three) == between(one, three)
    assert between(one, two) == -between(two, one)


@given(covered, st.integers(0, 60))
def test_a_later_start_never_gives_an_earlier_deadline(start: date, days: int) -> None:
    tomorrow = start + timedelta(days=1)
    assert OFFICIAL_CALENDAR.deadline(start, days).on <= OFFICIAL_CALENDAR.deadline(tomorrow, days).on
