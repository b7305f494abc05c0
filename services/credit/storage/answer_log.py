"""The log of answers given (C5): written in the background, many at once, so that no asker waits for it.

An answer proves itself by its signature; the log is where auditors look it up. It is at most `DELAY` behind; an orderly
stop writes what is left, and a killed process loses no more than that, of answers their askers hold.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from services.credit.domain.proofs import Proof
from services.credit.domain.restrictions import KeptAnswer
from shared.runtime.database import LOST_CONNECTION, Database, Driver

DELAY: Final = 0.02
RETRY: Final = 1.0
FULL: Final = 1_000
"""Answers waiting to be written at which the next asker waits too."""
_KEEP: Final = "SELECT keep_restriction_answers($1, $2, $3, $4, $5, $6, $7, $8)"
_FIND: Final = (
    "SELECT id, asked_by, body, digest, answered_at, signature_parameters, signature"
    " FROM restriction_answers WHERE district = $1 AND id = $2"
)
_log = structlog.get_logger()


class AnswerLog:
    """One per process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[str, KeptAnswer, Proof]] = []
        self._writing: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        database.before_close.append(self.settle)

    async def keep(self, district: str, answer: KeptAnswer, proof: Proof) -> None:
        """Notes an answer to be written soon; at once when too many wait."""
        self._waiting.append((district, answer, proof))
        if len(self._waiting) >= FULL:
            await self.settle()
        elif self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_soon())

    async def settle(self) -> None:
        """Writes all that wait."""
        async with self._lock:
            taken, self._waiting = self._waiting, []
            try:
                for district in {district for district, _, _ in taken}:
                    await self._write(district, [(one, proof) for of, one, proof in taken if of == district])
            except BaseException:
                self._waiting = taken + self._waiting
                raise

    async def _write_soon(self) -> None:
        pause = DELAY
        while self._waiting:
            await asyncio.sleep(pause)
            try:
                await self.settle()
            except (asyncpg.PostgresError, *LOST_CONNECTION, OSError) as error:
                _log.error("answers.not_kept", kind=type(error).__name__, waiting=len(self._waiting))
                pause = RETRY

    async def _write(self, district: str, answers: Sequence[tuple[KeptAnswer, Proof]]) -> None:
        rows = [
            (one.id, one.asked_by, one.body.decode(), one.digest, one.answered_at, proof.parameters, proof.signature)
            for one, proof in answers
        ]
        pool = await self._database.bare()
        await pool.execute(_KEEP, district, *(list(column) for column in zip(*rows, strict=True)))


class AnswerStore:
    """Answers given, inside a transaction."""

    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def find(self, answer_id: UUID) -> KeptAnswer | None:
        row: Any = await self._driver.fetchrow(_FIND, self._district, answer_id)
        if row is None:
            return None
        proof = None if row["signature"] is None else Proof(row["signature_parameters"], row["signature"])
        return KeptAnswer(row["id"], row["asked_by"], row["body"].encode(), row["digest"], row["answered_at"], proof)
