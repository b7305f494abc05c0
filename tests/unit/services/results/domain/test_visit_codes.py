"""Visit codes: written as people write them, a slip of the pen is told from a forgery (B3, B18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.results.domain.visit_codes import (
    ALPHABET,
    RANDOM_SIGNS,
    RatingTooEarly,
    Verdict,
    answer_for,
    check_rating_time,
    code_of,
    printed,
    read_code,
    verdict_on,
)
from services.results.domain.visits import Visit, VisitState
from shared.values.ids import new_id

signs = st.text(ALPHABET, min_size=RANDOM_SIGNS, max_size=RANDOM_SIGNS)
START, END = date(2026, 3, 1), date(2026, 5, 31)


def a_visit(state: VisitState = VisitState.ASSIGNED) -> Visit:
    return Visit(
        id=new_id(),
        draw_id=new_id(),
        task_id=new_id(),
        task_no="410308202603091001",
        plan_id=new_id(),
        entity_id=new_id(),
        initiator="SCJG",
        participants=("SCJG",),
        window_start=START,
        window_end=END,
        state=state,
        reason="",
        substitute_visit_id=None,
        aggregate_version=1,
    )


@given(signs)
def test_a_code_is_read_as_it_is_printed_spoken_or_typed(drawn: str) -> None:
    code = code_of(drawn)
    paper = printed(code)
    assert [len(group) for group in paper.split("-")] == [5, 5, 5, 5]
    assert read_code(paper) == read_code(paper.lower()) == read_code(paper.replace("-", " ")) == code


@given(signs, st.integers(0, RANDOM_SIGNS), st.integers(1, len(ALPHABET) - 1))
def test_one_wrong_sign_never_passes(drawn: str, place: int, by: int) -> None:
    code = code_of(drawn)
    wrong = ALPHABET[(ALPHABET.index(code[place]) + by) % len(ALPHABET)]
    assert read_code(code[:place] + wrong + code[place + 1 :]) is None


@pytest.mark.parametrize("typed", ["", "7KQ2M", "O" * 20, "检查码", "2" * 19, "2" * 21])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


@pytest.mark.parametrize(
    ("today", "verdict"),
    [
        (START - timedelta(days=1), Verdict.NOT_YET),
        (START, Verdict.VALID),
        (END, Verdict.VALID),
        (END + timedelta(days=1), Verdict.PAST),
    ],
)
def test_a_code_is_worth_something_within_the_window_both_ends_included(today: date, verdict: Verdict) -> None:
    assert verdict_on(a_visit(), today) is verdict


@pytest.mark.parametrize("state", [state for state in VisitState if state is not VisitState.ASSIGNED])
def test_a_visit_that_is_not_made_any_more_has_no_valid_code(state: VisitState) -> None:
    assert verdict_on(a_visit(state), START) is Verdict.CALLED_OFF
    assert verdict_on(None, START) is Verdict.UNKNOWN


def test_every_verdict_has_its_own_answer() -> None:
    answers = {answer_for(verdict) for verdict in Verdict}
    assert len(answers) == len(Verdict)


def test_a_rating_waits_for_the_window() -> None:
    visit = replace(a_visit(), window_start=START)
    check_rating_time(visit, START)
    with pytest.raises(RatingTooEarly):
        check_rating_time(visit, START - timedelta(days=1))
