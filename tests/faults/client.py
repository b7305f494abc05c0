"""A client as clients must be: one key for one act, tried again until answered, every attempt written down."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import time
from dataclasses import dataclass
from uuid import UUID

import httpx2

from deploy.embedded.platform import EmbeddedPlatform
from shared.runtime.principal import Principal
from shared.runtime.tokens import load_private_key, sign
from tests.faults.history import Call, History

PATIENCE = 60.0
"""Seconds a client goes on trying."""
PAUSE = 0.1


class NeverAnswered(AssertionError):
    """The platform did not recover while the client had patience."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client was told, and at which attempt."""

    result_id: UUID
    key: str
    status: int
    body: bytes
    attempts: int


class Publisher:
    """Publishes as one inspector, with the token that the gateway would have signed for that officer."""

    def __init__(self, platform: EmbeddedPlatform, history: History, seed: int, who: Principal) -> None:
        self._history, self._seed, self._who = history, seed, who
        self._signing_key = load_private_key(platform.data.private_key("gateway"))
        self._began = time.monotonic()
        self._client = httpx2.AsyncClient(base_url=platform.url("results"), timeout=10, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def publish(self, result_id: UUID, key: str) -> Answer:
        """Tries until acknowledged or refused. Raises NeverAnswered."""
        deadline = time.monotonic() + PATIENCE
        for attempt in itertools.count(1):
            answer = await self._attempt(result_id, key, attempt)
            if answer is not None:
                return answer
            if time.monotonic() > deadline:
                raise NeverAnswered(f"{result_id}: {attempt} attempts, seed {self._seed}, {self._history.path}")
            await asyncio.sleep(PAUSE)
        raise AssertionError("unreachable")

    async def _attempt(self, result_id: UUID, key: str, attempt: int) -> Answer | None:
        """One request; None where its outcome is unknown or not yet decided."""
        call = Call(self._seed, round(time.monotonic() - self._began, 3), key, str(result_id), attempt, None)
        try:
            answer = await self._client.post(f"/v1/results/{result_id}/publication", headers=self._headers(key))
        except httpx2.TransportError:
            self._history.write(call)
            return None
        code = "" if answer.is_success else str(answer.json().get("code", ""))
        digest = hashlib.sha256(answer.content).hexdigest() if answer.is_success else ""
        call = Call(call.seed, call.at, key, str(result_id), attempt, answer.status_code, code, digest)
        self._history.write(call)
        if not (call.acknowledged or call.refused):
            return None
        return Answer(result_id, key, answer.status_code, answer.content, attempt)

    def _headers(self, key: str) -> dict[str, str]:
        token = sign(self._who, "gateway", "results", self._signing_key)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
