"""Batches: made of staged rows, taken when due, moved on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from services.exchange.domain.batches import MAX_ROWS, Batch, BatchState
from services.exchange.domain.outbound_views import BatchFilter
from services.exchange.domain.rows import OutboundRow
from services.exchange.storage.row_columns import COLUMNS, row_of
from shared.runtime.database import Driver

_COLUMNS: Final = (
    "id, peer, dataset, schema_version, number, state, row_count, digest, attempts, made_at, due_at, waiting_since,"
    " last_error, settled_at"
)
_WAITING: Final = (
    "SELECT DISTINCT dataset FROM outbound_rows WHERE district = $1 AND state = 'staged' AND peer = ANY ($2::text[])"
)
_NEXT: Final = (
    f"SELECT {COLUMNS} FROM outbound_rows AS r WHERE district = $1 AND dataset = $2 AND state = 'staged'"  # noqa: S608
    " AND NOT EXISTS (SELECT FROM outbound_rows AS e WHERE e.district = r.district AND e.dataset = r.dataset"
    " AND e.row_key = r.row_key AND e.version < r.version AND e.state IN ('staged', 'batched'))"
    f" ORDER BY id LIMIT {MAX_ROWS} FOR UPDATE SKIP LOCKED"
)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1 || '/batches', 0))"
_SEQUENCE: Final = "SELECT coalesce(max(sequence), 0) + 1 FROM batches WHERE district = $1 AND made_on = $2"
_ADD: Final = (
    "INSERT INTO batches (district, id, peer, dataset, schema_version, number, state, row_count, digest, made_on,"
    " sequence, made_at, due_at, waiting_since)"
    " VALUES ($1, $2, $3, $4, $5, $6, 'ready', $7, $8, $9, $10, $11, $11, $11)"
)
_PUT: Final = "UPDATE outbound_rows SET state = 'batched', batch_id = $3 WHERE district = $1 AND id = ANY ($2::uuid[])"
_TAKE: Final = (
    f"SELECT {_COLUMNS} FROM batches WHERE district = $1 AND due_at <= $2 AND state IN ('ready', 'unknown',"  # noqa: S608
    " 'delivered') AND peer = ANY ($3::text[]) ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED"
)
_MOVE: Final = (
    "UPDATE batches SET state = $3, attempts = $4, due_at = $5, waiting_since = $6, last_error = $7,"
    " settled_at = $8"
    " WHERE district = $1 AND id = $2"
)
_GET: Final = f"SELECT {_COLUMNS} FROM batches WHERE district = $1 AND id = $2"  # noqa: S608
_LIST: Final = (
    f"SELECT {_COLUMNS} FROM batches WHERE district = $1 AND ($2::text IS NULL OR peer = $2)"  # noqa: S608
    " AND ($3::text IS NULL OR dataset = $3) AND ($4::text IS NULL OR state = $4)"
    " AND ($5::uuid IS NULL OR id < $5) ORDER BY id DESC LIMIT $6"
)


class BatchStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def datasets_waiting(self, peers: Sequence[str]) -> Sequence[str]:
        rows = await self._driver.fetch(_WAITING, self._district, list(peers))
        return [row["dataset"] for row in rows]

    async def next_rows(self, dataset: str) -> Sequence[OutboundRow]:
        """Staged rows, the oldest first, none before an earlier version of its key is settled. They are locked."""
        return [row_of(row) for row in await self._driver.fetch(_NEXT, self._district, dataset)]

    async def next_sequence(self, made_on: date) -> int:
        """The day's next number; nobody else takes one until the commit."""
        await self._driver.execute(_LOCK, self._district)
        found: int = await self._driver.fetchval(_SEQUENCE, self._district, made_on)
        return found

    async def add(self, batch: Batch, made_on: date, sequence: int, rows: Sequence[OutboundRow]) -> None:
        values = (batch.id, batch.peer, batch.dataset, batch.schema, batch.number, batch.row_count, batch.digest)
        await self._driver.execute(_ADD, self._district, *values, made_on, sequence, batch.made_at)
        await self._driver.execute(_PUT, self._district, [row.id for row in rows], batch.id)

    async def take_due(self, peers: Sequence[str], now: datetime) -> Batch | None:
        """One batch that is due, locked until the commit."""
        row = await self._driver.fetchrow(_TAKE, self._district, now, list(peers))
        return None if row is None else _batch(row)

    async def get(self, batch_id: UUID, *, for_update: bool = False) -> Batch | None:
        row = await self._driver.fetchrow(_GET + (" FOR UPDATE" if for_update else ""), self._district, batch_id)
        return None if row is None else _batch(row)

    async def move(self, batch: Batch, now: datetime, error: str | None = None) -> None:
        """Saves state, attempts and when it is due."""
        over = now if batch.state in (BatchState.SETTLED, BatchState.STUCK) else None
        values = (batch.state.value, batch.attempts, batch.due_at, batch.waiting_since, error, over)
        await self._driver.execute(_MOVE, self._district, batch.id, *values)

    async def newest(
        self, wanted: BatchFilter, size: int, after: UUID | None = None
    ) -> Sequence[tuple[Batch, str | None, datetime | None]]:
        """The newest first, with the last error and when each was settled."""
        values = (wanted.peer, wanted.dataset, wanted.state)
        rows = await self._driver.fetch(_LIST, self._district, *values, after, size)
        return [(_batch(row), row["last_error"], row["settled_at"]) for row in rows]


def _batch(row: Mapping[str, Any]) -> Batch:
    return Batch(
        id=row["id"],
        peer=row["peer"],
        dataset=row["dataset"],
        schema=row["schema_version"],
        number=row["number"],
        state=BatchState(row["state"]),
        row_count=row["row_count"],
        digest=row["digest"],
        attempts=row["attempts"],
        made_at=row["made_at"],
        due_at=row["due_at"],
        waiting_since=row["waiting_since"],
    )
