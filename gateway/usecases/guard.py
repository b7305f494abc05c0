"""What the door asks of each caller: is the client still open, was the token taken back, is there allowance left.

Answers are remembered for less than the minute in which a revocation must bite (SEC16): clients and verified tokens for
`TRUSTED_SECONDS` at most, and `watch` looks every few seconds for what was changed or taken back. Where the database
cannot be asked, allowances are counted at this replica alone; who a caller is, and whether a nonce is new, is never
guessed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import asyncpg
import structlog

from gateway.domain.clients import Client
from gateway.domain.limits import DAY, MINUTE, Purse, Window, portion_of, refusal
from gateway.domain.policy import StandingUnknown
from gateway.domain.signing import (
    NonceReused,
    Signature,
    SignatureWrong,
    assert_fresh,
    is_signed_by,
)
from gateway.storage.shared_counts import SharedCounts
from shared.runtime.database import LOST_CONNECTION
from shared.runtime.sealed import seal_keys

TRUSTED_SECONDS: Final = 20.0
LOOK_SECONDS: Final = 3.0
_BLIND_SECONDS: Final = 45.0
"""How long the last look at revocations is good when the next ones fail."""
_SWEEP_SECONDS: Final = 60.0
_REMEMBERED: Final = 10_000
CLIENT_SUBJECT: Final = "client:"
_NO_SECRET: Final = b"nobody signs with this"
FAILED: Final = (*LOST_CONNECTION, asyncpg.PostgresError, OSError, TimeoutError)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client as it was at `seen` (seconds of the process's clock), with its secrets opened."""

    client: Client | None
    secrets: tuple[bytes, ...]
    seen: float


@dataclass
class Guard:
    """One per process of the door."""

    counts: SharedCounts
    local_per_minute: int
    token_seconds: int
    _clients: dict[str, KnownClient] = field(default_factory=dict)
    _purses: dict[tuple[str, int], Purse] = field(default_factory=dict)
    _revoked: Mapping[str, float] = field(default_factory=dict)
    _looked: float = 0.0

    # Clients

    async def client(self, client_id: str) -> KnownClient:
        """Raises StandingUnknown where nobody can be asked."""
        known = self._clients.get(client_id)
        if known is not None and time.monotonic() - known.seen < TRUSTED_SECONDS:
            return known
        try:
            client = await self.counts.client(client_id)
        except FAILED as error:
            raise StandingUnknown from error
        if len(self._clients) >= _REMEMBERED:
            self._clients.clear()
        known = self._clients[client_id] = KnownClient(client, _opened(client), time.monotonic())
        return known

    async def signed(self, signature: Signature) -> Client:
        """The client that signed. Raises SignatureStale, SignatureWrong, NonceReused, StandingUnknown."""
        now = time.time()
        assert_fresh(signature, now)
        known = await self.client(signature.parts.client_id)
        fits = [is_signed_by(signature, secret) for secret in known.secrets or (_NO_SECRET,)]
        client = known.client
        if client is None or not client.is_active or not any(fits):
            raise SignatureWrong
        try:
            is_new = await self.counts.use_nonce(client.client_id, signature.parts.nonce)
        except FAILED as error:
            raise StandingUnknown from error
        if not is_new:
            raise NonceReused
        return client

    # Revocations

    def is_revoked(self, subject: str, issued_at: float) -> bool:
        """Whether a token issued then was taken back since. Raises StandingUnknown when nobody has looked for long."""
        if time.monotonic() - self._looked > _BLIND_SECONDS:
            raise StandingUnknown
        revoked_at = self._revoked.get(subject)
        return revoked_at is not None and issued_at <= revoked_at

    async def look(self) -> None:
        """Reads what was taken back; clients that changed since the last look are read anew when they come."""
        found = await self.counts.revoked(self.token_seconds + 60)
        for subject in {subject for subject, at in found.items() if self._revoked.get(subject) != at}:
            self._clients.pop(subject.removeprefix(CLIENT_SUBJECT), None)
        self._revoked = found
        self._looked = time.monotonic()

    async def watch(self) -> None:
        """Looks at revocations and sweeps, until cancelled."""
        swept = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
                if time.monotonic() - swept > _SWEEP_SECONDS:
                    swept = time.monotonic()
                    await self.counts.sweep()
            except FAILED as error:
                _log.warning("door.cannot_look", kind=type(error).__name__)

    # Allowances

    async def spend(self, client: Client) -> None:
        """One request of a client, counted over all replicas. Raises RateExceeded or QuotaExceeded."""
        now = time.time()
        for seconds, limit in ((MINUTE, client.allowance.per_minute), (DAY, client.allowance.per_day)):
            purse = self._purse(client.client_id, seconds, now)
            if not purse.spend():
                if not purse.is_exhausted:
                    purse.receive(await self._take(client.client_id, purse, limit))
                if not purse.spend():
                    raise refusal(purse.window, limit, now)

    def spend_locally(self, caller: str) -> None:
        """One request of an officer or of an address, counted at this replica. Raises RateExceeded."""
        now = time.time()
        purse = self._purse(caller, MINUTE, now, self.local_per_minute)
        if not purse.spend():
            raise refusal(purse.window, self.local_per_minute, now)

    def _purse(self, caller: str, seconds: int, now: float, held: int = 0) -> Purse:
        purse = self._purses.get((caller, seconds))
        if purse is None or purse.window.number != now // seconds:
            if len(self._purses) >= _REMEMBERED:
                self._purses.clear()
            purse = self._purses[caller, seconds] = Purse(Window.at(seconds, now), held)
        return purse

    async def _take(self, subject: str, purse: Purse, limit: int) -> int:
        portion = portion_of(limit)
        try:
            return await self.counts.take(subject, purse.window, portion, limit)
        except FAILED as error:
            _log.warning("door.counts_alone", kind=type(error).__name__)
            return max(0, min(portion, limit - purse.taken))


def _opened(client: Client | None) -> tuple[bytes, ...]:
    if client is None:
        return ()
    secrets = client.secrets_at(datetime.now(UTC))  # noqa: TID251 - the wall clock bounds an age, no date of the domain
    return tuple(seal_keys().open(secret.sealed).encode() for secret in secrets if secret.sealed is not None)
