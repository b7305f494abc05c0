"""R2, REL30: notices of days off loaded in a running installation, and the deadlines they move."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.results.domain.deadlines import OVERDUE, horizons, publication_deadline
from services.results.domain.notices import (
    CalendarNotice,
    FiledByHimself,
    NoticeContradicts,
    NoticeDayOutside,
    NoticeIncomplete,
    NoticeNotWaiting,
    WorkedDayNoWeekend,
    YearLeavesGap,
    check_notice,
    effective_calendar,
    next_version,
)
from shared.values.calendar_data import NOTICES, OFFICIAL_CALENDAR
from shared.values.errors import DomainError
from shared.values.workdays import CalendarHasGap, YearDays, calendar_of

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
OFF = tuple(date(2027, 1, 1) + timedelta(days=offset) for offset in range(3)) + tuple(
    date(2027, 2, 5) + timedelta(days=offset) for offset in range(9)
)
ten_years = st.dates(date(2017, 1, 1), date(2026, 11, 20))


def a_notice(**changes: object) -> CalendarNotice:
    filed = CalendarNotice(
        2027, 1, "国办发明电〔2026〕9号", date(2026, 11, 20), OFF, (date(2027, 1, 31),), "officer:one", AT
    )
    return replace(filed, **changes)  # type: ignore[arg-type]


def test_a_notice_counts_only_after_its_second_person() -> None:
    waiting = a_notice()
    approved = waiting.approved("officer:two", AT)
    assert effective_calendar([waiting]).last_year == 2026
    assert effective_calendar([approved]).last_year == 2027
    assert not effective_calendar([approved]).is_working_day(date(2027, 2, 8))
    assert effective_calendar([approved]).is_working_day(date(2027, 1, 31))
    with pytest.raises(FiledByHimself):
        waiting.approved("officer:one", AT)
    with pytest.raises(NoticeNotWaiting):
        approved.approved("officer:two", AT)


def test_the_newest_effective_version_of_a_year_stands() -> None:
    first = a_notice().approved("officer:two", AT)
    longer = a_notice(version=2, days_off=(*OFF, date(2027, 2, 15))).approved("officer:two", AT)
    assert not effective_calendar([longer, first]).is_working_day(date(2027, 2, 15))
    assert effective_calendar([first, a_notice(version=2, days_off=(*OFF, date(2027, 2, 15)))]).is_working_day(
        date(2027, 2, 15)
    )
    assert (next_version(2027, [first, longer]), next_version(2028, [first])) == (3, 1)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"working_weekends": (date(2027, 1, 29),)}, WorkedDayNoWeekend),
        ({"working_weekends": (date(2027, 1, 2),)}, NoticeContradicts),
        ({"days_off": (*OFF, date(2028, 1, 1))}, NoticeDayOutside),
        ({"days_off": (*OFF, date(2026, 12, 24))}, NoticeDayOutside),
        ({"days_off": OFF[:5]}, NoticeIncomplete),
        ({"year": 2029}, YearLeavesGap),
        ({"year": 2016}, YearLeavesGap),
    ],
)
def test_what_cannot_be_a_years_notice_is_refused(changes: dict[str, object], refusal: type[DomainError]) -> None:
    check_notice(a_notice(), OFFICIAL_CALENDAR)
    with pytest.raises(refusal):
        check_notice(a_notice(**changes), OFFICIAL_CALENDAR)


def test_a_notice_may_name_the_last_days_of_the_year_before() -> None:
    """The 2019 notice gave 29 to 31 December 2018."""
    notice = a_notice(days_off=(*OFF, date(2026, 12, 31)), working_weekends=(date(2026, 12, 26),))
    check_notice(notice, OFFICIAL_CALENDAR)
    calendar = effective_calendar([notice.approved("officer:two", AT)])
    assert calendar.is_working_day(date(2026, 12, 26))
    assert not calendar.is_working_day(date(2026, 12, 31))


@pytest.mark.parametrize("year", range(2018, 2027))
def test_every_real_notice_of_ten_years_passes_the_checks(year: int) -> None:
    known = calendar_of(
        YearDays(one.year, one.days_off(), one.working_weekends()) for one in NOTICES if one.year < year
    )
    notice = next(one for one in NOTICES if one.year == year)
    filed = a_notice(year=year, days_off=tuple(notice.days_off()), working_weekends=tuple(notice.working_weekends()))
    check_notice(filed, known)


@given(ten_years, st.integers(2017, 2026))
def test_a_deadline_known_late_is_the_one_known_from_the_start(concluded_on: date, last_year: int) -> None:
    """R2, REL30: over ten years. While a year is missing its deadlines are provisional, never silently wrong; when its
    notice is loaded they are those of the whole calendar."""
    known = calendar_of(
        YearDays(one.year, one.days_off(), one.working_weekends()) for one in NOTICES if one.year <= last_year
    )
    early, final = (publication_deadline(concluded_on, calendar) for calendar in (known, OFFICIAL_CALENDAR))
    assert early.provisional or early.on == final.on
    if final.on.year <= last_year and (final.on.month, final.on.day) < (12, 29):
        assert early == final


@given(ten_years)
def test_the_stages_of_a_warning_come_in_their_order(today: date) -> None:
    """REL30: T-5, T-1, T, then overdue; each horizon is a working day's count away."""
    found = horizons(today, (5, 1, 0), OFFICIAL_CALENDAR)
    assert [one.days for one in found] == [OVERDUE, 0, 1, 5]
    assert [one.until for one in found] == sorted(one.until for one in found)
    assert (found[0].until, found[1].until) == (today - timedelta(days=1), today)
    assert OFFICIAL_CALENDAR.working_days_between(today, found[3].until) == 5


@given(ten_years)
def test_every_deadline_is_warned_of_at_each_stage_on_some_day_before_its_end(concluded_on: date) -> None:
    """REL30: nobody hears of a deadline first when it is over."""
    due = publication_deadline(concluded_on, OFFICIAL_CALENDAR).on
    reached = {
        min(one.days for one in horizons(day, (5, 1, 0), OFFICIAL_CALENDAR) if due <= one.until)
        for day in (due - timedelta(days=back) for back in range((due - concluded_on).days))
        if due <= horizons(day, (5, 1, 0), OFFICIAL_CALENDAR)[-1].until
    }
    assert reached == {0, 1, 5}


def test_years_must_follow_one_another() -> None:
    with pytest.raises(CalendarHasGap, match="2018年"):
        calendar_of([YearDays(2017, frozenset(), frozenset()), YearDays(2019, frozenset(), frozenset())])
    with pytest.raises(ValueError, match="no calendar"):
        calendar_of([])
