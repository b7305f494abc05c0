"""How far a task has come (D5): derived from everything draw and results told, never set one by one.

The provincial platform marked a whole plan done when one task was (domain-facts section 5, W14); here a task is
completed when every department's part of every visit has a public result, or needs none, and not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.planning.domain.tasks import Lifecycle


class TaskStage(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    POOL_COMMITTED = "pool_committed"
    DRAWN = "drawn"
    INSPECTING = "inspecting"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


STAGE_NAMES: Final[Mapping[TaskStage, str]] = {
    TaskStage.DRAFT: "草稿",
    TaskStage.ISSUED: "已下达",
    TaskStage.POOL_COMMITTED: "名册已冻结",
    TaskStage.DRAWN: "已抽取",
    TaskStage.INSPECTING: "检查中",
    TaskStage.COMPLETED: "已办结",
    TaskStage.CANCELLED: "已取消",
}


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What is known of a task. A part is one department's share of one visit.

    Voided draws and substituted visits are left out of `parts_*`. `visits_expected`: what the completed draws and
    the substitutions announced; `visits_heard`: what was assigned so far. `parts_settled`: ended with nothing public,
    because the law keeps the result from publication (免予公示, R3) or a recognised result stands in (结果互认, R5).
    """

    lifecycle: Lifecycle
    is_committed: bool = False
    is_drawn: bool = False
    visits_expected: int = 0
    visits_heard: int = 0
    visits_substituted: int = 0
    parts_due: int = 0
    parts_recorded: int = 0
    parts_published: int = 0
    parts_settled: int = 0

    @property
    def is_everything_done(self) -> bool:
        return self.visits_heard >= self.visits_expected and self.parts_published + self.parts_settled == self.parts_due


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task has come, and what that was derived from."""

    stage: TaskStage
    facts: TaskFacts


def stage_of(facts: TaskFacts) -> TaskStage:
    """The stage the facts amount to."""
    if facts.lifecycle is not Lifecycle.ISSUED:
        return TaskStage(facts.lifecycle.value)
    if not facts.is_drawn:
        return TaskStage.POOL_COMMITTED if facts.is_committed else TaskStage.ISSUED
    if facts.is_everything_done:
        return TaskStage.COMPLETED
    return TaskStage.INSPECTING if facts.parts_recorded else TaskStage.DRAWN
