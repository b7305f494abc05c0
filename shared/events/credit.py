"""Facts that `credit` tells."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.events.checkpoint import SignedCheckpoint
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
    """Credit-risk classes (信用风险等级) moved: at most 1,000 per event. A chunk of bulk re-rating is one
    change set and one event; an import of more entities takes several with one `change_set_id` (decision 0014)."""

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


class WarningRaisedV1(Event):
    """An early warning (信用风险预警, K3): `jump` of one entity, or a cluster of an `industry` or a `town`. `scope` is
    the entity_id, the industry division (GB/T 4754) or the town; the entities are in the list of warnings."""

    KEY: ClassVar[str] = "warning_id"

    aggregate_version: int = 1
    warning_id: UUID
    kind: str
    scope: str
    entity_id: UUID | None
    count: int
    before: str | None
    after: str | None
    from_on: date
    to_on: date
    indicator_version: int
    raised_at: datetime


class RepairDecidedV1(Event):
    """A credit repair (信用修复, C6) was granted or refused by the body that had decided. `kind`: `listing` (the entry
    ends) or `fact` (named by `fact_source` and `fact_key`; no longer weighed). `stops_publicity`: what was repaired is
    no longer shown to the public from `effective_on` on."""

    KEY: ClassVar[str] = "repair_id"

    repair_id: UUID
    entity_id: UUID
    kind: str
    listing_id: UUID | None
    fact_source: str | None
    fact_key: str | None
    granted: bool
    document_no: str
    department: str
    effective_on: date
    stops_publicity: bool
    decided_at: datetime


class CheckpointSignedV1(Event):
    """The Merkle root (默克尔根) of this service's audit rows and log was signed (检查点, SEC11)."""

    KEY: ClassVar[str] = "service"

    service: str
    checkpoint: SignedCheckpoint
