"""Whatever the rules accept obeys them: plans, their tasks, their merges (N3, I2, N7, B19) for any figures at all."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.planning.domain.merges import MergeTerms, merged_content
from services.planning.domain.per_class import PPM, PerClass
from services.planning.domain.plan_content import PlanContent, check_plan
from services.planning.domain.rules import LimitFor, Rules, RuleValue
from services.planning.domain.tasks import check_task
from shared.values.credit_class import RATED
from shared.values.errors import DomainError
from shared.values.ids import new_id
from tests.builders.planning import a_chosen_item, a_content, a_plan, a_task, the_rules

ratios = st.one_of(
    st.builds(PerClass, *[st.integers(-1, PPM + 1)] * 4, st.one_of(st.none(), st.integers(-1, PPM + 1))),
    st.lists(st.integers(0, PPM), min_size=4, max_size=4).map(sorted).map(lambda found: PerClass(*found)),
)
caps = st.one_of(st.none(), st.integers(1, PPM))
visits = st.one_of(st.none(), st.lists(st.integers(0, 366), min_size=4, max_size=4).map(lambda found: PerClass(*found)))


@st.composite
def rule_books(draw: st.DrawFn) -> Rules:
    """Any floor, any batch ratio, any yearly cap that is itself allowed."""
    values: dict[str, RuleValue] = {}
    for code in ("no_disturb_floor_ppm", "batch_ratio_ppm"):
        if draw(st.booleans()):
            values[code] = RuleValue(limit=draw(st.integers(1, PPM)))
    if draw(st.booleans()):
        limits = sorted(draw(st.lists(st.integers(0, 366), min_size=4, max_size=4)))
        exceptions = tuple(LimitFor(one.value, limit) for one, limit in zip(RATED, limits, strict=True))
        values["visits_per_year"] = RuleValue(exceptions=exceptions)
    return the_rules(**values)


@st.composite
def contents(draw: st.DrawFn) -> PlanContent:
    items = (
        a_chosen_item("scjg-001", "scjg", draw(caps)),
        a_chosen_item("wjw-001", "wjw", draw(caps)),
    )
    return a_content(items=items, ratios=draw(ratios), visit_caps=draw(visits), batches=draw(st.integers(0, 3)))


def is_accepted(content: PlanContent, rules: Rules) -> bool:
    try:
        check_plan(content, "scjg", 2026, rules)
    except DomainError:
        return False
    return True


def obeys(content: PlanContent, rules: Rules) -> bool:
    """Counted anew, class by class, not by the functions that refuse."""
    figures = [content.ratios.of_class(one) for one in RATED]
    everybody = [ppm for _, ppm in content.ratios.pairs()]
    lowest_cap = min([item.ratio_cap_ppm for item in content.items if item.ratio_cap_ppm is not None], default=PPM)
    fits = figures == sorted(figures) and 0 <= min(everybody) and max(everybody) <= lowest_cap
    floor, yearly = rules.no_disturb_floor, rules.visits_per_year
    above_floor = floor is None or min(everybody) >= floor
    if content.visit_caps is None or yearly is None:
        return fits and above_floor
    return fits and above_floor and all(content.visit_caps.of_class(one) <= yearly.of_class(one) for one in RATED)


@given(contents(), rule_books())
def test_a_plan_that_the_rules_accept_never_draws_less_as_risk_rises(content: PlanContent, rules: Rules) -> None:
    """N3, I2, N7, B19."""
    if is_accepted(content, rules):
        assert obeys(content, rules)


@given(contents(), rule_books(), ratios)
def test_a_task_of_an_accepted_plan_neither(content: PlanContent, rules: Rules, wanted: PerClass) -> None:
    """N3, N6: what is accepted stays inside the plan and rises with risk."""
    if not is_accepted(content, rules):
        return
    task = replace(a_task(content), ratios=wanted, batches=content.batches)
    try:
        check_task(task, content, rules)
    except DomainError:
        return
    figures = [wanted.of_class(one) for one in RATED]
    assert figures == sorted(figures)
    assert all(ppm <= content.ratios.of_class(one) for one, ppm in wanted.pairs())


@given(contents(), contents(), rule_books())
def test_a_merge_of_accepted_plans_neither(first: PlanContent, second: PlanContent, rules: Rules) -> None:
    """N3, N4: no class is drawn less often than before the merge."""
    if not (is_accepted(first, rules) and is_accepted(second, rules)):
        return
    host, other = a_plan(content=first), a_plan(id=new_id(), content=second)
    merged = merged_content(host, [other], MergeTerms())
    figures = [merged.ratios.of_class(one) for one in RATED]
    assert figures == sorted(figures)
    assert all(
        figure == max(first.ratios.of_class(one), second.ratios.of_class(one))
        for one, figure in zip(RATED, figures, strict=True)
    )
