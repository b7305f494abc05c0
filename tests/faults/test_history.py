"""The checker itself: a judge that finds nothing would make every fault run green."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.history import IN_FLIGHT, Call, Final, History, check, main

ACKNOWLEDGED = Call(seed=1, at=0.5, key="k1", result_id="r1", attempt=2, status=200, digest="d1")
UNANSWERED = replace(ACKNOWLEDGED, at=0.1, attempt=1, status=None, digest="")
ONCE = Final(seed=1, result_id="r1", published=1, told=1, audited=1, credited=1, entries=1, told_at=4, credited_at=9)
NOTHING = Final(seed=1, result_id="r1", published=0, told=0, audited=0, credited=0, entries=0)


def found_otherwise(**traces: Any) -> Final:
    return replace(ONCE, **traces)


def kinds(*lines: Call | Final) -> list[str]:
    calls = [line for line in lines if isinstance(line, Call)]
    return [fault.kind for fault in check(calls, [line for line in lines if isinstance(line, Final)])]


def test_a_result_acknowledged_and_found_once_everywhere_is_in_order() -> None:
    assert kinds(UNANSWERED, ACKNOWLEDGED, ONCE) == []


@pytest.mark.parametrize("trace", ["published", "told", "audited", "credited", "entries"])
def test_an_acknowledged_result_that_left_no_trace_somewhere_is_lost(trace: str) -> None:
    assert kinds(ACKNOWLEDGED, found_otherwise(**{trace: 0})) == ["lost"]


@pytest.mark.parametrize("trace", ["published", "told", "audited", "credited", "entries"])
def test_a_trace_found_twice_is_a_duplicate_whatever_the_client_heard(trace: str) -> None:
    assert kinds(ACKNOWLEDGED, found_otherwise(**{trace: 2})) == ["duplicated"]
    assert kinds(UNANSWERED, found_otherwise(**{trace: 2})) == ["duplicated"]


def test_without_an_answer_all_or_nothing_may_have_happened_but_not_half() -> None:
    assert kinds(UNANSWERED, ONCE) == []
    assert kinds(UNANSWERED, NOTHING) == []
    assert kinds(UNANSWERED, replace(ONCE, credited=0, entries=0)) == ["torn"]


def test_a_retry_that_heard_another_answer_is_a_contradiction() -> None:
    assert kinds(ACKNOWLEDGED, replace(ACKNOWLEDGED, attempt=3, digest="d2"), ONCE) == ["contradicted"]


def test_a_refusal_is_a_fault_unless_the_first_call_was_still_at_work() -> None:
    assert kinds(replace(UNANSWERED, status=409, code="results.cannot_publish"), ACKNOWLEDGED, ONCE) == ["refused"]
    assert kinds(replace(UNANSWERED, status=409, code=IN_FLIGHT), ACKNOWLEDGED, ONCE) == []


def test_a_result_credited_before_one_told_earlier_is_out_of_order() -> None:
    other = replace(ACKNOWLEDGED, key="k2", result_id="r2")
    assert kinds(ACKNOWLEDGED, other, ONCE, replace(ONCE, result_id="r2", told_at=5, credited_at=8)) == ["reordered"]


def test_a_call_whose_end_nobody_looked_at_is_reported() -> None:
    assert kinds(ACKNOWLEDGED) == ["unseen"]


def test_a_history_is_judged_again_from_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history = History(tmp_path / "history.jsonl")
    for line in (UNANSWERED, ACKNOWLEDGED, ONCE):
        history.write(line)
    assert main(history.path) == 0
    history.write(replace(ONCE, credited=0))
    assert main(history.path) == 1
    assert capsys.readouterr().out == "lost\tr1\tacknowledged, not credited\n"
