"""When the name behind a drawn token may open (名单公开时点, M2): as the task's term says, never earlier.

`at_result`: with the result of the draw (随抽取结果公开). `as_visited` (逐户公开): when every department of the visit
has concluded it; a visit that was given up or called off waits for nobody, and whatever is left opens when the window
has ended: then no visit can be warned any more. A term this release does not know is kept like `as_visited`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.draw.domain.drawing_plan import AT_RESULT, Task
from services.draw.domain.task_rules import names_text
from services.draw.domain.visit_plan import VisitState
from shared.values.errors import Refused


class NamesNotOpenYet(Refused):
    """Draw-protocol section 2, step 7: after the visits."""

    message = "此次抽取还没有到可以公开名单的时候。{term}"


@dataclass(frozen=True, slots=True)
class VisitProgress:
    """How far the visit behind a token has come: departments that go, departments that have concluded it."""

    token: bytes
    state: VisitState
    window_end: date
    departments: frozenset[str]
    concluded: frozenset[str]

    def may_open(self, names_open: str, on: date) -> bool:
        if names_open == AT_RESULT or self.state is not VisitState.ASSIGNED or on > self.window_end:
            return True
        return self.departments <= self.concluded


def due_tokens(visits: Iterable[VisitProgress], task: Task, on: date) -> set[bytes]:
    """Tokens of the objects whose names are due."""
    return {visit.token for visit in visits if visit.may_open(task.names_open, on)}


def check_due(due: set[bytes], task: Task) -> None:
    """Raises NamesNotOpenYet if there is nothing to open."""
    if not due:
        raise NamesNotOpenYet(term=names_text(task))
