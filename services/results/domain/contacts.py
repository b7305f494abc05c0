"""The ledger of contacts (涉企接触台账, B17): every contact with a firm, enforcement or not, whoever made it.

A cap of visits (国办发〔2024〕54号) means something only if nothing is left out of the count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.values.errors import Invalid


class ContactKind(StrEnum):
    """`inspection`: a recorded inspection; the others are told by officers."""

    INSPECTION = "inspection"
    GUIDANCE = "guidance"
    RESEARCH = "research"
    TRAINING = "training"
    THIRD_PARTY = "third_party"
    MATERIALS = "materials"
    OTHER = "other"

    @property
    def chinese(self) -> str:
        return _CHINESE[self]


_CHINESE = {
    ContactKind.INSPECTION: "行政检查",
    ContactKind.GUIDANCE: "行政指导",
    ContactKind.RESEARCH: "调研走访",
    ContactKind.TRAINING: "培训会议",
    ContactKind.THIRD_PARTY: "第三方机构上门",
    ContactKind.MATERIALS: "要求报送材料",
    ContactKind.OTHER: "其他",
}


class Level(StrEnum):
    """Whose contact it was: ours, or one of a higher level that we know of."""

    DISTRICT = "district"
    CITY = "city"
    PROVINCE = "province"
    NATION = "nation"


class ContactInFuture(Invalid):
    message = "接触日期 {happened_on} 晚于今天"


class ContactThirdPartyMissing(Invalid):
    message = "第三方机构上门的，必须写明机构名称"


class ContactInspectionTyped(Invalid):
    """An inspection enters the ledger by its record, never by hand, or it would count twice."""

    message = "本平台录入的行政检查自动计入台账；只有上级部门的行政检查需要登记"


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact. `people`: how many came. `visit_id`: of our inspections; a joint visit is one contact."""

    id: UUID
    entity_id: UUID
    department: str
    kind: ContactKind
    level: Level
    on_site: bool
    is_enforcement: bool
    happened_on: date
    people: int
    purpose: str
    third_party: str
    visit_id: UUID | None
    recorded_by: str
    recorded_at: datetime


DENSE: Final = (("day", 1), ("week", 2), ("month", 3))
"""Inspections of one firm within 1, 7 and 30 days, beyond which officers are warned (Chengdu, domain facts 16)."""


@dataclass(frozen=True, slots=True)
class ContactCounts:
    """Contacts of one firm up to and with a day; `enforcement_*` of them inspections. `per_department` of the year."""

    on: date
    day: int
    week: int
    month: int
    year: int
    enforcement_day: int
    enforcement_week: int
    enforcement_month: int
    enforcement_year: int
    on_site_year: int
    per_department: tuple[tuple[str, int], ...]

    @property
    def dense(self) -> tuple[str, ...]:
        """Windows of `DENSE` with more inspections than that (B1)."""
        return tuple(window for window, limit in DENSE if getattr(self, f"enforcement_{window}") > limit)


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """None does not filter; `words` is found anywhere in purpose and third party."""

    entity_id: UUID | None = None
    department: str | None = None
    kind: str | None = None
    is_enforcement: bool | None = None
    since: date | None = None
    until: date | None = None
    words: str | None = None


def check_contact(contact: Contact, today: date) -> None:
    """What an officer tells. Raises ContactInFuture, ContactThirdPartyMissing, ContactInspectionTyped."""
    if contact.happened_on > today:
        raise ContactInFuture(happened_on=contact.happened_on)
    if contact.kind is ContactKind.THIRD_PARTY and not contact.third_party:
        raise ContactThirdPartyMissing
    if contact.kind is ContactKind.INSPECTION and contact.level is Level.DISTRICT:
        raise ContactInspectionTyped


def windows(on: date) -> tuple[date, date, date, date]:
    """First days of the day, the 7 days, the 30 days and the calendar year that end with `on` (B1)."""
    return on, on - timedelta(days=6), on - timedelta(days=29), on.replace(month=1, day=1)
