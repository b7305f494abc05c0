"""Objects of an import that nobody knew before, written by COPY, sorted by USCC so that the indexes grow at one edge.

Every check between rows is behind them: no other import of the district is at work, their keys are neither stored nor
repeated in the file. A single edit may still take a key meanwhile; then COPY fails and the step is done again.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Final
from uuid import UUID

import numpy as np
import polars as pl

from services.registry.domain.change_sets import ChangeSet
from services.registry.storage.copy_format import HEADER, TRAILER, field, row_start, texts, value
from services.registry.storage.import_sql import STAGED
from services.registry.storage.import_staging import PATIENCE
from services.registry.storage.known_rows import Comparison
from services.registry.storage.sealing import mark, sealed
from shared.runtime.database import Driver
from shared.values.ids import new_id
from shared.values.uscc import LENGTH

SLICE: Final = 50_000
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": ("kind",),
    "status": ("status",),
    "registered_on": ("registered_on",),
    "region_code": ("region_code",),
    "industry": ("industry_edition", "industry_code"),
    "departments": ("departments",),
    "tags": ("tags",),
}
"""Parts of which rows hold numbers → the columns of the table they fill."""
_DAY: Final = "registered_on"
_FEW_DIFFERENT: Final = tuple(part for part in PARTS if part != _DAY)
_TEXTS: Final = ("name", "name_key", "uscc", "external_no", "address", "producer_external_no")
_PHONE: Final = "legal_rep_phone"
_KEYS: Final = ("uscc", "external_no")
_ALL_KEYS: Final = "SELECT uscc, external_no FROM entities"
_STAGED_KEYS: Final = f"SELECT uscc, external_no FROM {STAGED}"  # noqa: S608 - constants only
_FOUND_KEYS: Final = (
    "SELECT uscc, external_no FROM entities WHERE uscc = ANY ($1::text[])"
    " UNION ALL SELECT uscc, external_no FROM entities WHERE external_no = ANY ($2::text[])"
)
_FEW: Final = 20_000
"""Up to so many rows are looked for by index; for more, all keys are copied out and compared in memory."""
_BLOCK: Final = 8_000_000
_COUNTER_BITS, _RANDOM_BITS = 24, 38


@dataclass(frozen=True, slots=True)
class FreshObjects:
    """New objects: texts by column (`name_key` null where it is the name), and numbers into `values` by part."""

    rows: pl.DataFrame
    values: Mapping[str, Sequence[Any]]


class NewIds:
    """Rising UUIDv7: the time of one new id, then a counter and random bits (RFC 9562, 6.2, method 1).

    `count` at most 2**24.
    """

    def __init__(self, count: int) -> None:
        random = np.frombuffer(os.urandom(8 * count), np.uint64) >> np.uint64(64 - _RANDOM_BITS)
        counter = np.arange(count, dtype=np.uint64) << np.uint64(_RANDOM_BITS)
        self._head = new_id().bytes[:8]
        self._tails = (np.uint64(0b10 << 62) | counter | random).astype(">u8")

    def part(self, start: int, size: int) -> list[bytes]:
        tails, head = self._tails[start : start + size].tobytes(), self._head
        return [head + tails[place : place + 8] for place in range(0, len(tails), 8)]

    def ends(self) -> tuple[UUID, UUID]:
        """The first and the last of them."""
        (first,), (last,) = self.part(0, 1), self.part(len(self._tails) - 1, 1)
        return UUID(bytes=first), UUID(bytes=last)


def by_uscc(codes: pl.Series) -> pl.Series:
    """The places of objects in the order of their USCCs, those without one last.

    Of all their characters: the index splits a page at its edge only where each key comes after the one before.
    """
    with_code = codes.is_not_null()
    raw = codes.filter(with_code).str.join("").cast(pl.Binary).item() or b""
    letters = np.frombuffer(raw, np.uint8).reshape(-1, LENGTH)
    words = letters[:, :16].copy().view(">u8").astype(np.uint64)
    order = np.lexsort((letters[:, 16:].copy().view(">u2")[:, 0], words[:, 1], words[:, 0]))
    places = with_code.arg_true().to_numpy()[order]
    return pl.concat([pl.Series(places, dtype=pl.UInt32), (~with_code).arg_true().cast(pl.UInt32)])


class FreshRows:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def staged_keys(self) -> pl.DataFrame:
        """Keys of every staged row: columns `uscc`, `external_no`, null where there is none."""
        return await self._copied(_STAGED_KEYS)

    async def known_keys(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Keys of every stored object, or of those that have a key of `rows`."""
        if rows.height > _FEW:
            return await self._copied(_ALL_KEYS)
        wanted = [rows[key].drop_nulls().to_list() for key in _KEYS]
        found = await self._driver.fetch(_FOUND_KEYS, *wanted, timeout=PATIENCE)
        return pl.DataFrame([tuple(row) for row in found], dict.fromkeys(_KEYS, pl.String), orient="row")

    async def unchanged(self, known: FreshObjects, provided: AbstractSet[str]) -> pl.Series:
        """Which rows say of a stored object just what is stored of it; `provided`: the fields that the file gives."""
        comparison = Comparison(known.rows, known.values, provided)
        await self._each(comparison.query, comparison.columns, comparison.take)
        return comparison.same

    async def _copied(self, query: str) -> pl.DataFrame:
        frames = [pl.DataFrame(schema=dict.fromkeys(_KEYS, pl.String))]
        await self._each(query, _KEYS, frames.append)
        return pl.concat(frames)

    async def _each(self, query: str, columns: Sequence[str], use: Callable[[pl.DataFrame], None]) -> None:
        """Has `use` take the rows of a query as text, some megabytes at a time. No text may hold a line end."""
        pending = bytearray()

        async def take(block: bytes) -> None:
            pending.extend(block)
            if len(pending) >= _BLOCK:
                await use_lines(pending.rindex(b"\n") + 1)

        async def use_lines(end: int) -> None:
            lines = bytes(pending[:end])
            del pending[:end]
            await asyncio.to_thread(lambda: use(_texts_of(lines, columns)))

        await self._driver.copy_from_query(query, output=take, format="csv", timeout=PATIENCE)
        if pending:
            await use_lines(len(pending))

    async def write(self, fresh: FreshObjects, change_set: ChangeSet) -> tuple[UUID, UUID]:
        """Gives the first and the last id: those of the import are all between them."""
        fields = _Fields(self._district, fresh, change_set)
        order = await asyncio.to_thread(by_uscc, fresh.rows["uscc"])
        ids = NewIds(order.len())
        await self._driver.copy_to_table(
            "entity_rows", source=_blocks(fields, order, ids), columns=fields.columns, format="binary", timeout=PATIENCE
        )
        return ids.ends()


