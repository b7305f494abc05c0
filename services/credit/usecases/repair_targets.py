"""What may be repaired, and which department decides it: the one that decided before (C6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.credit.domain.list_decisions import DECISIONS
from services.credit.domain.listings import Listing, ListingState
from services.credit.domain.repairs import (
    RepairKind,
    RepairNotOpen,
    RepairTargetUnknown,
    Target,
    check_not_too_early,
)
from services.credit.storage.unit_of_work import CreditUnitOfWork

_OF_DEPARTMENTS: Final = frozenset({"results", DECISIONS})
"""Sources whose origin is a department here."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What an application is about: `listing_id`, or `source` and `key` of a fact."""

    kind: RepairKind
    listing_id: UUID | None = None
    source: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class FoundTarget:
    """`origin`: where the information came from; a department of the district where `is_ours`."""

    target: Target
    origin: str
    is_ours: bool


async def find_target(aim: Aim, entity_id: UUID, uow: CreditUnitOfWork) -> FoundTarget:
    """Raises RepairTargetUnknown, RepairNotOpen, RepairTooEarly."""
    if aim.kind is RepairKind.LISTING and aim.listing_id is not None:
        owned = await uow.list_proposals.listing(aim.listing_id)
        if owned is None or owned.listing.entity_id != entity_id:
            raise RepairTargetUnknown
        title = await _open_entry(owned.listing, uow)
        target = Target(RepairKind.LISTING, title, listing_id=owned.listing.id)
        return FoundTarget(target, owned.origin, owned.source in _OF_DEPARTMENTS)
    if aim.kind is RepairKind.FACT and aim.source and aim.key:
        return await _fact_target(aim.source, aim.key, entity_id, uow)
    raise RepairTargetUnknown


async def _open_entry(listing: Listing, uow: CreditUnitOfWork) -> str:
    """Its title. Raises RepairNotOpen, RepairTooEarly."""
    if listing.state is not ListingState.ENTERED:
        raise RepairNotOpen
    decision, measures = listing.decision, (await uow.rulebooks.current()).measures
    check_not_too_early(measures.list_kind(decision.list_code), decision.decided_on, uow.today)
    return f"{measures.list_name(decision.list_code)}：{decision.ground}（{decision.document_no}）"


async def _fact_target(source: str, key: str, entity_id: UUID, uow: CreditUnitOfWork) -> FoundTarget:
    record = await uow.archive.record(entity_id)
    held = None if record is None else record.facts.get((source, key))
    if held is None or not held.standing:
        raise RepairTargetUnknown
    if not held.marks:
        raise RepairNotOpen
    entries = await uow.archive.standing_entries(entity_id)
    entry = next((one for one in entries if (one.source, one.fact_key) == (source, key)), None)
    if entry is None:
        raise RepairTargetUnknown
    target = Target(RepairKind.FACT, entry.title, source=source, key=key)
    return FoundTarget(target, entry.origin, source in _OF_DEPARTMENTS)
