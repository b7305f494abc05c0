"""Overlaps found and merges weighed (N4): every figure equals a recount, object by object."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.planning.domain.census import Census, Standing, drawn_by_both, expected_visits
from services.planning.domain.filing import FilingState
from services.planning.domain.merges import (
    MergeLosesObjects,
    MergeMethodsDiffer,
    MergeOfOne,
    MergeSavesNothing,
    MergeTerms,
    MergeWindowsApart,
    MergeYearsDiffer,
    gains_of,
    merged_content,
)
from services.planning.domain.overlaps import Side, find_overlaps, meeting_pairs
from services.planning.domain.per_class import PPM, PerClass, highest, lowest
from services.planning.domain.plan_content import LibraryVersion, PlanContent, check_plan
from services.planning.domain.plans import Plan, PlanNotMergeable
from services.planning.domain.ratios import RatioFallsWithRisk, RatioOutOfRange
from services.planning.domain.windows import Window
from shared.values.credit_class import RATED, CreditClass
from shared.values.ids import new_id
from tests.builders.planning import NO_RULES, RISING, a_chosen_item, a_content, a_plan

FOOD, LIFTS = LibraryVersion(new_id(), 1), LibraryVersion(new_id(), 2)
SPRING = Window(date(2026, 3, 1), date(2026, 6, 30))
AUTUMN = Window(date(2026, 9, 1), date(2026, 10, 31))
LATE_SPRING = Window(date(2026, 5, 1), date(2026, 8, 31))
STEEP = PerClass(5_000, 20_000, 40_000, 50_000)

figures = st.lists(st.integers(0, PPM), min_size=4, max_size=4).map(sorted).map(lambda found: PerClass(*found))
standings = st.lists(
    st.builds(
        Standing,
        st.sets(st.sampled_from([FOOD, LIFTS]), min_size=1).map(frozenset),
        st.sampled_from(CreditClass),
        st.integers(0, 500),
    ),
    max_size=8,
)


def held(objects: int, *libraries: LibraryVersion, credit_class: CreditClass = CreditClass.B) -> Standing:
    return Standing(frozenset(libraries), credit_class, objects)


def a_plan_of(initiator: str, window: Window = SPRING, **content: Any) -> Plan:
    item = a_chosen_item(f"{initiator}-001", initiator)
    made = a_content(participants=(), items=(item,), window=window, sole_ground="法定", **content)
    return a_plan(FilingState.SUBMITTED, id=new_id(), initiator=initiator, content=made, plan_no=f"no-{initiator}")


def side(plan: Plan) -> Side:
    return Side.of(plan, plan.content)


@given(standings, figures, figures)
def test_what_an_overlap_shows_equals_a_recount_object_by_object(
    found: list[Standing], first: PerClass, second: PerClass
) -> None:
    """N4: visits alone, drawn twice, merged and saved."""
    pair = (
        side(a_plan_of("scjg", library=FOOD, ratios=first)),
        side(a_plan_of("yjj", LATE_SPRING, library=LIFTS, ratios=second)),
    )
    alone, twice, merged = [0, 0], 0, 0
    for one in found:
        ratios = first.of_class(one.credit_class), second.of_class(one.credit_class)
        for _ in range(one.objects):
            alone[0] += ratios[0] * (FOOD in one.libraries)
            alone[1] += ratios[1] * (LIFTS in one.libraries)
            twice += ratios[0] * ratios[1] * (len(one.libraries) == 2)
            merged += max(ratios)
    overlaps = find_overlaps([pair], Census(tuple(found)))
    if not any(one.objects for one in found if len(one.libraries) == 2):
        assert overlaps == []
        return
    (overlap,) = overlaps
    assert (list(overlap.visits), overlap.twice, overlap.merged) == (alone, twice // PPM, merged)
    assert overlap.saved == sum(alone) - merged


def test_plans_that_share_objects_but_no_day_or_days_but_no_object_do_not_overlap() -> None:
    """N4: scopes and windows."""
    food, lifts = a_plan_of("scjg", library=FOOD), a_plan_of("yjj", library=LIFTS)
    late = a_plan_of("wjw", AUTUMN, library=FOOD)
    census = Census((held(10, FOOD), held(10, LIFTS)))
    assert meeting_pairs([side(food), side(late)]) == []
    assert find_overlaps(meeting_pairs([side(food), side(lifts), side(late)]), census) == []


def test_the_side_whose_library_holds_everything_is_named_as_host() -> None:
    food, lifts = side(a_plan_of("scjg", library=FOOD)), side(a_plan_of("yjj", library=LIFTS))
    inside = Census((held(10, FOOD), held(5, FOOD, LIFTS)))
    across = Census((held(10, FOOD), held(5, FOOD, LIFTS), held(1, LIFTS)))
    assert [one.holder for one in find_overlaps([(lifts, food)], inside)] == [food.plan_id]
    assert [one.holder for one in find_overlaps([(lifts, food)], across)] == [None]


@given(st.lists(figures, min_size=1, max_size=5))
def test_ratios_that_never_fall_with_risk_never_do_so_merged(many: list[PerClass]) -> None:
    """N3."""
    for merged in (highest(many), lowest(many)):
        assert merged.first_fall() is None


def test_a_joint_plan_has_all_departments_items_common_days_and_the_higher_ratio() -> None:
    """N4, rule `joint_plan`."""
    host, other = a_plan_of("scjg", library=FOOD, ratios=RISING), a_plan_of("yjj", LATE_SPRING, ratios=STEEP)
    content = merged_content(host, [other], MergeTerms())
    assert content.departments("scjg") == ("scjg", "yjj")
    assert [item.code for item in content.items] == ["scjg-001", "yjj-001"]
    assert content.window == Window(date(2026, 5, 1), date(2026, 6, 30))
    assert content.ratios == PerClass(10_000, 20_000, 40_000, 50_000)
    assert (content.library, content.sole_ground) == (FOOD, None)
    check_plan(content, "scjg", 2026, NO_RULES)


def test_each_side_sees_what_it_gains() -> None:
    """N4: two plans over the same hundred firms at 2 % knock four times; joint, twice."""
    host, other = a_plan_of("scjg", library=FOOD), a_plan_of("yjj", library=FOOD)
    content = merged_content(host, [other], MergeTerms())
    gains = gains_of(host, [other], content, Census((held(100, FOOD),)))
    assert [(one.initiator, one.visits) for one in gains.plans] == [("scjg", 2 * PPM), ("yjj", 2 * PPM)]
    assert [(one.department, one.alone, one.joint) for one in gains.departments] == [
        ("scjg", 2 * PPM, 2 * PPM),
        ("yjj", 2 * PPM, 2 * PPM),
    ]
    assert (gains.before, gains.joint, gains.saved) == (4 * PPM, 2 * PPM, 2 * PPM)


def test_merges_that_break_the_rule_are_refused_by_name() -> None:
    host = a_plan_of("scjg", library=FOOD)
    refusals = {
        MergeOfOne: [host],
        MergeWindowsApart: [a_plan_of("yjj", AUTUMN)],
        MergeMethodsDiffer: [a_plan_of("yjj", method="written")],
    }
    for refusal, others in refusals.items():
        with pytest.raises(refusal):
            merged_content(host, others, MergeTerms())
    with pytest.raises(MergeYearsDiffer) as refused:
        merged_content(host, [a_plan(FilingState.SUBMITTED, year=2027, id=new_id())], MergeTerms())
    assert "2027" in refused.value.detail


def test_a_merge_loses_no_object_and_saves_a_visit_or_is_refused() -> None:
    """L6, N4."""
    host, other = a_plan_of("scjg", library=FOOD), a_plan_of("yjj", library=LIFTS)
    content = merged_content(host, [other], MergeTerms())
    with pytest.raises(MergeLosesObjects, match="少了 7 个"):
        gains_of(host, [other], content, Census((held(10, FOOD, LIFTS), held(7, LIFTS))))
    steep = a_plan_of("yjj", library=LIFTS, ratios=PerClass(50_000, 50_000, 50_000, 50_000))
    costly = merged_content(host, [steep], MergeTerms())
    with pytest.raises(MergeSavesNothing):
        gains_of(host, [steep], costly, Census((held(1000, FOOD), held(10, FOOD, LIFTS))))


def test_a_draft_is_not_merged() -> None:
    with pytest.raises(PlanNotMergeable, match="草稿"):
        a_plan(FilingState.DRAFT).merge(a_content(), "重叠", "officer:office")


@given(figures, figures)
def test_objects_drawn_twice_are_never_more_than_either_draw_takes(first: PerClass, second: PerClass) -> None:
    counts = {one: 100 for one in RATED}
    twice = drawn_by_both(counts, first, second)
    assert twice <= min(expected_visits(counts, first), expected_visits(counts, second))


ratios = st.lists(st.integers(-1, PPM + 1), min_size=4, max_size=4).map(lambda found: PerClass(*found))


@given(ratios)
def test_a_plan_that_the_rules_accept_has_ratios_that_never_fall_with_risk(tried: PerClass) -> None:
    """N3, K2: whatever is tried, accepted means 0 ≤ A ≤ B ≤ C ≤ D ≤ 100 %, and refused means not."""
    content: PlanContent = a_content(
        ratios=tried, items=(a_chosen_item("k", cap=None), a_chosen_item("w", "wjw", None))
    )
    rises = 0 <= tried.a <= tried.b <= tried.c <= tried.d <= PPM
    if rises:
        check_plan(content, "scjg", 2026, NO_RULES)
    else:
        with pytest.raises((RatioFallsWithRisk, RatioOutOfRange)):
            check_plan(content, "scjg", 2026, NO_RULES)
