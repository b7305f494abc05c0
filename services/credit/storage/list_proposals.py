"""Decisions on lists as they are prepared, and made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson

from services.credit.domain.list_decisions import Consent, DecisionKind, DecisionState, ListProposal
from services.credit.domain.listings import Listing
from services.credit.domain.posting import entry_of_listing
from services.credit.storage.ledger_rows import listing_of
from shared.runtime.database import Driver

_SELECT: Final = (
    "SELECT p.*, coalesce(d.state, 'open') AS state, d.reason, d.decided_by, d.decided_at FROM listing_proposals AS p"
    " LEFT JOIN listing_decisions AS d ON d.district = p.district AND d.proposal_id = p.id WHERE p.district = $1"
)
_FIND: Final = f"{_SELECT} AND p.id = $2"
_LIST: Final = (
    f"{_SELECT} AND ($2::text IS NULL OR coalesce(d.state, 'open') = $2) AND ($3::text IS NULL OR p.list_code = $3)"
    " AND ($4::uuid IS NULL OR p.entity_id = $4)"
    " AND ($5::timestamptz IS NULL OR (p.proposed_at, p.id) < ($5, $6::uuid))"
    " ORDER BY p.proposed_at DESC, p.id DESC LIMIT $7"
)
_ADD: Final = (
    "INSERT INTO listing_proposals (district, id, owner_department, kind, entity_id, list_code, listing_id, body,"
    " proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
)
_DECIDE: Final = (
    "INSERT INTO listing_decisions (district, proposal_id, owner_department, state, reason, decided_by, decided_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
)
_LISTING: Final = (
    "SELECT l.*, e.origin, e.source AS entry_source FROM listings AS l LEFT JOIN credit_entries AS e"
    " ON e.district = $1 AND e.entity_id = l.entity_id AND e.id = $3"
    " WHERE l.district = $1 AND l.id = $2 ORDER BY l.version DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class OwnedListing:
    """The newest version of an entry, whose decision it stands on, and the source that told of it."""

    listing: Listing
    origin: str
    source: str


class ListProposalStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def add(self, new: ListProposal) -> None:
        consent = None if new.consent is None else [new.consent.authority, new.consent.document_no]
        body = orjson.dumps([new.ground, new.document_no, new.authority, new.on, new.ends_on, consent]).decode()
        head = (new.id, new.owner_department, new.kind.value, new.entity_id, new.list_code, new.listing_id)
        await self._driver.execute(_ADD, self._district, *head, body, new.proposed_by, new.proposed_at)

    async def find(self, proposal_id: UUID) -> ListProposal | None:
        row = await self._driver.fetchrow(_FIND, self._district, proposal_id)
        return None if row is None else _proposal(row)

    async def newest(
        self,
        state: str | None,
        list_code: str | None,
        entity_id: UUID | None,
        size: int,
        after: tuple[datetime, UUID] | None = None,
    ) -> Sequence[ListProposal]:
        """The newest first."""
        at, last = after or (None, None)
        rows = await self._driver.fetch(_LIST, self._district, state, list_code, entity_id, at, last, size)
        return [_proposal(row) for row in rows]

    async def decide(self, decided: ListProposal) -> None:
        """Two decisions at once: the later fails on the key and is tried again."""
        values = (decided.id, decided.owner_department, decided.state.value, decided.reason)
        await self._driver.execute(_DECIDE, self._district, *values, decided.decided_by, decided.decided_at)

    async def listing(self, listing_id: UUID) -> OwnedListing | None:
        row = await self._driver.fetchrow(_LISTING, self._district, listing_id, entry_of_listing(listing_id))
        return None if row is None else OwnedListing(listing_of(row), row["origin"] or "", row["entry_source"] or "")


def _proposal(row: Mapping[str, Any]) -> ListProposal:
    ground, document_no, authority, on, ends_on, consent = orjson.loads(row["body"])
    return ListProposal(
        id=row["id"],
        owner_department=row["owner_department"],
        kind=DecisionKind(row["kind"]),
        entity_id=row["entity_id"],
        list_code=row["list_code"],
        ground=ground,
        document_no=document_no,
        authority=authority,
        on=date.fromisoformat(on),
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        ends_on=None if ends_on is None else date.fromisoformat(ends_on),
        consent=None if consent is None else Consent(*consent),
        listing_id=row["listing_id"],
        state=DecisionState(row["state"]),
        reason=row["reason"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )
