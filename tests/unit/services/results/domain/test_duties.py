"""G2: duty done and duty missed are told apart from the record alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.results.domain.duties import DutyFacts, Missed, missed
from services.results.domain.states import State
from shared.values.calendar_data import OFFICIAL_CALENDAR
from shared.values.ids import new_id

TODAY = date(2026, 6, 10)


def facts(**changes: Any) -> DutyFacts:
    """Published in time, followed up in time."""
    done = DutyFacts(
        record_id=new_id(),
        visit_id=new_id(),
        task_no="410308202603091001",
        entity_id=new_id(),
        entity_name="某公司",
        department="SCJG",
        inspector_ids=(new_id(), new_id()),
        state=State.PUBLISHED,
        window_start=date(2026, 3, 1),
        window_end=date(2026, 5, 31),
        assigned_at=None,
        recorded_at=None,
        visited_on=date(2026, 3, 9),
        concluded_on=date(2026, 3, 9),
        due_on=date(2026, 4, 7),
        published_on=date(2026, 4, 7),
        follow_ups=1,
        follow_ups_overdue=0,
        follow_ups_late=0,
        needs_follow_up=True,
    )
    return replace(done, **changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ()),
        ({"state": State.ASSIGNED, "visited_on": None, "concluded_on": None, "due_on": None, "published_on": None,
          "follow_ups": 0}, (Missed.NOT_INSPECTED,)),
        ({"state": State.ASSIGNED, "window_end": TODAY, "published_on": None}, ()),
        ({"state": State.EXCUSED, "window_end": date(2026, 5, 1)}, ()),
        ({"state": State.DRAFT, "visited_on": date(2026, 5, 26), "concluded_on": None, "due_on": None,
          "published_on": None}, (Missed.NO_CONCLUSION,)),
        ({"state": State.DRAFT, "visited_on": date(2026, 5, 27), "concluded_on": None, "due_on": None,
          "published_on": None}, ()),
        ({"state": State.LEGAL_REVIEW, "published_on": None}, (Missed.NOT_PUBLISHED,)),
        ({"state": State.EXEMPTED, "published_on": None}, ()),
        ({"published_on": date(2026, 4, 8)}, (Missed.PUBLISHED_LATE,)),
        ({"follow_ups": 0}, (Missed.PROBLEM_UNFOLLOWED,)),
        ({"follow_ups": 0, "needs_follow_up": False}, ()),
        ({"follow_ups_overdue": 1, "follow_ups_late": 1}, (Missed.FOLLOW_UP_OVERDUE, Missed.FOLLOW_UP_LATE)),
    ],
)  # fmt: skip
def test_what_was_missed_follows_from_the_dates(changes: dict[str, Any], expected: tuple[Missed, ...]) -> None:
    assert missed(facts(**changes), TODAY, 10, OFFICIAL_CALENDAR) == expected


def test_every_missed_duty_has_its_chinese_name() -> None:
    assert len({kind.chinese for kind in Missed}) == len(Missed)
