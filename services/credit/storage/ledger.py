"""The write side: records locked and loaded in one statement, everything a batch of facts adds in another.

The hot path of the service, so it speaks to the driver: two round trips for a run of events, however long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.credit.domain.facts import Fact
from services.credit.domain.fold import Step
from services.credit.domain.record import CreditRecord
from services.credit.storage import ledger_rows as rows
from services.credit.storage.bulk import Bulk, Row, put_together, write
from services.credit.storage.journal import FACT, fact_of, fact_text
from services.credit.storage.snapshots import record_of
from shared.runtime.database import Driver
from shared.runtime.unit_of_work import UnitOfWork

_LOCK: Final = """
SELECT w.entity_id, r.version, r.as_of, r.score, r.credit_class, r.indicator_version, r.snapshot,
       (SELECT max(version) FROM indicator_systems WHERE district = $1) AS indicators,
       (SELECT max(version) FROM measure_catalogues WHERE district = $1) AS measures
FROM {wanted} AS w (entity_id)
LEFT JOIN LATERAL (
    SELECT version, as_of, score, credit_class, indicator_version, snapshot FROM credit_records
    WHERE district = $1 AND entity_id = w.entity_id FOR UPDATE
) AS r ON true
"""
_LOCK_MANY: Final = _LOCK.format(wanted="unnest($2::uuid[])")
# Of an array the planner guesses ten elements, finds a plan for the one it sees cheaper, and so plans every time anew.
_LOCK_ONE: Final = _LOCK.format(wanted="(SELECT $2::uuid)")
_REPLAY: Final = """
SELECT seq, payload FROM credit_journal WHERE district = $1 AND kind = $2 AND seq > $3 ORDER BY seq LIMIT $4
"""
_SAVED: Final = "refuse_stale((SELECT count(*) FROM new_credit_records), {}::bigint)"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Records that exist of those asked for, locked, and the versions of the rules in force (None: none yet)."""

    records: Sequence[CreditRecord]
    indicator_version: int | None
    measure_version: int | None


class LedgerStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def lock(self, entity_ids: Sequence[UUID]) -> Loaded:
        """Locks the records of `entity_ids` in one order for everybody, so that no two writers wait for each other."""
        if len(entity_ids) == 1:
            found = await self._driver.fetch(_LOCK_ONE, self._district, entity_ids[0])
        else:
            found = await self._driver.fetch(_LOCK_MANY, self._district, sorted(entity_ids))
        records = [record_of(row) for row in found if row["version"] is not None]
        return Loaded(records, found[0]["indicators"], found[0]["measures"])

    async def save(self, steps: Sequence[Step], now: datetime) -> None:
        """Adds what the steps made and replaces the records.

        A record that another transaction made meanwhile fails the batch as a serialization failure: it is tried again.
        """
        batch, count = _rows_of(steps)
        await write(self._driver, batch, f"SELECT {_SAVED}", self._district, now, count)

    def save_with_commit(self, steps: Sequence[Step], uow: UnitOfWork) -> None:
        """The same, sent with the last words of the commit."""
        batch, count = _rows_of(steps)
        parts, values = put_together(batch)
        uow.closing(parts, *values, count, check=_SAVED)

    async def journal(self, after: int = 0, size: int = 100_000) -> Sequence[tuple[int, Fact]]:
        """Facts of the journal behind place `after`, in the order applied, each with its place."""
        found = await self._driver.fetch(_REPLAY, self._district, FACT, after, size)
        return [(row["seq"], fact_of(row["payload"])) for row in found]


def _rows_of(steps: Sequence[Step]) -> tuple[list[tuple[Bulk, Sequence[Row]]], int]:
    """What the steps add to each table, and how many records they replace."""
    final = {step.record.entity_id: step for step in steps}
    based_on: dict[UUID, int] = {}
    for step in steps:
        based_on.setdefault(step.before.entity_id, step.before.version)
    batch: list[tuple[Bulk, Sequence[Row]]] = [
        (rows.RECORDS, [rows.record_row(final[key].record, based_on[key]) for key in sorted(final)]),
        (rows.ENTRIES, [rows.entry_row(entry) for step in steps for entry in step.entries]),
        (rows.CLASSES, [rows.class_row(step.class_change) for step in steps if step.class_change]),
        (rows.LISTINGS, [rows.listing_row(listing) for step in steps for listing in step.listings]),
        (rows.FLAGS, [rows.flag_row(flag) for step in steps for flag in step.flags]),
        (rows.JOURNAL, [_journal_row(step.fact) for step in steps]),
        (rows.SUBJECTS, rows.subject_rows(steps)),
    ]
    return batch, len(final)


def _journal_row(fact: Fact) -> Row:
    return (FACT, fact.entity_id, fact.event_id, fact_text(fact))
