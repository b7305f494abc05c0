"""The duty map (监管职责): which department answers for an object, by approval or by industry (L6).

谁审批、谁监管，谁主管、谁监管 (工作方案二（三）). A row says: this department answers for who
holds this licence, or works in this industry, from a day to a day. Where the map names no one for a licence, its issuer
answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.registry.domain.entities import Entity
from services.registry.domain.marks import Mark, MarkKind
from shared.values.errors import Invalid, NotFound
from shared.values.industry import IndustryCode, IndustryEdition, parse_industry


class DutyUnknown(NotFound):
    message = "没有编号为 {duty_id} 的监管职责"


class DutyIncomplete(Invalid):
    message = "按审批确定的职责应只写许可证名称，按行业确定的职责应只写行业代码和版本"


class DutyTermInvalid(Invalid):
    message = "职责的停用日期（{until}）不能早于启用日期（{since}）"


class DutyBasis(StrEnum):
    APPROVAL = "approval"
    INDUSTRY = "industry"


BASIS_LABELS: Final = {DutyBasis.APPROVAL: "谁审批谁监管", DutyBasis.INDUSTRY: "谁主管谁监管"}
DECLARED: Final = "declared"
"""The ground of a department that stands on the object itself (监管部门)."""


@dataclass(frozen=True, slots=True)
class DutyContent:
    """`licence` for an approval, `industry_edition` and `industry_code` for an industry; `legal_basis`: 文号、条款."""

    basis: str
    licence: str | None
    industry_edition: str | None
    industry_code: str | None
    department: str
    legal_basis: str
    valid_from: date
    valid_until: date | None = None

    def check(self) -> None:
        """Raises DutyIncomplete, DutyTermInvalid, InvalidIndustry."""
        by_licence = self.licence is not None and self.industry_code is None and self.industry_edition is None
        by_industry = self.licence is None and self.industry_code is not None and self.industry_edition is not None
        if not (by_licence if self.basis == DutyBasis.APPROVAL else by_industry):
            raise DutyIncomplete
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise DutyTermInvalid(since=self.valid_from, until=self.valid_until)
        if by_industry:
            parse_industry(str(self.industry_edition), str(self.industry_code))

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @property
    def industry(self) -> IndustryCode | None:
        if self.industry_code is None or self.industry_edition is None:
            return None
        return IndustryCode(IndustryEdition(self.industry_edition), self.industry_code)


@dataclass(frozen=True, slots=True)
class Duty:
    """One version of a row of the map."""

    id: UUID
    district: str
    version: int
    change_set_id: UUID
    changed_at: datetime
    content: DutyContent
    changed_by: str

    def revised(self, content: DutyContent, change_set_id: UUID, at: datetime, by: str) -> Duty:
        changed = replace(self, content=content, version=self.version + 1, changed_by=by)
        return replace(changed, change_set_id=change_set_id, changed_at=at)


@dataclass(frozen=True, slots=True)
class Answering:
    """A department that answers for an object, and why: `ground` declared, approval or industry."""

    department: str
    ground: str
    because: str | None
    legal_basis: str | None
    duty_id: UUID | None = None


def answering(entity: Entity, marks: Sequence[Mark], duties: Sequence[Duty], day: date) -> tuple[Answering, ...]:
    """Every department that answers for the object on a day, with each ground; empty: a vacuum (监管真空)."""
    standing = [duty for duty in duties if duty.content.holds_on(day)]
    found = [Answering(code, DECLARED, None, None) for code in entity.content.departments]
    held = [m for m in marks if m.content.kind == MarkKind.LICENCE and m.content.holds_on(day)]
    for licence in held:
        found += _by_approval(licence, standing)
    found += _by_industry(entity, standing)
    return tuple(sorted(set(found), key=lambda one: (one.department, one.ground, one.because or "")))


def _by_approval(licence: Mark, duties: Sequence[Duty]) -> list[Answering]:
    name = licence.content.name
    mapped = [duty for duty in duties if duty.content.basis == DutyBasis.APPROVAL and duty.content.licence == name]
    if not mapped:
        return [Answering(licence.department, DutyBasis.APPROVAL, name, None)]
    return [
        Answering(duty.content.department, DutyBasis.APPROVAL, name, duty.content.legal_basis, duty.id)
        for duty in mapped
    ]


def _by_industry(entity: Entity, duties: Sequence[Duty]) -> list[Answering]:
    content = entity.content
    if content.industry_code is None or content.industry_edition is None:
        return []
    own = parse_industry(content.industry_edition, content.industry_code)
    return [
        Answering(duty.content.department, DutyBasis.INDUSTRY, own.code, duty.content.legal_basis, duty.id)
        for duty in duties
        if duty.content.industry is not None and duty.content.industry.contains(own)
    ]
