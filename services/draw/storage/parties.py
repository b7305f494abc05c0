"""What parties and sources gave: commits, shares (sealed until the list closes), beacon values with their provenance;
and what one asked for and another has to approve."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.ceremony import Hand, VoidRequest
from services.draw.domain.documents import Share
from services.draw.domain.published import Provenance
from shared.runtime.sealed import seal_keys

_HAND_OVER: Final = text(
    "INSERT INTO party_commits (district, draw_id, party, commit_value, witness, handed_at)"
    " VALUES (current_setting('ssj.district'), :draw_id, :party, :commit, :witness, :at)"
    " ON CONFLICT (district, draw_id, party) DO UPDATE SET commit_value = excluded.commit_value,"
    "  handed_at = excluded.handed_at WHERE party_commits.witness = excluded.witness"
)
_HANDS: Final = text("SELECT party, commit_value, witness FROM party_commits WHERE draw_id = :draw_id ORDER BY party")
_REVEAL: Final = text(
    "INSERT INTO party_shares (district, draw_id, party, value, revealed_at)"
    " VALUES (current_setting('ssj.district'), :draw_id, :party, :value, :at) ON CONFLICT DO NOTHING"
)
_SHARES: Final = text("SELECT party, value FROM party_shares WHERE draw_id = :draw_id ORDER BY party")
_WHO_REVEALED: Final = text("SELECT party FROM party_shares WHERE draw_id = :draw_id ORDER BY party")
_BEACON: Final = text(
    "INSERT INTO beacon_values (district, draw_id, beacon_id, value, provenance, entered_by, entered_at)"
    " VALUES (current_setting('ssj.district'), :draw_id, :id, :value, :provenance, :by, :at)"
)
_PROVENANCES: Final = text(
    "SELECT beacon_id, value, provenance, entered_by, entered_at FROM beacon_values WHERE draw_id = :draw_id"
    " ORDER BY beacon_id"
)
_REQUEST_VOID: Final = text(
    "INSERT INTO void_requests (district, draw_id, reason, requested_by, requested_at)"
    " VALUES (current_setting('ssj.district'), :draw_id, :reason, :by, :at)"
    " ON CONFLICT (district, draw_id) DO UPDATE SET reason = excluded.reason, requested_by = excluded.requested_by,"
    "  requested_at = excluded.requested_at"
)
_VOID_REQUEST: Final = text("SELECT reason, requested_by, requested_at FROM void_requests WHERE draw_id = :draw_id")


class PartyStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hand_over(self, draw_id: UUID, hand: Hand, at: datetime) -> bool:
        """Keeps or replaces the party's commit. False if another account has come first."""
        values = {"draw_id": draw_id, "party": hand.party, "commit": hand.commit, "witness": hand.witness, "at": at}
        return (await self._connection.execute(_HAND_OVER, values)).rowcount == 1

    async def hands(self, draw_id: UUID) -> list[Hand]:
        rows = await self._connection.execute(_HANDS, {"draw_id": draw_id})
        return [Hand(row.party, bytes(row.commit_value), row.witness) for row in rows]

    async def reveal(self, draw_id: UUID, share: Share, at: datetime) -> None:
        """Keeps the share out of everybody's sight; the same share given again changes nothing."""
        sealed = seal_keys().seal(share.value.hex())
        values = {"draw_id": draw_id, "party": share.party, "value": sealed, "at": at}
        await self._connection.execute(_REVEAL, values)

    async def shares(self, draw_id: UUID) -> tuple[Share, ...]:
        rows = await self._connection.execute(_SHARES, {"draw_id": draw_id})
        return tuple(Share(row.party, bytes.fromhex(seal_keys().open(bytes(row.value)))) for row in rows)

    async def who_revealed(self, draw_id: UUID) -> list[str]:
        return list((await self._connection.execute(_WHO_REVEALED, {"draw_id": draw_id})).scalars())

    async def keep_beacons(self, draw_id: UUID, values: Sequence[Provenance]) -> None:
        rows = [
            {
                "draw_id": draw_id,
                "id": value.beacon_id,
                "value": value.value,
                "provenance": value.provenance,
                "by": value.entered_by,
                "at": value.entered_at,
            }
            for value in values
        ]
        if rows:
            await self._connection.execute(_BEACON, rows)

    async def provenances(self, draw_id: UUID) -> list[Provenance]:
        return [Provenance(*row) for row in await self._connection.execute(_PROVENANCES, {"draw_id": draw_id})]

    async def request_void(self, draw_id: UUID, request: VoidRequest) -> None:
        values = {"draw_id": draw_id, "reason": request.reason, "by": request.requested_by}
        await self._connection.execute(_REQUEST_VOID, values | {"at": request.requested_at})

    async def void_request(self, draw_id: UUID) -> VoidRequest | None:
        row = (await self._connection.execute(_VOID_REQUEST, {"draw_id": draw_id})).one_or_none()
        return None if row is None else VoidRequest(*row)
