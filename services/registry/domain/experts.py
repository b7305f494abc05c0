"""Experts (专家): people and institutions of special fields (L4). They advise and never count as inspectors (B2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.registry.domain.inspectors import InspectorStatus, Standing, status_label
from shared.values.errors import Invalid, NotFound, Refused


class ExpertUnknown(NotFound):
    message = "没有编号为 {expert_id} 的专家或机构"


class ExpertNumberTaken(Refused):
    message = "该专家编号已属于另一名专家"


class ExpertInvalid(Invalid):
    """`errors` says which fields are wrong: pointer, code and Chinese message."""

    message = "专家的信息有 {count} 处不符合要求"

    def __init__(self, errors: list[dict[str, str]]) -> None:
        self.errors = errors
        super().__init__(count=len(errors))


class ExpertNotActive(Refused):
    message = "专家“{name}”当前状态为“{status}”，不能暂停"


class ExpertNotSuspended(Refused):
    message = "专家“{name}”没有被暂停，无需恢复"


class ExpertKind(StrEnum):
    PERSON = "person"
    INSTITUTION = "institution"


EXPERT_KIND_LABELS: Final = {ExpertKind.PERSON: "个人", ExpertKind.INSTITUTION: "机构"}


@dataclass(frozen=True, slots=True)
class ExpertContent:
    """What an edit or a row of a file sets. `valid_until` is the term of the qualification; None: without term."""

    expert_no: str
    name: str
    kind: str
    organisation: str | None
    fields: tuple[str, ...]
    title: str | None
    qualification: str | None
    valid_until: date | None
    phone: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Expert:
    """One version of an expert; the joint office keeps the library."""

    id: UUID
    district: str
    version: int
    change_set_id: UUID
    changed_at: datetime
    content: ExpertContent
    status_reason: str | None = None

    def revised(self, content: ExpertContent, change_set_id: UUID, at: datetime) -> Expert:
        """A reason given for a status goes with that status."""
        reason = self.status_reason if content.status == self.content.status else None
        return Expert(self.id, self.district, self.version + 1, change_set_id, at, content, reason)

    def suspended(self, reason: str, change_set_id: UUID, at: datetime) -> Expert:
        """暂停资格: out of later pools at once. Raises ExpertNotActive."""
        if self.content.status != InspectorStatus.ACTIVE:
            raise ExpertNotActive(name=self.content.name, status=status_label(self.content.status))
        content = replace(self.content, status=InspectorStatus.SUSPENDED.value)
        return replace(self.revised(content, change_set_id, at), status_reason=reason)

    def reinstated(self, change_set_id: UUID, at: datetime) -> Expert:
        """恢复资格. Raises ExpertNotSuspended."""
        if self.content.status != InspectorStatus.SUSPENDED:
            raise ExpertNotSuspended(name=self.content.name)
        return self.revised(replace(self.content, status=InspectorStatus.ACTIVE.value), change_set_id, at)

    def standing(self, on: date) -> Standing:
        """Whether he may advise on a day: active, and the qualification not past its term (B2, L4)."""
        if self.content.status != InspectorStatus.ACTIVE:
            return Standing(False, self.content.status)
        if self.content.valid_until is not None and self.content.valid_until < on:
            return Standing(False, "qualification_expired")
        return Standing(True, None)
