"""Leniency and discretion at a finding (B25): offered by rule, chosen with a reason, held until said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.results.domain.code_tables import CodeBasisMissing, CodeDaysMissing, CodeSeverityMissing, check_table
from services.results.domain.content import Content, Discretion, Finding, ItemResult, Outcome
from services.results.domain.discretion import (
    DiscretionClosed,
    DiscretionReasonMissing,
    DiscretionUndecided,
    EarlierFinding,
    FindingOffers,
    check_choices,
    offers_of,
    require_decided,
)
from services.results.domain.signatures import content_digest
from services.results.domain.vocabulary import Code, CodeUnknown
from tests.builders.results import a_content, a_vocabulary, an_assignment

MINOR = Code("minor", "轻微免罚", None, "exempt", basis="第三十三条第一款", max_severity=2)
FIRST = Code("first", "首违不罚", None, "first", days=730, basis="第三十三条第一款", max_severity=2)
PROVED = Code("no_fault", "没有主观过错", None, "proved", basis="第三十三条第二款")
HEAVIER = Code("heavier", "从重", None, "heavier", basis="第三十四条")
TABLE = a_vocabulary("discretion", MINOR, FIRST, PROVED, HEAVIER)
ITEM = UUID(int=7)


def a_light_content(severity: int = 2, chosen: Discretion | None = None) -> Content:
    found = Finding("B", "未亮照经营", severity, chosen)
    return a_content(an_assignment(), items=(ItemResult(ITEM, "亮照", ("B",), (found,)),))


def beside(content: Content, *earlier: EarlierFinding) -> tuple[FindingOffers, ...]:
    return offers_of(content, TABLE, earlier)


def earlier(concluded_on: date, code: str = "B") -> EarlierFinding:
    return EarlierFinding(UUID(int=9), code, concluded_on)


def open_codes(*found: FindingOffers) -> list[str]:
    return [offer.row.code for one in found for offer in one.offers if offer.is_open]


@pytest.mark.parametrize(
    ("severity", "codes"), [(2, ["minor", "first", "no_fault", "heavier"]), (3, ["no_fault", "heavier"])]
)
def test_a_finding_graver_than_the_row_says_cannot_go_unpunished(severity: int, codes: list[str]) -> None:
    assert open_codes(*beside(a_light_content(severity))) == codes


@pytest.mark.parametrize(
    ("before", "is_first"),
    [
        (earlier(date(2024, 3, 9)), False),
        (earlier(date(2024, 3, 8)), True),
        (earlier(date(2026, 3, 1), "6"), True),
        (earlier(date(2026, 3, 10)), True),
    ],
    ids=["on the last day of the two years", "a day before them", "of another kind", "after this visit"],
)
def test_a_first_offence_is_one_without_a_public_finding_of_its_kind_in_the_term(
    before: EarlierFinding, is_first: bool
) -> None:
    """行政处罚法 第三十三条第一款: 初次违法."""
    assert ("first" in open_codes(*beside(a_light_content(), before))) is is_first


def test_what_speaks_against_a_first_offence_is_named() -> None:
    (found,) = beside(a_light_content(), earlier(date(2025, 6, 1)))
    (closed,) = [offer for offer in found.offers if not offer.is_open]
    assert closed.earlier == (earlier(date(2025, 6, 1)),)
    assert "2025-06-01" in closed.why_not


def test_a_choice_needs_its_reason_and_must_be_on_offer() -> None:
    with pytest.raises(DiscretionReasonMissing):
        check_choices(beside(a_light_content(chosen=Discretion("minor", ""))), TABLE)
    with pytest.raises(DiscretionClosed):
        check_choices(beside(a_light_content(4, Discretion("minor", "当场改正"))), TABLE)
    with pytest.raises(CodeUnknown):
        check_choices(beside(a_light_content(chosen=Discretion("mercy", "当场改正"))), TABLE)
    check_choices(beside(a_light_content(chosen=Discretion("minor", "当场改正"))), TABLE)


def test_what_may_go_unpunished_is_held_until_somebody_said_so_or_not() -> None:
    with pytest.raises(DiscretionUndecided):
        require_decided(beside(a_light_content()))
    require_decided(beside(a_light_content(chosen=Discretion("heavier", "拒不改正"))))
    require_decided(beside(a_light_content(severity=3)))


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        (replace(MINOR, basis=""), CodeBasisMissing),
        (replace(MINOR, max_severity=None), CodeSeverityMissing),
        (replace(FIRST, days=None), CodeDaysMissing),
    ],
)
def test_a_row_names_its_clause_its_gravest_finding_and_the_term_of_a_first_offence(
    row: Code, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        check_table("discretion", "裁量情节", [row], date(2026, 6, 1), date(2026, 6, 1))


def test_what_was_signed_before_there_was_a_choice_keeps_its_digest_and_a_choice_changes_it() -> None:
    """The digest was computed by the release before B25."""
    found = Finding("B", "未亮照", 2)
    content = Content(
        "on_site",
        "会盟大道 18 号",
        datetime(2026, 3, 9, 1, 30, tzinfo=UTC),
        None,
        date(2026, 3, 9),
        (UUID(int=1), UUID(int=2)),
        Outcome.DONE,
        items=(ItemResult(ITEM, "事项", ("B",), (found,)),),
    )
    chosen = replace(found, discretion=Discretion("minor", "当场改正"))
    altered = replace(content, items=(replace(content.items[0], findings=(chosen,)),))
    assert content_digest(content) == "a32ce81f5aecfd59ab9633245f08af80bf6ce7f63e3822815a0367351c057602"
    assert content_digest(altered) != content_digest(content)
