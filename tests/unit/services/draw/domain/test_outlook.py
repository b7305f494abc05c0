"""What the office sees before it commits: averages, and where officers will lack (D1)."""

from __future__ import annotations

from services.draw.domain.commitment import DepartmentTeam, Entry, Scope, Slot
from services.draw.domain.lists import Inspector
from services.draw.domain.outlook import look_ahead

SCOPE = Scope(
    id="joint",
    group="joint",
    strata=(
        Entry("S1", mode="ratio", ppm=30_000, round="random"),
        Entry("S2", mode="ratio", ppm=500_000, round="random"),
    ),
    departments=(DepartmentTeam("scjg", (Slot("lead"), Slot("member", ("食品",)))),),
)
SIZES = {"S1": 1000, "S2": 40, "excluded": 9}


def an_officer(
    n: int, regions: tuple[str, ...] = ("410308",), valid_to: str = "2027-01-01", cap: int = 99
) -> Inspector:
    return Inspector(bytes([n]) * 32, "scjg", regions, ("食品",), valid_to, cap, 0)


def test_the_average_is_what_the_ratios_say_and_excluded_objects_count_for_nothing() -> None:
    found = look_ahead(SCOPE, SIZES, [an_officer(1), an_officer(2)], "2026-12-31", {"410308005": 1040})
    assert found.expected_visits == 50
    assert found.departments[0].expected_slots == 100
    assert found.hints == ()


def test_a_certificate_that_ends_before_the_window_is_seen_beforehand() -> None:
    found = look_ahead(SCOPE, SIZES, [an_officer(1), an_officer(2, valid_to="2026-12-30")], "2026-12-31", {})
    assert [hint.code for hint in found.hints] == ["too_few_certified"]
    assert (found.departments[0].on_roster, found.departments[0].certified) == (2, 1)


def test_a_region_that_too_few_officers_serve_is_named() -> None:
    roster = [an_officer(1, ("410308001",)), an_officer(2, ("410308001", "410308002"))]
    found = look_ahead(SCOPE, SIZES, roster, "2026-12-31", {"410308001": 5, "410308002": 5, "": 1})
    assert [(hint.code, hint.region) for hint in found.hints] == [
        ("too_few_in_region", ""),
        ("too_few_in_region", "410308002"),
    ]


def test_more_slots_than_all_officers_may_take_are_told() -> None:
    found = look_ahead(SCOPE, SIZES, [an_officer(1, cap=40), an_officer(2, cap=40)], "2026-12-31", {})
    assert [hint.code for hint in found.hints] == ["over_capacity"]
