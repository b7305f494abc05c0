"""From a task (抽查任务) to what the commitment says of it: strata, scope, ratios, teams.

Strata (分层) are the credit classes of the library under neutral ids. Objects of the no-disturb list (不打扰名单)
have a stratum and a ratio of their own, the random floor (B19). Objects with a ground against a visit stand in
`excluded`, which no scope names, so that it can be proved that nobody was left out (M3).
"""

from __future__ import annotations

from collections.abc import Collection
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
NO_DISTURB: Final = "no_disturb"
"""Ground of an object that is on the no-disturb list and nothing else (B19)."""
UNDISTURBED: Final = "undisturbed"
STRATUM_IDS: Final = (*STRATA.values(), UNDISTURBED, EXCLUDED)
AT_RESULT: Final = "at_result"
"""Names open (M2) with the result of the draw (随抽取结果公开)."""
AS_VISITED: Final = "as_visited"
"""Names open one by one, when every department has concluded the visit (逐户公开)."""
KEY: Final = "key"
"""Level of a key item (重点检查事项); the other is general (一般检查事项)."""
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
class TaskItem:
    """An inspection item (抽查事项) of the task; `level` is `key` or `general` (I2)."""

    item_id: UUID
    department: str
    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class VisitThreshold:
    """B1: so many visits to one object within so many days make a warning."""

    days: int
    visits: int


@dataclass(frozen=True, slots=True)
class Task:
    """A task as planning issued it. By credit class: `ratios`, ppm of the stratum, `visit_caps`, visits a year (N7).

    `names_open`: when the names of the drawn open (M2), on the ground of `names_open_basis` (文号). `batches`: into how
    many batches the drawn are cut (I2), 0: none. `no_disturb_floor_ppm`: see `floor_of`. `quiet_days`: days of the
    window without visits (B16)."""

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
    names_open: str = AT_RESULT
    names_open_basis: str = ""
    items: tuple[TaskItem, ...] = ()
    batches: int = 0
    no_disturb_floor_ppm: int = 0
    visit_warnings: tuple[VisitThreshold, ...] = ()
    quiet_days: tuple[date, ...] = ()

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
    if ground == NO_DISTURB:
        return UNDISTURBED
    return EXCLUDED if ground else STRATA[CreditClass(credit_class)]


def floor_of(task: Task) -> int:
    """ppm of the no-disturb list that stays in the draw all the same: never zero (B19). A task that names no floor is
    drawn there at the lowest ratio it draws anybody at."""
    return task.no_disturb_floor_ppm or min((ppm for ppm in task.ratios.values() if ppm), default=0)


def ratio_of(credit_class: CreditClass, ratios: dict[str, int]) -> int:
    """ppm of a class; one not named takes that of the class it is treated as (U: B). Raises RatioMissing."""
    for name in (credit_class, credit_class.treated_as):
        if name.value in ratios:
            return ratios[name.value]
    raise RatioMissing(credit_class=credit_class.value)


def ratios_of(task: Task) -> dict[str, int]:
    """Stratum → ppm, in the order of the scope's entries. Raises RatioMissing."""
    ppm = {stratum: ratio_of(credit_class, task.ratios) for credit_class, stratum in STRATA.items()}
    return ppm | {UNDISTURBED: floor_of(task)}


def scope_of(task: Task, strata: Collection[str] = STRATUM_IDS) -> Scope:
    """One scope with all departments: whoever is drawn gets one visit of them all (N4). Only of these strata: a pool
    frozen by an earlier release has fewer. Raises RatioMissing."""
    entries = tuple(
        Entry(stratum, mode="ratio", ppm=ppm, round="random")
        for stratum, ppm in ratios_of(task).items()
        if stratum in strata
    )
    teams = tuple(map(_team, task.departments))
    return Scope(id=SCOPE, group=SCOPE, strata=entries, departments=teams, batches=task.batches or None)


def _team(part: TaskDepartment) -> DepartmentTeam:
    """Officers first, each with the tags the task asks for, then experts (no fewer than two officers: `TEAM`)."""
    tags = tags_of(part.officer_tags)
    officers = tuple(Slot("lead" if place == 0 else "member", tags) for place in range(part.officers))
    return DepartmentTeam(part.department, officers + tuple(Slot(EXPERT) for _ in range(part.experts)))
