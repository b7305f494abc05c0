"""Rows handed in, kept sealed as they came."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from services.exchange.domain.inbound import Content, Handed, InboundKind, InboundState, Met, fact_key
from services.exchange.domain.inbound_views import InboundFilter, InboundRow
from services.exchange.domain.mapping import Problem, canonical
from services.exchange.storage.row_columns import problems_text
from shared.runtime.database import Driver
from shared.runtime.sealed import seal_keys

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 1))"
_MET: Final = (
    "SELECT source_version, digest, state FROM inbound_rows"
    " WHERE district = $1 AND source = $2 AND kind = $3 AND source_key = $4"
)
_SAME_FACT: Final = (
    "SELECT EXISTS (SELECT FROM inbound_rows WHERE district = $1 AND fact_key = $2 AND state = 'taken'"
    " AND (source, source_key) <> ($3, $4))"
)
_ADD: Final = (
    "INSERT INTO inbound_rows (district, id, source, kind, source_key, source_version, op, fact_key, digest, content,"
    " state, problems, received_by, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
)
_GET: Final = "SELECT * FROM inbound_rows WHERE district = $1 AND id = $2"
_LIST: Final = (
    "SELECT * FROM inbound_rows WHERE district = $1 AND ($2::text IS NULL OR source = $2)"
    " AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR state = $4)"
    " AND ($5::text IS NULL OR source_key = $5) AND ($6::uuid IS NULL OR id < $6) ORDER BY id DESC LIMIT $7"
)


class InboundStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def met(self, source: str, row: Handed) -> Met:
        """What is stored of it; nobody else receives the same until the commit."""
        fact = fact_key(row)
        await self._driver.execute(_LOCK, self._district, fact or f"{source}/{row.kind.value}/{row.source_key}")
        rows = await self._driver.fetch(_MET, self._district, source, row.kind.value, row.source_key)
        states = {(one["source_version"], one["digest"]): InboundState(one["state"]) for one in rows}
        same = fact is not None and await self._driver.fetchval(
            _SAME_FACT, self._district, fact, source, row.source_key
        )
        return Met(states, bool(same))

    async def add(self, row: InboundRow) -> None:
        handed = row.handed
        await self._driver.execute(
            _ADD,
            self._district,
            row.id,
            row.source,
            handed.kind.value,
            handed.source_key,
            handed.source_version,
            handed.op,
            fact_key(handed),
            handed.digest,
            seal_keys().seal(canonical(handed.content)),
            row.state.value,
            problems_text(row.problems),
            row.received_by,
            row.received_at,
        )

    async def get(self, row_id: UUID) -> InboundRow | None:
        row = await self._driver.fetchrow(_GET, self._district, row_id)
        return None if row is None else _row(row)

    async def newest(self, wanted: InboundFilter, size: int, after: UUID | None = None) -> Sequence[InboundRow]:
        """The newest first."""
        kind = None if wanted.kind is None else wanted.kind.value
        state = None if wanted.state is None else wanted.state.value
        values = (wanted.source, kind, state, wanted.source_key)
        return [_row(row) for row in await self._driver.fetch(_LIST, self._district, *values, after, size)]


def _row(row: Mapping[str, Any]) -> InboundRow:
    content: Content = json.loads(seal_keys().open(bytes(row["content"])))
    handed = Handed(InboundKind(row["kind"]), row["source_key"], row["source_version"], row["op"], content)
    problems = tuple(Problem(*one) for one in json.loads(row["problems"]))
    return InboundRow(
        row["id"],
        row["source"],
        handed,
        InboundState(row["state"]),
        problems,
        row["received_by"],
        row["received_at"],
    )
