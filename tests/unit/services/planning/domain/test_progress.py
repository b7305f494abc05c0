"""How far a task has come is derived from all its parts (D5; domain-facts section 5, W14)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.planning.domain.progress import TaskFacts, TaskStage, stage_of
from services.planning.domain.tasks import Lifecycle

ISSUED = TaskFacts(Lifecycle.ISSUED)
DRAWN = replace(ISSUED, is_committed=True, is_drawn=True, visits_expected=2, visits_heard=2, parts_due=6)


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        (TaskFacts(Lifecycle.DRAFT), TaskStage.DRAFT),
        (ISSUED, TaskStage.ISSUED),
        (replace(ISSUED, is_committed=True), TaskStage.POOL_COMMITTED),
        (DRAWN, TaskStage.DRAWN),
        (replace(DRAWN, parts_recorded=1), TaskStage.INSPECTING),
        (replace(DRAWN, parts_recorded=6, parts_published=5), TaskStage.INSPECTING),
        (replace(DRAWN, parts_recorded=6, parts_published=6), TaskStage.COMPLETED),
        (replace(DRAWN, parts_recorded=6, parts_published=4, parts_settled=1), TaskStage.INSPECTING),
        (replace(DRAWN, parts_recorded=6, parts_published=4, parts_settled=2), TaskStage.COMPLETED),
        (replace(DRAWN, lifecycle=Lifecycle.CANCELLED), TaskStage.CANCELLED),
    ],
)
def test_the_stage_follows_from_the_facts(facts: TaskFacts, stage: TaskStage) -> None:
    assert stage_of(facts) is stage


def test_a_task_whose_visits_have_not_all_been_heard_of_is_not_completed() -> None:
    """W14: results may arrive before the last visit does."""
    early = replace(DRAWN, visits_heard=1, parts_due=3, parts_recorded=3, parts_published=3)
    assert stage_of(early) is TaskStage.INSPECTING


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.booleans())
def test_completed_means_every_part_of_every_visit_is_public(due: int, recorded: int, public: int, drawn: bool) -> None:
    """W14."""
    recorded, public = min(recorded, due), min(public, recorded, due)
    facts = replace(DRAWN, is_drawn=drawn, parts_due=due, parts_recorded=recorded, parts_published=public)
    assert (stage_of(facts) is TaskStage.COMPLETED) == (drawn and public == due)
