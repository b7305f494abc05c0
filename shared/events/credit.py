"""Facts that `credit` tells."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.events.envelope import Event, Part


class RecordChangedV1(Event):
    """The credit record (信用记录) of an entity grew by entries."""

    KEY: ClassVar[str] = "entity_id"

    entity_id: UUID
    entry_ids: list[UUID]
    changed_at: datetime


class ClassChange(Part):
    entity_id: UUID
    before: str
    after: str


class ClassChangedV1(Event):
    """Credit-risk classes (信用风险等级) moved: at most 500 per event, one change set may take several events."""

    KEY: ClassVar[str] = "change_set_id"

    change_set_id: UUID
    changes: list[ClassChange]
    indicator_version: int
    changed_at: datetime


class ListingEnteredV1(Event):
    """An entity was entered on a list (名单): ground, document and authority are those of the decision (C3)."""

    KEY: ClassVar[str] = "listing_id"

    listing_id: UUID
    entity_id: UUID
    uscc: str | None
    entity_name: str
    list_code: str
    ground: str
    document_no: str
    authority: str
    entered_on: date
    ends_on: date | None


class ListingRemovedV1(Event):
    """An entity left a list (名单): removed by the authority or annulled with its decision."""

    KEY: ClassVar[str] = "listing_id"

    listing_id: UUID
    entity_id: UUID
    list_code: str
    reason: str
    removed_on: date


class FlagRaisedV1(Event):
    """A joint-punishment flag (联合惩戒标记) was raised in one area (C4)."""

    KEY: ClassVar[str] = "flag_id"

    flag_id: UUID
    entity_id: UUID
    uscc: str | None
    area: str
    measure_code: str
    ground: str
    listing_id: UUID
    starts_on: date
    ends_on: date | None


class FlagLiftedV1(Event):
    """A joint-punishment flag ended: its entry was removed, annulled or ran out."""

    KEY: ClassVar[str] = "flag_id"

    flag_id: UUID
    entity_id: UUID
    area: str
    reason: str
    lifted_on: date
