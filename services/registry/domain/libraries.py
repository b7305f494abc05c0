"""Libraries (名录库): saved conditions under a name, versioned; plans and pools name library and version (L1, L2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.registry.domain.conditions import Condition
from services.registry.domain.entities import Entity
from services.registry.domain.moments import Moment
from shared.values.errors import Forbidden, NotFound, Refused


class LibraryUnknown(NotFound):
    message = "没有编号为 {library_id} 的名录库，或没有第 {version} 版"


class LibraryNameTaken(Refused):
    message = "本部门已有名为“{name}”的名录库"


class NothingToCompare(Refused):
    message = "名录库“{name}”只有第 1 版，请写明与哪个版本或哪个时点比较"


class NotOwnLibrary(Forbidden):
    message = "名录库“{name}”由部门 {owner} 维护，不能修改"


@dataclass(frozen=True, slots=True)
class Library:
    """One version of a library; earlier versions stay readable."""

    id: UUID
    district: str
    owner_department: str
    name: str
    conditions: Condition
    version: int
    changed_by: str
    changed_at: datetime

    def revised(self, name: str, conditions: Condition, by: str, at: datetime) -> Library:
        return replace(self, name=name, conditions=conditions, version=self.version + 1, changed_by=by, changed_at=at)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: what belongs by these conditions at this moment."""

    conditions: Condition
    moment: Moment


@dataclass(frozen=True, slots=True)
class DifferenceFigures:
    """How many belong on each side, and how many came in and went out between them."""

    before: int
    after: int
    entered: int
    gone: int


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """An object that stands on one side only; `entered`: on the later one."""

    entity: Entity
    entered: bool


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """Objects of a library by class and by kind; `excluded` cannot be drawn and are in no other figure."""

    by_class: dict[str, int]
    by_kind: dict[str, int]
    excluded: int

    @property
    def total(self) -> int:
        return sum(self.by_class.values())
