"""The joint item list (部门联合抽查事项清单): what departments inspect together in a year (I5; 工作方案二（二）).

Who initiates, who takes part, with which items; made by the joint office from the lists in force, in versions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.planning.domain.items import ListedItem
from services.planning.domain.plan_content import choose_items
from shared.values.errors import Invalid


class JointListEmpty(Invalid):
    message = "部门联合抽查事项清单中没有事项"


class JointEntryOfOne(Invalid):
    """非联合不双随机 (工作方案二（四）; N2): two departments at least."""

    message = "联合抽查事项“{title}”只有一个部门的事项"


class JointInitiatorWithoutItem(Invalid):
    message = "联合抽查事项“{title}”的发起部门 {department} 没有抽查事项"


@dataclass(frozen=True, slots=True)
class JointEntry:
    """One joint inspection: its field (抽查领域), who initiates, the items of all departments that take part."""

    title: str
    initiator: str
    item_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class JointDepartment:
    """A department's items in an entry, by code, with the list version each comes from (I4)."""

    department: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry as it stands in the list; the initiator's part comes first."""

    entry: JointEntry
    parts: tuple[JointDepartment, ...]


@dataclass(frozen=True, slots=True)
class JointList:
    """A version of the year's joint list; the latest is in force."""

    id: UUID
    district: str
    year: int
    version: int
    entries: tuple[ListedEntry, ...]
    published_by: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class ListDeadline:
    """A day by which lists of `year` are due (I5). `done_on`: when the last one came, None while one is missing."""

    code: str
    name: str
    year: int
    due_on: date
    department: str | None
    done_on: date | None

    def is_overdue(self, today: date) -> bool:
        return today > self.due_on if self.done_on is None else self.done_on > self.due_on


def list_entries(entries: Sequence[JointEntry], in_force: Collection[ListedItem]) -> tuple[ListedEntry, ...]:
    """The entries with their departments. Raises JointListEmpty, JointEntryOfOne, JointInitiatorWithoutItem, ItemTwice
    or ItemNotInForce."""
    if not entries:
        raise JointListEmpty
    return tuple(_listed(entry, in_force) for entry in entries)


def _listed(entry: JointEntry, in_force: Collection[ListedItem]) -> ListedEntry:
    chosen = choose_items(entry.item_ids, in_force)
    codes: dict[str, list[str]] = {}
    for item in chosen:
        codes.setdefault(item.department, []).append(item.code)
    if entry.initiator not in codes:
        raise JointInitiatorWithoutItem(title=entry.title, department=entry.initiator)
    if len(codes) < 2:
        raise JointEntryOfOne(title=entry.title)
    first = sorted(codes, key=lambda department: (department != entry.initiator, department))
    return ListedEntry(entry, tuple(JointDepartment(one, tuple(codes[one])) for one in first))


def department_deadline(year: int, department: str, done_on: date | None) -> ListDeadline:
    """各部门清单: by 31 December of the year before (工作方案四; I5)."""
    return ListDeadline("department_list", "部门抽查事项清单", year, date(year - 1, 12, 31), department, done_on)


def joint_deadline(year: int, done_on: date | None) -> ListDeadline:
    """部门联合抽查事项清单: by 31 March of the year (工作方案四; I5)."""
    return ListDeadline("joint_list", "部门联合抽查事项清单", year, date(year, 3, 31), None, done_on)
