"""Outbound rows and their receipts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.exchange.domain.batches import Judged, Outcome
from services.exchange.domain.mapping import Problem
from services.exchange.domain.outbound_views import RowFilter
from services.exchange.domain.rows import OutboundRow, RowState
from services.exchange.storage.row_columns import COLUMNS, problems_text, row_of, values_of
from shared.runtime.database import Driver

_LATEST: Final = (
    f"SELECT DISTINCT ON (row_key) {COLUMNS} FROM outbound_rows"  # noqa: S608
    " WHERE district = $1 AND dataset = $2 AND source_key = $3 ORDER BY row_key, version DESC"
)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2 || '/' || $3, 0))"
_ADD: Final = (
    f"INSERT INTO outbound_rows (district, {COLUMNS})"  # noqa: S608
    f" VALUES ({', '.join(f'${number}' for number in range(1, len(COLUMNS.split(',')) + 2))})"
)
_SUPERSEDE: Final = (
    "UPDATE outbound_rows SET state = 'superseded', settled_at = $3 WHERE district = $1 AND id = ANY ($2::uuid[])"
)
_GET: Final = f"SELECT {COLUMNS} FROM outbound_rows WHERE district = $1 AND id = $2"  # noqa: S608
_VERSIONS: Final = (
    f"SELECT {COLUMNS} FROM outbound_rows WHERE district = $1 AND dataset = $2 AND row_key = $3 ORDER BY version"  # noqa: S608
)
_BLOCKED: Final = (
    f"SELECT {COLUMNS} FROM outbound_rows WHERE district = $1 AND state = 'blocked'"  # noqa: S608
    " AND EXISTS (SELECT FROM unnest($2::text[]) AS t (id) WHERE strpos(record, t.id) > 0) ORDER BY id FOR UPDATE"
)
_OF_BATCH: Final = f"SELECT {COLUMNS} FROM outbound_rows WHERE district = $1 AND batch_id = $2 ORDER BY id"  # noqa: S608
_RECEIPT: Final = (
    "INSERT INTO receipts (district, row_id, owner_department, batch_id, outcome, receipt_no, code, message,"
    " received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
)
# A version refused when the next one is out already is nobody's work any more; its receipt is kept all the same.
_JUDGE: Final = (
    "UPDATE outbound_rows r SET state = CASE WHEN $3::text = 'rejected' AND EXISTS (SELECT FROM outbound_rows n"
    " WHERE n.district = r.district AND n.dataset = r.dataset AND n.row_key = r.row_key AND n.version > r.version)"
    " THEN 'superseded' ELSE $3::text END,"
    " problems = $4, receipt_no = $5, is_duplicate = $6, settled_at = $7 WHERE r.district = $1 AND r.id = $2"
)
_UNANSWERED: Final = (
    "UPDATE outbound_rows SET state = 'unanswered', problems = $3 WHERE district = $1 AND batch_id = $2"
    " AND state = 'batched'"
)
_AGAIN: Final = (
    "UPDATE outbound_rows SET state = 'batched', problems = '[]' WHERE district = $1 AND batch_id = $2"
    " AND state = 'unanswered'"
)
_LIST: Final = (
    f"SELECT {COLUMNS} FROM outbound_rows WHERE district = $1 AND ($2::text IS NULL OR peer = $2)"  # noqa: S608
    " AND ($3::text IS NULL OR dataset = $3) AND ($4::text[] IS NULL OR state = ANY ($4))"
    " AND ($5::text IS NULL OR owner_department = $5) AND ($6::text IS NULL OR row_key = $6 OR source_key = $6"
    " OR strpos(record, $6) > 0) AND ($7::uuid IS NULL OR id < $7) ORDER BY id DESC LIMIT $8"
)


class OutboundStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def latest(self, dataset: str, source_key: str) -> dict[str, OutboundRow]:
        """The newest version of every row of a source, by row key; nobody else stages it until the commit."""
        await self._driver.execute(_LOCK, self._district, dataset, source_key)
        rows = await self._driver.fetch(_LATEST, self._district, dataset, source_key)
        return {row["row_key"]: row_of(row) for row in rows}

    async def add(self, rows: Sequence[OutboundRow]) -> None:
        if rows:
            await self._driver.executemany(_ADD, [(self._district, *values_of(row)) for row in rows])

    async def supersede(self, ids: Sequence[UUID], now: datetime) -> None:
        if ids:
            await self._driver.execute(_SUPERSEDE, self._district, list(ids), now)

    async def get(self, row_id: UUID, *, for_update: bool = False) -> OutboundRow | None:
        found = await self._driver.fetchrow(_GET + (" FOR UPDATE" if for_update else ""), self._district, row_id)
        return None if found is None else row_of(found)

    async def versions(self, dataset: str, row_key: str) -> Sequence[OutboundRow]:
        """Every version of a row, the first first."""
        return [row_of(row) for row in await self._driver.fetch(_VERSIONS, self._district, dataset, row_key)]

    async def blocked_naming(self, ids: Sequence[UUID]) -> Sequence[OutboundRow]:
        """Blocked rows whose record names one of the ids, locked."""
        rows = await self._driver.fetch(_BLOCKED, self._district, [str(one) for one in ids])
        return [row_of(row) for row in rows]

    async def of_batch(self, batch_id: UUID) -> Sequence[OutboundRow]:
        return [row_of(row) for row in await self._driver.fetch(_OF_BATCH, self._district, batch_id)]

    async def keep_receipts(self, judged: Sequence[Judged], batch_id: UUID, now: datetime) -> None:
        """The receipts, and the states they give their rows."""
        if not judged:
            return
        receipts = [
            (
                self._district,
                one.row.id,
                one.row.owner_department,
                batch_id,
                one.receipt.outcome.value,
                one.receipt.receipt_no,
                one.receipt.code,
                one.receipt.message,
                now,
            )
            for one in judged
        ]
        await self._driver.executemany(_RECEIPT, receipts)
        await self._driver.executemany(_JUDGE, [_judgement(self._district, one, now) for one in judged])

    async def mark_unanswered(self, batch_id: UUID, why: Problem) -> None:
        await self._driver.execute(_UNANSWERED, self._district, batch_id, problems_text([why]))

    async def wait_again(self, batch_id: UUID) -> None:
        await self._driver.execute(_AGAIN, self._district, batch_id)

    async def newest(self, wanted: RowFilter, size: int, after: UUID | None = None) -> Sequence[OutboundRow]:
        """The newest first."""
        states = None if wanted.states is None else [state.value for state in wanted.states]
        values = (wanted.peer, wanted.dataset, states, wanted.department, wanted.q)
        rows = await self._driver.fetch(_LIST, self._district, *values, after, size)
        return [row_of(row) for row in rows]


def _judgement(district: str, one: Judged, now: datetime) -> tuple[object, ...]:
    problems = []
    if one.state is RowState.REJECTED:
        code = one.receipt.code or "rejected"
        problems = [Problem(code, None, f"对方系统退回：{one.receipt.message or code}")]
    is_duplicate = one.receipt.outcome is Outcome.DUPLICATE
    return (
        district,
        one.row.id,
        one.state.value,
        problems_text(problems),
        one.receipt.receipt_no,
        is_duplicate,
        now,
    )
