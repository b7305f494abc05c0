"""The mock province's own database: rows received, batches and their receipts, its faults."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from demo.province.judging import ACCEPTED, DUPLICATE, Faults, Known, Sent, Verdict, dice, judge

_TABLES = """
CREATE TABLE IF NOT EXISTS received (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel text NOT NULL, batch text NOT NULL, dataset text NOT NULL, row_key text NOT NULL, version integer NOT NULL,
    op text NOT NULL, org_code text NOT NULL, digest text NOT NULL, body text NOT NULL, outcome text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX IF NOT EXISTS ix_received_key ON received (dataset, row_key);
CREATE TABLE IF NOT EXISTS conflicts (
    dataset text NOT NULL, row_key text NOT NULL, version integer NOT NULL, digest text NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    batch text PRIMARY KEY, receipts text NOT NULL, ready_at timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS faults (id boolean PRIMARY KEY DEFAULT true CHECK (id), body text NOT NULL);
"""
_COUNTS = """
SELECT dataset, count(*) AS stored, count(DISTINCT (row_key, version)) AS versions,
    count(DISTINCT (row_key, version)) FILTER (WHERE outcome = 'accepted') AS accepted,
    count(DISTINCT (row_key, version)) FILTER (WHERE outcome = 'rejected') AS rejected,
    count(DISTINCT row_key) FILTER (WHERE outcome = 'accepted') AS keys
FROM received GROUP BY 1 ORDER BY 1
"""
_STANDING = """
SELECT row_key, version, op, org_code, digest, copies FROM (
    SELECT DISTINCT ON (row_key) row_key, version, op, org_code, digest,
        count(*) OVER (PARTITION BY row_key, version) AS copies
    FROM received WHERE dataset = $1 AND outcome = 'accepted' ORDER BY row_key, version DESC) AS newest
WHERE op <> 'D' ORDER BY row_key
"""


class Book:
    """One writer at a time, as such systems are."""

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool, self._turn = pool, asyncio.Lock()

    @classmethod
    async def open(cls, url: str) -> Book:
        pool = await asyncpg.create_pool(url, min_size=1, max_size=4)
        await pool.execute(_TABLES)
        return cls(pool)

    async def close(self) -> None:
        await self._pool.close()

    async def faults(self) -> Faults:
        body = await self._pool.fetchval("SELECT body FROM faults")
        return Faults() if body is None else Faults.model_validate_json(body)

    async def set_faults(self, faults: Faults) -> None:
        await self._pool.execute(
            "INSERT INTO faults (body) VALUES ($1) ON CONFLICT (id) DO UPDATE SET body = EXCLUDED.body",
            faults.model_dump_json(),
        )

    async def take(self, channel: str, batch: str, dataset: str, schema: str, rows: Sequence[Sent]) -> None:
        """Judges a batch once; taking it again changes nothing, but a version with other content is noted down."""
        faults = await self.faults()
        async with self._turn, self._pool.acquire() as connection, connection.transaction():
            for row in rows:
                await self._note_conflict(connection, dataset, row)
            if await connection.fetchval("SELECT true FROM answers WHERE batch = $1", batch):
                return
            verdicts = [await self._judge(connection, channel, batch, (dataset, schema, row), faults) for row in rows]
            now: datetime = await connection.fetchval("SELECT now()")
            receipts = [_receipt(batch, number, verdict) for number, verdict in enumerate(verdicts, start=1)]
            await connection.execute(
                "INSERT INTO answers (batch, receipts, ready_at) VALUES ($1, $2, $3)",
                batch,
                json.dumps(receipts, ensure_ascii=False),
                now + timedelta(seconds=faults.late_seconds),
            )

    async def _note_conflict(self, connection: Any, dataset: str, row: Sent) -> None:
        await connection.execute(
            "INSERT INTO conflicts SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT FROM received"
            " WHERE dataset = $1 AND row_key = $2 AND version = $3 AND digest <> $4)",
            dataset,
            row.row_key,
            row.version,
            row.digest,
        )

    async def _judge(
        self, connection: Any, channel: str, batch: str, what: tuple[str, str, Sent], faults: Faults
    ) -> Verdict:
        dataset, schema, row = what
        known = await connection.fetch(
            "SELECT version, digest FROM received WHERE dataset = $1 AND row_key = $2", dataset, row.row_key
        )
        verdict = judge(row, dataset, schema, Known({one["version"]: one["digest"] for one in known}), faults)
        copies = 0 if verdict.outcome == DUPLICATE else 1
        if verdict.outcome == ACCEPTED and dice(f"twice/{faults.salt}/{row.row_key}/{row.version}", faults.twice_ppm):
            copies = 2
        body = json.dumps(row.body, ensure_ascii=False)
        values = (channel, batch, dataset, row.row_key, row.version, row.op, row.org_code, row.digest, body)
        for _ in range(copies):
            await connection.execute(
                "INSERT INTO received (channel, batch, dataset, row_key, version, op, org_code, digest, body, outcome)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                *values,
                verdict.outcome,
            )
        return verdict

    async def answer(self, batch: str) -> list[dict[str, Any]] | bool:
        """The receipts of a batch; True: it has the batch and is not ready; False: it never met it."""
        row = await self._pool.fetchrow(
            "SELECT receipts, ready_at <= now() AS is_ready FROM answers WHERE batch = $1", batch
        )
        if row is None:
            return False
        receipts: list[dict[str, Any]] = json.loads(row["receipts"])
        return receipts if row["is_ready"] else True

    async def counts(self) -> dict[str, Any]:
        datasets = {row["dataset"]: dict(list(row.items())[1:]) for row in await self._pool.fetch(_COUNTS)}
        return {"datasets": datasets, "conflicts": await self._pool.fetchval("SELECT count(*) FROM conflicts")}

    async def standing(self, dataset: str) -> list[dict[str, Any]]:
        """The newest accepted version of every row that was not deleted; `copies`: how often it is stored."""
        return [dict(row) for row in await self._pool.fetch(_STANDING, dataset)]


def _receipt(batch: str, number: int, verdict: Verdict) -> dict[str, Any]:
    return {
        "row_key": verdict.row.row_key,
        "version": verdict.row.version,
        "outcome": verdict.outcome,
        "receipt_no": f"{batch}-{number:03d}",
        "code": verdict.code,
        "message": verdict.message,
    }
