"""What a record must satisfy: nothing is "normal" by default, codes come from the table, D6 goes by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.results.domain.content import Content, Finding, ItemResult, Outcome, Reference
from services.results.domain.content_rules import (
    FindingWithoutOutcome,
    ItemNotAssigned,
    ItemRepeated,
    ItemsOfUninspected,
    ItemsWithoutOutcome,
    ListingInFuture,
    ListingPeriodWrong,
    ListingWithoutGroundInResult,
    MustBeOnSite,
    ProblemWithoutFinding,
    SeverityOutOfRange,
    TimesContradict,
    Unfinished,
    check_complete,
    check_draft,
)
from services.results.domain.vocabulary import CodeIsHeading, CodeUnknown, OutcomesContradict
from shared.values.errors import Invalid
from shared.values.ids import new_id
from tests.builders.results import NOW, a_content, a_listing, an_assignment, an_item, the_vocabularies

ASSIGNMENT = an_assignment()
FIRST, SECOND = ASSIGNMENT.item_ids
TABLES = the_vocabularies()


def draft(**changes: Any) -> Content:
    content = a_content(ASSIGNMENT, **changes)
    check_draft(content, ASSIGNMENT.item_ids, TABLES, NOW)
    return content


def complete(**changes: Any) -> None:
    check_complete(draft(**changes), ASSIGNMENT.item_ids, TABLES)


def with_codes(*codes: str) -> tuple[ItemResult, ...]:
    return (an_item(FIRST, *codes), an_item(SECOND, "1"))


def test_a_finished_record_may_be_submitted() -> None:
    complete()
    complete(items=with_codes("B", "A"))


def test_an_item_without_outcome_blocks_the_submission_and_is_named() -> None:
    """Nothing is "normal" by default (domain facts 6)."""
    unanswered = (an_item(FIRST, "1"), ItemResult(SECOND, "公示信息检查"))
    for items in (unanswered, unanswered[:1]):
        draft(items=items)
        with pytest.raises(ItemsWithoutOutcome) as refused:
            complete(items=items)
        assert [found["pointer"] for found in refused.value.errors] == [f"/items/{SECOND}"]


def test_a_problem_must_be_described() -> None:
    bare = (ItemResult(FIRST, "公示信息检查", ("B",)), an_item(SECOND, "1"))
    draft(items=bare)
    with pytest.raises(ProblemWithoutFinding):
        complete(items=bare)


@pytest.mark.parametrize(
    ("codes", "refusal"),
    [
        (("Z",), CodeUnknown),
        (("2",), CodeIsHeading),
        (("1", "B"), OutcomesContradict),
        (("F", "1"), OutcomesContradict),
    ],
)
def test_outcomes_come_from_the_table_and_do_not_contradict(codes: tuple[str, ...], refusal: type[Invalid]) -> None:
    with pytest.raises(refusal):
        draft(items=with_codes(*codes))


def test_a_finding_belongs_to_a_problem_that_was_chosen() -> None:
    clean = ItemResult(FIRST, "公示信息检查", ("1",), (Finding("B", "未公示", 2),))
    with pytest.raises(FindingWithoutOutcome):
        draft(items=(clean,))


@pytest.mark.parametrize("severity", [0, 6])
def test_severity_runs_from_1_to_5(severity: int) -> None:
    with pytest.raises(SeverityOutOfRange):
        draft(items=(an_item(FIRST, "B", severity=severity),))


def test_only_items_of_the_task_are_inspected_and_each_once() -> None:
    with pytest.raises(ItemNotAssigned):
        draft(items=(an_item(new_id(), "1"),))
    with pytest.raises(ItemRepeated):
        draft(items=(an_item(FIRST, "1"), an_item(FIRST, "B")))


@pytest.mark.parametrize(
    "changes",
    [
        {"ended_at": datetime(2026, 3, 9, 1, 29, tzinfo=UTC)},
        {"started_at": datetime(2026, 3, 21, tzinfo=UTC), "ended_at": None},
        {"concluded_on": date(2026, 3, 8)},
        {"concluded_on": date(2026, 3, 21)},
    ],
    ids=["ends before it starts", "not yet", "concluded before the visit", "concluded tomorrow"],
)
def test_times_must_not_contradict(changes: dict[str, Any]) -> None:
    with pytest.raises(TimesContradict):
        draft(**changes)


def test_the_visits_day_is_the_day_in_shanghai() -> None:
    late = a_content(ASSIGNMENT, started_at=datetime(2026, 3, 9, 17, 0, tzinfo=UTC))
    assert late.visited_on == date(2026, 3, 10)


@pytest.mark.parametrize("outcome", [Outcome.CLOSED, Outcome.MOVED, Outcome.NOT_FOUND])
def test_a_visit_that_met_nobody_is_recorded_by_rule_on_the_spot_with_its_account(outcome: Outcome) -> None:
    """D6: never silently dropped."""
    complete(outcome=outcome, items=(), note="门已封，邻铺称三月前搬走")
    with pytest.raises(Unfinished, match="情况说明"):
        complete(outcome=outcome, items=())
    with pytest.raises(ItemsOfUninspected):
        draft(outcome=outcome)
    with pytest.raises(MustBeOnSite):
        draft(outcome=outcome, items=(), method="written")


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"ended_at": None}, "结束时间"),
        ({"concluded_on": None}, "结果形成日期"),
        ({"place": ""}, "检查地点"),
        ({"method": "relied_on"}, "所依据结论的出处"),
    ],
)
def test_what_is_missing_for_the_submission_is_said(changes: dict[str, Any], missing: str) -> None:
    with pytest.raises(Unfinished, match=missing):
        complete(**changes)


def test_a_written_check_needs_no_place_and_a_reliance_names_what_it_relies_on() -> None:
    """D3."""
    complete(method="written", place="")
    relied = Reference("消防救援大队", "监督检查记录", "消检字〔2026〕12号", date(2026, 3, 2))
    complete(method="relied_on", references=(relied,))


def test_a_listing_needs_a_problem_to_rest_on() -> None:
    """C3: a finding never lists by itself, and a decision never lists without a finding."""
    with pytest.raises(ListingWithoutGroundInResult):
        complete(listing=a_listing())
    complete(listing=a_listing(), items=with_codes("B"))
    complete(listing=a_listing(), outcome=Outcome.NOT_FOUND, items=(), note="两次上门均无人")


def test_a_listing_decision_is_checked_in_the_draft_already() -> None:
    problem = with_codes("B")
    with pytest.raises(CodeUnknown):
        draft(items=problem, listing=a_listing(list_code="blacklist"))
    with pytest.raises(ListingInFuture):
        draft(items=problem, listing=a_listing(decided_on=date(2026, 3, 21)))
    same_day = a_listing()
    with pytest.raises(ListingPeriodWrong):
        draft(items=problem, listing=replace(same_day, ends_on=same_day.decided_on))
