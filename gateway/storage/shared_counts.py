"""What all replicas of the door know together: nonces used, allowances spent, tokens taken back. A statement a call,
outside any transaction; functions of the database set the district themselves."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.domain.clients import Client
from gateway.domain.limits import Window
from gateway.domain.signing import WINDOW_SECONDS
from gateway.storage.clients import client_of
from shared.runtime.database import Database

_NONCE_KEPT = 2 * WINDOW_SECONDS + 60
"""A request signed five minutes ahead is good for ten: its nonce must be remembered longer than that."""


class SharedCounts:
    def __init__(self, database: Database, district: str) -> None:
        self._database, self._district = database, district

    async def use_nonce(self, client_id: str, nonce: str) -> bool:
        """False where this client has used it before, at whichever replica."""
        pool = await self._database.bare()
        is_new: bool = await pool.fetchval(
            "SELECT use_nonce($1, $2, $3, $4)", self._district, client_id, nonce, _NONCE_KEPT
        )
        return is_new

    async def take(self, subject: str, window: Window, wanted: int, most: int) -> int:
        """How much of `wanted` is still free under `most`; it is then spent for everybody."""
        pool = await self._database.bare()
        granted: int = await pool.fetchval(
            "SELECT take_allowance($1, $2, $3, $4, $5, $6)",
            self._district,
            subject,
            window.seconds,
            window.number,
            wanted,
            most,
        )
        return granted

    async def client(self, client_id: str) -> Client | None:
        pool = await self._database.bare()
        row = await pool.fetchrow("SELECT * FROM known_client($1, $2)", self._district, client_id)
        return None if row is None else client_of(row)

    async def revoked(self, seconds: int) -> Mapping[str, float]:
        """Subject → Unix time before which its tokens are worthless, of the last `seconds`."""
        pool = await self._database.bare()
        rows = await pool.fetch("SELECT subject, at FROM revoked_since($1, $2)", self._district, seconds)
        return {row["subject"]: row["at"] for row in rows}

    async def sweep(self) -> None:
        """Forgets nonces and windows whose time is over."""
        pool = await self._database.bare()
        await pool.execute("SELECT sweep_door($1)", self._district)
