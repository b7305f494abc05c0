"""The write side: records locked and loaded in one statement, everything a batch of facts adds in another.

The hot path of the service, so it speaks to the driver: two round trips for a run of events, however long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.credit.domain.record import CreditRecord
from services.credit.domain.step import Step
from services.credit.storage import ledger_rows as rows
from services.credit.storage.bulk import Bulk, Row, put_together, write
from services.credit.storage.journal import input_text
from services.credit.storage.snapshots import record_of
from shared.runtime.database import Driver
from shared.runtime.unit_of_work import UnitOfWork

_LOCK: Final = """
SELECT w.entity_id, r.version, r.as_of, r.score, r.credit_class, r.indicator_version, r.snapshot,
       r.due_on, r.observed_form, r.observed_from, r.observed_before,
       (SELECT max(version) FROM indicator_systems WHERE district = $1) AS indicators,
       (SELECT max(version) FROM measure_catalogues WHERE district = $1) AS measures
FROM {wanted} AS w (entity_id)
LEFT JOIN LATERAL (
    SELECT version, as_of, score, credit_class, indicator_version, snapshot, due_on, observed_form, observed_from,
           observed_before FROM credit_records
    WHERE district = $1 AND entity_id = w.entity_id FOR UPDATE
) AS r ON true
"""
_LOCK_MANY: Final = _LOCK.format(wanted="unnest($2::uuid[])")
# Of an array the planner guesses ten elements, finds a plan for the one it sees cheaper, and so plans every time anew.
_LOCK_ONE: Final = _LOCK.format(wanted="(SELECT $2::uuid)")
_DUE: Final = """
SELECT entity_id, due_on FROM credit_records WHERE district = $1 AND due_on <= $2 ORDER BY due_on, entity_id LIMIT $3
"""
_RATED_BEFORE: Final = """
SELECT entity_id FROM credit_records WHERE district = $1 AND indicator_version < $2 ORDER BY entity_id LIMIT $3
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

    async def due(self, day: date, size: int) -> Sequence[tuple[UUID, date]]:
        """Entities of which a window or term is over by `day`, each with the day on which it was; the earliest first.
        Reads the table through: no index on a column that every fact moves."""
        return [(row["entity_id"], row["due_on"]) for row in await self._driver.fetch(_DUE, self._district, day, size)]

    async def rated_before(self, version: int, size: int) -> Sequence[UUID]:
        """Entities whose record was rated by an earlier version of the indicator system."""
        found = await self._driver.fetch(_RATED_BEFORE, self._district, version, size)
        return [row["entity_id"] for row in found]


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
        (rows.JOURNAL, [journal_row(step) for step in steps]),
        (rows.SUBJECTS, rows.subject_rows(steps)),
    ]
    return batch, len(final)


def journal_row(step: Step) -> Row:
    cause, rules = step.cause, step.rules
    text = input_text(cause)
    return (cause.KIND, cause.entity_id, cause.event_id, text, rules.indicators.version, rules.measures.version)
