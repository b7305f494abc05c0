"""From a task (抽查任务) to what the commitment says of it: strata, scope, ratios, teams.

Strata (分层) are the credit classes of the library under neutral ids; objects with a ground against a visit stand in
`excluded`, which no scope names, so that it can be proved that nobody was left out (M3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from services.draw.domain.commitment import EXPERT, DepartmentTeam, Entry, Scope, Slot
from services.draw.domain.strict_json import unassigned
from shared.values.credit_class import CreditClass
from shared.values.errors import Invalid
from shared.values.text import clean, is_nfc

COLUMNS: Final = ("object_id", "name", "uscc", "region", "ground")
EXCLUDED: Final = "excluded"
STRATA: Final = {credit_class: f"S{number}" for number, credit_class in enumerate(CreditClass, 1)}
"""S1 … S5 for A, B, C, D and U (not classed), whether or not anybody is in them."""
STRATUM_IDS: Final = (*STRATA.values(), EXCLUDED)
SCOPE: Final = "joint"
NOT_PRINTABLE: Final = "〓"
"""Stands for a character that a public document must not use (geta mark, as printers did)."""
_FORBIDDEN_IN_ID: Final = str.maketrans('/,|"\\ ', "______")
_TAG_LENGTH: Final = 60


class RatioMissing(Invalid):
    """N3: a plan sets its ratios by credit-risk class."""

    message = "任务没有给出 {credit_class} 类对象的抽查比例"


@dataclass(frozen=True, slots=True)
class TaskDepartment:
    """A department's part in a task: its items and how many officers and experts it sends to a visit."""

    department: str
    item_ids: tuple[UUID, ...]
    officers: int
    officer_tags: tuple[str, ...]
    experts: int


@dataclass(frozen=True, slots=True)
class Task:
    """A task as planning issued it. By credit class: `ratios`, ppm of the stratum, `visit_caps`, visits a year (N7)."""

    id: UUID
    task_no: str
    title: str
    plan_id: UUID
    plan_no: str
    initiator: str
    departments: tuple[TaskDepartment, ...]
    library_id: UUID
    library_version: int
    ratios: dict[str, int]
    window_start: date
    window_end: date
    is_cancelled: bool = False
    visit_caps: dict[str, int] = field(default_factory=dict)

    @property
    def has_experts(self) -> bool:
        return any(part.experts for part in self.departments)

    @property
    def participants(self) -> tuple[str, ...]:
        return tuple(part.department for part in self.departments)

    def items_of(self, department: str) -> tuple[UUID, ...]:
        return next(part.item_ids for part in self.departments if part.department == department)


def printable(text: str) -> str:
    """`text` as a public record may hold it: NFC, no control characters, nothing that Unicode has not assigned."""
    if text.isprintable() and " " not in text and is_nfc(text):
        return text
    cleaned = clean(text)
    for character in unassigned(cleaned):
        cleaned = cleaned.replace(character, NOT_PRINTABLE)
    return cleaned


def tag_of(text: str) -> str:
    """A field of expertise as a tag (an ID of the protocol). The protocol's own tag `expert` stays the protocol's."""
    tag = printable(text).translate(_FORBIDDEN_IN_ID)[:_TAG_LENGTH]
    return f"{tag}_" if tag == EXPERT else tag


def tags_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Distinct tags in order; empty ones dropped."""
    return tuple(dict.fromkeys(tag for text in texts if (tag := tag_of(text))))


def stratum_of(credit_class: str, ground: str | None) -> str:
    """Raises ValueError for a class that does not exist."""
    return EXCLUDED if ground else STRATA[CreditClass(credit_class)]


def ratio_of(credit_class: CreditClass, ratios: dict[str, int]) -> int:
    """ppm of a class; one not named takes that of the class it is treated as (U: B). Raises RatioMissing."""
    for name in (credit_class, credit_class.treated_as):
        if name.value in ratios:
            return ratios[name.value]
    raise RatioMissing(credit_class=credit_class.value)


def scope_of(task: Task) -> Scope:
    """One scope with all departments: whoever is drawn gets one visit of them all (N4). Raises RatioMissing."""
    entries = tuple(
        Entry(stratum, mode="ratio", ppm=ratio_of(credit_class, task.ratios), round="random")
        for credit_class, stratum in STRATA.items()
    )
    return Scope(id=SCOPE, group=SCOPE, strata=entries, departments=tuple(map(_team, task.departments)))


def _team(part: TaskDepartment) -> DepartmentTeam:
    """Officers first, each with the tags the task asks for, then experts (no fewer than two officers: `TEAM`)."""
    tags = tags_of(part.officer_tags)
    officers = tuple(Slot("lead" if place == 0 else "member", tags) for place in range(part.officers))
    return DepartmentTeam(part.department, officers + tuple(Slot(EXPERT) for _ in range(part.experts)))