def _texts_of(lines: bytes, columns: Sequence[str]) -> pl.DataFrame:
    schema = dict.fromkeys(columns, pl.String)
    return pl.read_csv(lines, has_header=False, new_columns=list(columns), schema=schema)


class _Fields:
    """How the rows of one import are written. Columns that hold nothing at all are left to their default."""

    def __init__(self, district: str, fresh: FreshObjects, change_set: ChangeSet) -> None:
        # In one piece: the rows of a slice stand all over the file.
        self.rows = fresh.rows.rechunk()
        self._texts = [name for name in _TEXTS if fresh.rows[name].null_count() < self.rows.height]
        self._phones = (_PHONE, f"{_PHONE}_mark") if fresh.rows[_PHONE].null_count() < self.rows.height else ()
        same: tuple[Any, ...] = (district, 1, change_set.id, change_set.recorded_at, True)
        parts = [column for part in (*_FEW_DIFFERENT, _DAY) for column in PARTS[part]]
        self.columns = ["id", "district", "version", "change_set_id", "changed_at", "is_copied", *parts]
        self.columns += [*self._texts, *self._phones]
        self._start = pl.Series([row_start(len(self.columns)) + field(bytes(16))[:4]], dtype=pl.Binary)
        self._same = pl.Series([b"".join(value(each) for each in same)], dtype=pl.Binary)
        self._parts = {part: _segments(part, values) for part, values in fresh.values.items()}

    def block(self, places: pl.Series, ids: list[bytes]) -> bytes:
        """The rows that stand at some places, under their new ids."""
        part = self.rows[places]
        fields = [self._start + pl.Series(ids, dtype=pl.Binary), self._same_and(part), self._of(part, _DAY)]
        fields += [texts(part[name]) for name in self._texts]
        if self._phones:
            numbers = part[_PHONE].to_list()
            # Sealed one by one: a file without telephones does not pay for them.
            for seal in (sealed, mark):
                fields.append(texts(pl.Series([seal(number) for number in numbers], dtype=pl.Binary)))
        while len(fields) > 1:  # in pairs: what is long is copied seldom
            fields = [reduce(add, fields[start : start + 2]) for start in range(0, len(fields), 2)]
        return b"".join(fields[0].to_list())

    def _same_and(self, part: pl.DataFrame) -> pl.Series:
        """What all rows share and the parts of which few combinations occur, each combination put together once."""
        numbers = np.zeros(part.height, np.int64)
        for name in _FEW_DIFFERENT:
            numbers = numbers * len(self._parts[name]) + part[name].to_numpy()
        _, first, which = np.unique(numbers, return_index=True, return_inverse=True)
        segments = reduce(add, (self._of(part[first], name) for name in _FEW_DIFFERENT), self._same)
        return segments.gather(pl.Series(which))

    def _of(self, part: pl.DataFrame, name: str) -> pl.Series:
        return self._parts[name].gather(part[name])


def _segments(part: str, values: Sequence[Any]) -> pl.Series:
    """The fields of a part, one entry a value."""
    several = len(PARTS[part]) > 1
    return pl.Series(
        [b"".join(value(one) for one in each) if several else value(each) for each in values], dtype=pl.Binary
    )


async def _blocks(fields: _Fields, order: pl.Series, ids: NewIds) -> AsyncIterator[bytes]:
    """COPY in blocks; one is made while the one before it is on the wire."""
    yield HEADER
    waiting: asyncio.Task[bytes] | None = None
    for start in range(0, order.len(), SLICE):
        places, own = order.slice(start, SLICE), ids.part(start, SLICE)
        following = asyncio.create_task(asyncio.to_thread(fields.block, places, own))
        if waiting is not None:
            yield await waiting
        waiting = following
    if waiting is not None:
        yield await waiting
    yield TRAILER
