"""Both sides of a reconciliation that are ours to keep: what stands here, what was found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.exchange.domain.mapping import digest_of
from services.exchange.domain.reconciling import DatasetBalance, Difference, DifferenceKind, Here, Reconciliation
from services.exchange.domain.rows import DELETE
from shared.runtime.database import Driver

_HERE: Final = (
    "SELECT DISTINCT ON (row_key) id, row_key, version, op, body, owner_department FROM outbound_rows"
    " WHERE district = $1 AND dataset = $2 AND state = 'accepted' ORDER BY row_key, version DESC"
)
_UNDER_WAY: Final = (
    "SELECT DISTINCT row_key FROM outbound_rows WHERE district = $1 AND dataset = $2"
    " AND state IN ('staged', 'batched', 'unanswered')"
)
_HIGHEST: Final = "SELECT max(version) FROM outbound_rows WHERE district = $1 AND dataset = $2 AND row_key = $3"
_ADD: Final = (
    "INSERT INTO reconciliations (district, id, peer, day, is_balanced, balances, made_by, made_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
)
_ADD_DIFFERENCE: Final = (
    "INSERT INTO reconciliation_differences (district, reconciliation_id, owner_department, dataset, row_key, kind,"
    " row_id, here_version, there_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
)
_GET: Final = "SELECT * FROM reconciliations WHERE district = $1 AND id = $2"
_DIFFERENCES: Final = (
    "SELECT * FROM reconciliation_differences WHERE district = $1 AND reconciliation_id = $2 ORDER BY dataset, row_key"
)
_LIST: Final = (
    "SELECT * FROM reconciliations WHERE district = $1 AND ($2::text IS NULL OR peer = $2)"
    " AND ($3::date IS NULL OR day = $3) AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5"
)
_DONE: Final = "SELECT EXISTS (SELECT FROM reconciliations WHERE district = $1 AND peer = $2 AND day = $3)"


class ReconciliationStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def here(self, dataset: str) -> Mapping[str, Here]:
        """The newest accepted version of every row."""
        rows = await self._driver.fetch(_HERE, self._district, dataset)
        return {
            row["row_key"]: Here(
                row["id"],
                row["version"],
                digest_of(row["body"] or ""),
                row["owner_department"],
                row["op"] == DELETE,
            )
            for row in rows
        }

    async def under_way(self, dataset: str) -> frozenset[str]:
        rows = await self._driver.fetch(_UNDER_WAY, self._district, dataset)
        return frozenset(row["row_key"] for row in rows)

    async def highest_version(self, dataset: str, row_key: str) -> int:
        found: int | None = await self._driver.fetchval(_HIGHEST, self._district, dataset, row_key)
        return found or 0

    async def is_done(self, peer: str, day: date) -> bool:
        found: bool = await self._driver.fetchval(_DONE, self._district, peer, day)
        return found

    async def add(self, one: Reconciliation) -> None:
        balances = json.dumps([_balance_body(balance) for balance in one.balances], ensure_ascii=False)
        values = (one.id, one.peer, one.day, one.is_balanced, balances, one.made_by, one.made_at)
        await self._driver.execute(_ADD, self._district, *values)
        rows = [
            (
                self._district,
                one.id,
                found.department,
                found.dataset,
                found.row_key,
                found.kind.value,
                found.row_id,
                found.here_version,
                found.there_version,
            )
            for found in one.differences
        ]
        if rows:
            await self._driver.executemany(_ADD_DIFFERENCE, rows)

    async def get(self, reconciliation_id: UUID) -> Reconciliation | None:
        """With the differences that the caller may see."""
        row = await self._driver.fetchrow(_GET, self._district, reconciliation_id)
        if row is None:
            return None
        found = await self._driver.fetch(_DIFFERENCES, self._district, reconciliation_id)
        return _reconciliation(row, [_difference(one) for one in found])

    async def newest(
        self, peer: str | None, day: date | None, size: int, after: UUID | None
    ) -> Sequence[Reconciliation]:
        """The newest first, without differences."""
        rows = await self._driver.fetch(_LIST, self._district, peer, day, after, size)
        return [_reconciliation(row, ()) for row in rows]


def _balance_body(one: DatasetBalance) -> dict[str, Any]:
    return {
        "dataset": one.dataset,
        "department": one.department,
        "here": one.here,
        "there": one.there,
        "here_versions": one.here_versions,
        "here_digest": one.here_digest,
        "there_digest": one.there_digest,
        "kinds": {kind.value: count for kind, count in one.kinds.items()},
    }


def _balance(body: Mapping[str, Any]) -> DatasetBalance:
    versions = body["here_versions"]
    kinds = {DifferenceKind(kind): count for kind, count in body["kinds"].items()}
    return DatasetBalance(
        **{**body, "kinds": kinds, "here_versions": None if versions is None else (versions[0], versions[1])}
    )


def _difference(row: Mapping[str, Any]) -> Difference:
    return Difference(
        row["dataset"],
        row["row_key"],
        row["owner_department"],
        DifferenceKind(row["kind"]),
        row["row_id"],
        row["here_version"],
        row["there_version"],
    )


def _reconciliation(row: Mapping[str, Any], differences: Sequence[Difference]) -> Reconciliation:
    return Reconciliation(
        id=row["id"],
        peer=row["peer"],
        day=row["day"],
        balances=[_balance(body) for body in json.loads(row["balances"])],
        differences=differences,
        made_by=row["made_by"],
        made_at=row["made_at"],
    )
