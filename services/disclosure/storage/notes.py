"""What stands beside results: follow-ups (后续处置), entries of public lists (名单), credit repairs (信用修复)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.disclosure.domain.facts import FollowUpClosed, FollowUpOpened, ListingEntered, ListingRemoved, Repair
from shared.runtime.database import Driver

_OPENED: Final = (
    "INSERT INTO follow_ups (district, follow_up_id, result_id, department, kind, opened_on, due_on)"
    " SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT FROM results WHERE district = $1 AND result_id = $3"
    " AND state NOT IN ('published', 'corrected', 'withdrawn'))"
    " ON CONFLICT (district, follow_up_id) DO UPDATE SET opened_on = excluded.opened_on,"
    " due_on = coalesce(follow_ups.due_on, excluded.due_on)"
)
_CLOSED: Final = (
    "INSERT INTO follow_ups (district, follow_up_id, result_id, department, kind, due_on, outcome, is_settled,"
    " closed_on) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE NOT EXISTS (SELECT FROM results WHERE district = $1"
    " AND result_id = $3 AND state NOT IN ('published', 'corrected', 'withdrawn'))"
    " ON CONFLICT (district, follow_up_id) DO UPDATE SET outcome = excluded.outcome, due_on = excluded.due_on,"
    " is_settled = excluded.is_settled, closed_on = excluded.closed_on"
)
_ENTERED: Final = (
    "INSERT INTO listings (district, listing_id, entity_id, entity_name, uscc, list_code, ground, document_no,"
    " authority, entered_on, ends_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
)
_REMOVED: Final = (
    "WITH before AS (SELECT entity_id FROM listings WHERE district = $1 AND listing_id = $2)"
    " INSERT INTO listings (district, listing_id, list_code, removed_on, removal_reason) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (district, listing_id) DO UPDATE SET entity_id = NULL, entity_name = NULL, uscc = NULL,"
    " ground = NULL, document_no = NULL, authority = NULL, removed_on = excluded.removed_on,"
    " removal_reason = excluded.removal_reason RETURNING (SELECT entity_id FROM before) AS entity_id"
)
_REPAIR: Final = (
    "INSERT INTO repairs (district, repair_id, entity_id, kind, listing_id, result_id, document_no, department,"
    " effective_on, stops_publicity) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING"
)


class NoteStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def add_opened(self, opened: Sequence[FollowUpOpened]) -> None:
        rows = [
            (self._district, f.follow_up_id, f.result_id, f.department, f.kind, f.opened_on, f.due_on) for f in opened
        ]
        await self._driver.executemany(_OPENED, rows)

    async def add_closed(self, closed: Sequence[FollowUpClosed]) -> None:
        rows = [
            (
                self._district,
                f.follow_up_id,
                f.result_id,
                f.department,
                f.kind,
                f.due_on,
                f.outcome,
                f.is_settled,
                f.closed_on,
            )
            for f in closed
        ]
        await self._driver.executemany(_CLOSED, rows)

    async def add_entered(self, entered: Sequence[ListingEntered]) -> None:
        rows = [
            (
                self._district,
                one.listing_id,
                one.entity_id,
                one.entity_name,
                one.uscc,
                one.list_code,
                one.ground,
                one.document_no,
                one.authority,
                one.entered_on,
                one.ends_on,
            )
            for one in entered
        ]
        await self._driver.executemany(_ENTERED, rows)

    async def take_down(self, removed: Sequence[ListingRemoved]) -> list[UUID]:
        """Entries that ended are no longer shown; number, list, day and reason stay. The entities they named."""
        found = [
            await self._driver.fetchval(_REMOVED, self._district, r.listing_id, r.list_code, r.removed_on, r.reason)
            for r in removed
        ]
        return [entity_id for entity_id in found if entity_id is not None]

    async def add_repairs(self, repairs: Sequence[Repair]) -> None:
        rows = [
            (
                self._district,
                one.repair_id,
                one.entity_id,
                one.kind,
                one.listing_id,
                one.result_id,
                one.document_no,
                one.department,
                one.effective_on,
                one.stops_publicity,
            )
            for one in repairs
        ]
        await self._driver.executemany(_REPAIR, rows)
