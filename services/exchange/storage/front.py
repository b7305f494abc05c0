"""The front database (前置库): rows laid out for a peer that reads them with its own role, receipts it writes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.exchange.domain.batches import Batch, Outcome, Receipt
from services.exchange.domain.rows import OutboundRow
from shared.runtime.database import Driver

_PLACE: Final = (
    "INSERT INTO front_rows (district, batch_number, row_key, version, peer, dataset, schema_version, op, org_code,"
    " region, body, row_digest, placed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    " ON CONFLICT DO NOTHING"
)
_IS_PLACED: Final = "SELECT EXISTS (SELECT FROM front_rows WHERE district = $1 AND batch_number = $2)"
_RECEIPTS: Final = (
    "SELECT row_key, version, outcome, receipt_no, code, message FROM front_receipts"
    " WHERE district = $1 AND batch_number = $2"
)
OUTCOMES: Final = frozenset(outcome.value for outcome in Outcome)


class FrontStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def place(self, batch: Batch, rows: Sequence[OutboundRow], region: str, now: datetime) -> None:
        """Lays a batch out; placing it again changes nothing."""
        laid = [
            (
                self._district,
                batch.number,
                row.row_key,
                row.version,
                batch.peer,
                batch.dataset,
                batch.schema,
                row.op,
                row.owner_department,
                region,
                row.body,
                row.digest,
                now,
            )
            for row in rows
        ]
        await self._driver.executemany(_PLACE, laid)

    async def is_placed(self, number: str) -> bool:
        found: bool = await self._driver.fetchval(_IS_PLACED, self._district, number)
        return found

    async def receipts(self, number: str) -> Sequence[Receipt]:
        """What the peer wrote so far; lines with an outcome nobody agreed on are left out."""
        rows = await self._driver.fetch(_RECEIPTS, self._district, number)
        return [
            Receipt(row["row_key"], row["version"], Outcome(row["outcome"]), *list(row)[3:])
            for row in rows
            if row["outcome"] in OUTCOMES
        ]
