"""Rebuild everything that follows from the journal beside what is there, compare, and swap (B7, REL7).

Writers wait meanwhile, readers do not. Inputs are read by entity, in the order applied, so that memory is that of one
entity, not of the district.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import asyncpg

from services.credit.domain.fold import apply
from services.credit.domain.record import CreditRecord, Rules
from services.credit.storage import ledger_rows as rows
from services.credit.storage.bulk import Bulk, Row
from services.credit.storage.journal_store import JournalReader, Line
from services.credit.storage.shadow import DERIVED, Shadow
from shared.runtime.database import Driver

AT_ONCE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """`differences`: rows, by table, that one side has and the other has not."""

    districts: int
    inputs: int
    differences: dict[str, int]
    swapped: bool

    @property
    def is_same(self) -> bool:
        return not any(self.differences.values())

    def told(self) -> str:
        """For the operator."""
        same = "与现有数据逐行一致"
        if not self.is_same:
            found = "、".join(f"{table} {count} 行" for table, count in self.differences.items() if count)
            same = f"与现有数据不一致：{found}"
        return f"{self.districts} 个区、{self.inputs} 条日志已重建，{same}，{'已替换' if self.swapped else '未替换'}"


async def rebuild_at(dsn: str, *, compare: bool = True, swap: bool = True) -> Rebuilt:
    """The same over a connection of its own under the owner's address."""
    driver = await asyncpg.connect(dsn.replace("postgresql+asyncpg", "postgresql"))
    try:
        return await rebuild(driver, compare=compare, swap=swap)
    finally:
        await driver.close()


async def rebuild(driver: Driver, *, compare: bool = True, swap: bool = True) -> Rebuilt:
    """Over the owner's connection. With `compare`, what is there stays where it differs. Raises SwapRefused."""
    transaction = driver.transaction()
    await transaction.start()
    try:
        with _uncollected():
            rebuilt = await _rebuild(driver, compare, swap)
    except BaseException:
        await transaction.rollback()
        raise
    if rebuilt.swapped:
        await transaction.commit()
    else:
        await transaction.rollback()
    return rebuilt


@contextmanager
def _uncollected() -> Iterator[None]:
    """The fold makes no cycles; the collector would only walk the rows in hand again and again, at half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


async def _rebuild(driver: Driver, compare: bool, swap: bool) -> Rebuilt:
    shadow, reader = Shadow(driver), JournalReader(driver)
    await shadow.make()
    inputs, differences = 0, {bulk.table: 0 for bulk in DERIVED}
    districts = await reader.districts()
    for district in districts:
        await reader.enter(district)
        inputs += await _rebuild_district(district, reader, shadow)
        if compare:
            for table, count in (await shadow.differences()).items():
                differences[table] += count
    swap = swap and not any(differences.values())
    if swap:
        await shadow.finish()
        await shadow.swap()
    return Rebuilt(len(districts), inputs, differences, swap)


async def _rebuild_district(district: str, reader: JournalReader, shadow: Shadow) -> int:
    """Returns the number of inputs."""
    rules = await reader.rules()
    count = 0
    batch = _Batch(district)
    async for lines in _by_entity(reader):
        count += len(lines)
        batch.fold(lines, rules)
        if batch.size >= AT_ONCE:
            await batch.store(shadow)
    await batch.store(shadow)
    return count


async def _by_entity(reader: JournalReader) -> AsyncIterator[Sequence[Line]]:
    """The inputs of one entity after the other."""
    own: list[Line] = []
    async for line in reader.lines():
        if own and line.cause.entity_id != own[0].cause.entity_id:
            yield own
            own = []
        own.append(line)
    if own:
        yield own


class _Batch:
    """Rows made and not yet stored."""

    def __init__(self, district: str) -> None:
        self._district = district
        self._made: dict[str, list[Row]] = {bulk.table: [] for bulk in DERIVED}
        self.size = 0

    def fold(self, lines: Sequence[Line], rules: dict[tuple[int, int], Rules]) -> None:
        """All that one entity's inputs amount to."""
        record = CreditRecord(lines[0].cause.entity_id)
        based_on = 0
        made = self._made
        for line in lines:
            step = apply(record, line.cause, rules[line.indicator_version, line.measure_version])
            if step is None:
                continue
            based_on, record, at = record.version, step.record, line.known_from
            self._add(rows.ENTRIES, (rows.entry_row(entry) for entry in step.entries), at)
            if step.class_change:
                self._add(rows.CLASSES, iter((rows.class_row(step.class_change),)), at)
            if step.listings or step.flags:
                self._add(rows.LISTINGS, map(rows.listing_row, step.listings), at)
                self._add(rows.FLAGS, map(rows.flag_row, step.flags), at)
        made[rows.RECORDS.table].append((self._district, *rows.record_row(record, based_on), at))
        self.size += len(lines)

    def _add(self, bulk: Bulk, new: Iterator[Row], known_from: object) -> None:
        district = self._district
        self._made[bulk.table] += [(district, *row, known_from) for row in new]

    async def store(self, shadow: Shadow) -> None:
        for bulk in DERIVED:
            await shadow.fill(bulk, self._made[bulk.table])
            self._made[bulk.table].clear()
        self.size = 0
