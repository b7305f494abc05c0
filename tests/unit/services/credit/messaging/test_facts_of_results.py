"""What credit makes of a result's events (C1, R6)."""

from __future__ import annotations

from typing import Any

from services.credit.domain.facts import Fact
from services.credit.messaging.facts_of_results import fact_of_result
from shared.events.envelope import Event
from tests.builders.credit import LISTED, a_finding, a_result, an_entity, corrected, heard, published, withdrawn

FIRM = an_entity(1)


def fact_of(event: Event) -> Fact:
    one: Any = heard(event, district="d")[0]
    return fact_of_result(one)


def codes(fact: Fact) -> list[tuple[str, int]]:
    return [(one.mark.code, one.mark.level) for one in fact.observations]


def test_findings_are_graded_and_outcomes_without_finding_are_bare() -> None:
    fact = fact_of(published(a_result(FIRM, outcome_codes=["A", "B"], findings=[a_finding("B", 4)])))
    assert codes(fact) == [("outcome:A", 0), ("outcome:B", 4)]


def test_a_result_without_problem_stands_in_the_archive_too() -> None:
    assert [one.title for one in fact_of(published(a_result(FIRM))).observations] == ["抽查检查：未发现问题"]
    assert codes(fact_of(published(a_result(FIRM, outcome_codes=[])))) == [("inspected", 0)]


def test_times_and_reasons_come_from_the_event() -> None:
    result = a_result(FIRM, version=2)
    change, gone = fact_of(corrected(result, "复核")), fact_of(withdrawn(result, "误录"))
    assert (change.told_at, change.reason) == (result.published_at, "检查结果更正：复核")
    assert (gone.told_at > result.published_at, gone.reason) == (True, "检查结果撤回：误录")


def test_a_withdrawal_outranks_what_it_withdraws_whichever_version_it_names() -> None:
    """Whether it names the version withdrawn or counts itself as the next, it stands behind what it withdraws."""
    result = a_result(FIRM, version=2)
    named_next = withdrawn(result)
    named_same = named_next.model_copy(update={"version": 2})
    told = fact_of(published(result))
    assert told.rank < fact_of(named_same).rank < fact_of(named_next).rank


def test_the_decision_is_carried_whole() -> None:
    decision = fact_of(published(a_result(FIRM, listing=LISTED))).decision
    assert decision is not None
    assert (decision.list_code, decision.document_no, decision.decided_on) == (
        LISTED.list_code,
        LISTED.document_no,
        LISTED.decided_on,
    )
