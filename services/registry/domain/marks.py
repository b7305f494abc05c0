"""Marks that a department puts on an object (L2, L6): its tags with a term (标签), and the licences it issued (许可证).

A mark is the department's own statement with a term. Tags of the register itself (`EntityContent.tags`) have none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.registry.domain.import_cells import Cells
from shared.values.errors import Forbidden, Invalid, NotFound, Refused


class MarkUnknown(NotFound):
    message = "没有编号为 {mark_id} 的标签或许可证"


class MarkTermInvalid(Invalid):
    message = "有效期止（{until}）不能早于有效期起（{since}）"


class MarkNameInvalid(Invalid):
    message = '“{name}”不能作名称：不能含空格、顿号和 / , | " \\ ，最多 64 字'


class LicenceNumberMissing(Invalid):
    message = "许可证应写明证号"


class MarkOverlaps(Refused):
    message = "该对象已有“{name}”，有效期 {since} 至 {until}，与新的有效期重叠"


class NotOwnMark(Forbidden):
    message = "“{name}”由部门 {department} 登记，不能修改"


class MarkKind(StrEnum):
    TAG = "tag"
    LICENCE = "licence"


MARK_KIND_LABELS: Final = {MarkKind.TAG: "标签", MarkKind.LICENCE: "许可证"}


@dataclass(frozen=True, slots=True)
class MarkContent:
    """`name`: the tag, or the kind of licence (食品生产许可证). `valid_until` None: until further notice."""

    kind: str
    name: str
    number: str | None
    valid_from: date
    valid_until: date | None
    note: str | None = None

    def check(self) -> None:
        """Raises MarkNameInvalid, LicenceNumberMissing or MarkTermInvalid. Names obey the rules of tags, since tags
        become IDs of the draw protocol (section 4)."""
        read = Cells({"name": self.name})
        if read.tags("name") != (self.name,) or read.faults:
            raise MarkNameInvalid(name=self.name[:64])
        if self.kind == MarkKind.LICENCE and not self.number:
            raise LicenceNumberMissing
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise MarkTermInvalid(since=self.valid_from, until=self.valid_until)

    def holds_on(self, day: date) -> bool:
        """Both days of the term are included."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def overlaps(self, other: MarkContent) -> bool:
        """Whether it says the same over a time that both cover."""
        if (self.kind, self.name, self.number) != (other.kind, other.name, other.number):
            return False
        ends_before = self.valid_until is not None and self.valid_until < other.valid_from
        begins_after = other.valid_until is not None and other.valid_until < self.valid_from
        return not (ends_before or begins_after)


@dataclass(frozen=True, slots=True)
class Mark:
    """One version of a mark; `department` put it there and alone changes it."""

    id: UUID
    district: str
    version: int
    change_set_id: UUID
    changed_at: datetime
    entity_id: UUID
    department: str
    content: MarkContent
    changed_by: str

    def revised(self, content: MarkContent, change_set_id: UUID, at: datetime, by: str) -> Mark:
        changed = replace(self, content=content, version=self.version + 1, changed_by=by)
        return replace(changed, change_set_id=change_set_id, changed_at=at)


def check_no_overlap(mark: Mark, others: Iterable[Mark]) -> None:
    """Raises MarkOverlaps when its department said the same of the object for a time that both cover."""
    for other in others:
        if other.id != mark.id and other.department == mark.department and other.content.overlaps(mark.content):
            until = other.content.valid_until or "长期"
            raise MarkOverlaps(name=mark.content.name, since=other.content.valid_from, until=until)


def tags_on(own: Iterable[str], marks: Iterable[Mark], day: date) -> tuple[str, ...]:
    """The tags that count on a day: the register's own, and those of departments whose term covers it."""
    dated = (m.content.name for m in marks if m.content.kind == MarkKind.TAG and m.content.holds_on(day))
    return tuple(sorted({*own, *dated}))
