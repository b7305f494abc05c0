"""Names open when the term says so, never earlier (M2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.draw.domain.names_open import NamesNotOpenYet, VisitProgress, check_due, due_tokens
from services.draw.domain.visit_plan import VisitState
from tests.builders.draw import a_kept_task

TASK = a_kept_task()
END = date(2026, 12, 31)
BOTH = frozenset({"scjg", "yjj"})
HALF = frozenset({"scjg"})
TOKEN = b"\1" * 32


def a_visit(concluded: frozenset[str] = frozenset(), state: VisitState = VisitState.ASSIGNED) -> VisitProgress:
    return VisitProgress(TOKEN, state, END, BOTH, concluded)


@pytest.mark.parametrize(
    ("visit", "on", "opens"),
    [
        (a_visit(), END, False),
        (a_visit(HALF), END, False),
        (a_visit(BOTH), END, True),
        (a_visit(state=VisitState.SUBSTITUTED), END, True),
        (a_visit(), END + timedelta(days=1), True),
    ],
)
def test_a_name_opens_once_all_departments_were_there_or_nobody_will_come(
    visit: VisitProgress, on: date, opens: bool
) -> None:
    task = replace(TASK, names_open="as_visited")
    assert due_tokens([visit], task, on) == ({TOKEN} if opens else set())
    assert due_tokens([visit], replace(TASK, names_open="unknown"), on) == due_tokens([visit], task, on)


def test_with_the_result_every_name_may_open() -> None:
    assert due_tokens([a_visit()], TASK, END) == {TOKEN}


def test_an_act_with_nothing_due_is_refused_in_the_words_of_the_term() -> None:
    check_due({TOKEN}, TASK)
    with pytest.raises(NamesNotOpenYet, match="逐户公开"):
        check_due(set(), replace(TASK, names_open="as_visited"))
