"""The whole cycle on real processes, through the gateway: `make story` as its user runs it.

P1, L5, N3, D1, D2, R1, C1, C3–C5 at first depth; each step's checks are the story's own. A step whose expectation is
wrong, or whose service does not hear, must fail by its name: else the story proves nothing.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from typing import Any

import pytest

from tests.architecture.source import ROOT

STORY_FAILED = 30
pytestmark = pytest.mark.timeout(400)


@functools.cache
def story(*options: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "story", "--json", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )
    assert done.stdout, done.stderr[-3000:]
    return done.returncode, json.loads(done.stdout)


def test_the_story_holds_from_import_to_the_lifted_flag() -> None:
    code, told = story("--seed", "1")
    assert (code, told["failed"]) == (0, None)
    assert told["steps"][-1] == "draw.verified"


def test_another_seed_draws_and_lists_other_firms_and_holds_with_the_broker_down_at_publication() -> None:
    """Two things in one telling, which takes its time: seed 2, and NATS stopped while results are published."""
    _, first = story("--seed", "1")
    code, second = story("--seed", "2", "--fault", "nats-down-at-publication")
    assert (code, second["failed"]) == (0, None)
    assert not set(first["drawn"]) & set(second["drawn"])
    assert first["listed"] != second["listed"]


def test_with_credits_consumer_stopped_the_flag_step_fails_by_name() -> None:
    code, told = story("--fault", "credit-consumer-stopped")
    assert code == STORY_FAILED
    assert told["failed"]["step"] == "credit.flag"


@pytest.mark.parametrize(
    ("expectation", "step"),
    [
        ("departments=21", "registry.departments"),
        pytest.param("bad_rows_refused=3", "registry.bad_rows", marks=pytest.mark.slow),
        pytest.param("plan_overlaps=2", "planning.overlaps", marks=pytest.mark.slow),
        pytest.param("open_slots=7", "draw.result", marks=pytest.mark.slow),
        pytest.param("outsider_refusal=201", "results.outsider", marks=pytest.mark.slow),
        pytest.param("restricted=false", "credit.flag", marks=pytest.mark.slow),
    ],
)
def test_a_wrong_expectation_ends_the_story_at_its_step(expectation: str, step: str) -> None:
    code, told = story("--expect", expectation)
    assert code == STORY_FAILED
    assert told["failed"]["step"] == step
