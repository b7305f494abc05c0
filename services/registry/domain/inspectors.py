"""Inspectors (执法检查人员): officers with a valid Henan enforcement certificate (L3). Only they inspect (B2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.values.errors import Forbidden, Invalid, NotFound, Refused

ANYWHERE: Final = "*"


class InspectorUnknown(NotFound):
    message = "没有编号为 {key} 的执法检查人员，或无权查看"


class InspectorNumberTaken(Refused):
    message = "该{field}已属于另一名执法检查人员"


class InspectorInvalid(Invalid):
    """`errors` says which fields are wrong: pointer, code and Chinese message."""

    message = "执法检查人员的信息有 {count} 处不符合要求"

    def __init__(self, errors: list[dict[str, str]]) -> None:
        self.errors = errors
        super().__init__(count=len(errors))


class NotOwnInspector(Forbidden):
    message = "只能维护本部门（{department}）的执法检查人员"


class InspectorNotActive(Refused):
    message = "执法检查人员“{name}”当前状态为“{status}”，不能暂停"


class InspectorNotSuspended(Refused):
    message = "执法检查人员“{name}”没有被暂停，无需恢复"


class InspectorStatus(StrEnum):
    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    SUSPENDED = "suspended"
    LEFT = "left"


INSPECTOR_STATUS_LABELS: Final = {
    InspectorStatus.ACTIVE: "在岗",
    InspectorStatus.ON_LEAVE: "休假",
    InspectorStatus.SUSPENDED: "暂停",
    InspectorStatus.LEFT: "离岗",
}


@dataclass(frozen=True, slots=True)
class InspectorContent:
    """What an edit or a row of a file sets. `regions`: codes, or `*` alone for the whole district. `capacity`: visits
    that he can make in a month, None: no limit of his own; no file sets it."""

    inspector_no: str
    name: str
    owner_department: str
    certificate_no: str
    issuer: str | None
    valid_until: date
    fields: tuple[str, ...]
    expertise: tuple[str, ...]
    regions: tuple[str, ...]
    phone: str | None
    status: str
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What may be said of an officer on a day: `ground` tells why he is not valid then."""

    valid: bool
    ground: str | None


@dataclass(frozen=True, slots=True)
class Inspector:
    """One version of an inspector; his department owns the row."""

    id: UUID
    district: str
    version: int
    change_set_id: UUID
    changed_at: datetime
    content: InspectorContent
    status_reason: str | None = None

    def revised(self, content: InspectorContent, change_set_id: UUID, at: datetime) -> Inspector:
        """A reason given for a status goes with that status."""
        reason = self.status_reason if content.status == self.content.status else None
        return Inspector(self.id, self.district, self.version + 1, change_set_id, at, content, reason)

    def suspended(self, reason: str, change_set_id: UUID, at: datetime) -> Inspector:
        """暂停执法资格: out of later pools at once. Raises InspectorNotActive."""
        if self.content.status != InspectorStatus.ACTIVE:
            raise InspectorNotActive(name=self.content.name, status=status_label(self.content.status))
        content = replace(self.content, status=InspectorStatus.SUSPENDED.value)
        return replace(self.revised(content, change_set_id, at), status_reason=reason)

    def reinstated(self, change_set_id: UUID, at: datetime) -> Inspector:
        """恢复执法资格. Raises InspectorNotSuspended."""
        if self.content.status != InspectorStatus.SUSPENDED:
            raise InspectorNotSuspended(name=self.content.name)
        content = replace(self.content, status=InspectorStatus.ACTIVE.value)
        return replace(self.revised(content, change_set_id, at), status_reason=None)

    def standing(self, on: date, *, on_leave: bool = False) -> Standing:
        """Whether he may inspect on a day: active, not on leave, the certificate valid through that day (L3, B2)."""
        if self.content.status != InspectorStatus.ACTIVE:
            return Standing(False, self.content.status)
        if on_leave:
            return Standing(False, InspectorStatus.ON_LEAVE.value)
        if self.content.valid_until < on:
            return Standing(False, "certificate_expired")
        return Standing(True, None)


def status_label(status: str) -> str:
    return INSPECTOR_STATUS_LABELS.get(InspectorStatus(status), status)
