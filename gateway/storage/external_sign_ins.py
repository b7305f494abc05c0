"""Sign-ins that are under way at the issuer of people; a replica begins one, any replica ends it, once."""

from __future__ import annotations

import hashlib

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.external import UNDER_WAY_MINUTES


class ExternalSignInStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def begin(self, district: str, state: str, sealed: bytes) -> None:
        """`sealed`: nonce and verifier. Those that nobody ended are swept on the way."""
        await self._connection.execute(
            text("DELETE FROM external_sign_ins WHERE begun_at < clock_timestamp() - make_interval(mins => :minutes)"),
            {"minutes": UNDER_WAY_MINUTES},
        )
        await self._connection.execute(
            text("INSERT INTO external_sign_ins (state_digest, district, sealed) VALUES (:digest, :district, :sealed)"),
            {"digest": _digest(state), "district": district, "sealed": sealed},
        )

    async def end(self, state: str) -> bytes | None:
        """What was kept under the state, and nothing the second time or too late."""
        found = await self._connection.execute(
            text(
                "DELETE FROM external_sign_ins WHERE state_digest = :digest"
                " AND begun_at > clock_timestamp() - make_interval(mins => :minutes) RETURNING sealed"
            ),
            {"digest": _digest(state), "minutes": UNDER_WAY_MINUTES},
        )
        sealed = found.scalar_one_or_none()
        return None if sealed is None else bytes(sealed)


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
