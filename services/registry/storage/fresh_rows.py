"""Objects of an import that nobody knew before, written by COPY, sorted by USCC so that the indexes grow at one edge.

Every check between rows is behind them: no other import of the district is at work, their keys are neither stored nor
repeated in the file. A single edit may still take a key meanwhile; then COPY fails and the step is done again.
"""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator, Sequence
from typing import Final

import numpy as np
import polars as pl

from services.registry.domain.change_sets import ChangeSet
from services.registry.storage.import_staging import PATIENCE
from services.registry.storage.sealing import mark, sealed
from shared.runtime.database import Driver
from shared.values.ids import new_id

SLICE: Final = 100_000
_COLUMNS: Final = (
    "id", "kind", "name", "name_key", "uscc", "external_no", "status", "registered_on", "region_code", "address",
    "industry_code", "industry_edition", "departments", "tags", "producer_external_no", "legal_rep_phone",
    "legal_rep_phone_mark",
)  # fmt: skip
_KEYS: Final = "SELECT uscc, external_no FROM entities UNION ALL SELECT uscc, external_no FROM staged_rows"
_COUNTER_BITS, _RANDOM_BITS = 24, 38


def new_ids(count: int) -> pl.Series:
    """Rising UUIDv7 in hexadecimal: the time of one new id, then a counter and random bits (RFC 9562, 6.2, method 1).

    `count` at most 2**24.
    """
    head = new_id().hex[:16]
    random = np.frombuffer(os.urandom(8 * count), np.uint64) >> np.uint64(64 - _RANDOM_BITS)
    counter = np.arange(count, dtype=np.uint64) << np.uint64(_RANDOM_BITS)
    tails = (np.uint64(0b10 << 62) | counter | random).astype(">u8").tobytes().hex()
    width = 16
    return pl.Series([head + tails[place : place + width] for place in range(0, len(tails), width)], dtype=pl.String)


class FreshRows:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def known_keys(self) -> pl.DataFrame:
        """Keys of every stored and every staged object: columns `uscc`, `external_no`, null where there is none."""
        taken = bytearray()

        async def take(block: bytes) -> None:
            taken.extend(block)

        await self._driver.copy_from_query(_KEYS, output=take, format="csv", timeout=PATIENCE)
        names = ("uscc", "external_no")
        if not taken:
            return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
        return pl.read_csv(
            bytes(taken), has_header=False, new_columns=list(names), schema=dict.fromkeys(names, pl.String)
        )

    async def write(self, rows: pl.DataFrame, change_set: ChangeSet) -> None:
        """`rows`: the content columns as COPY writes them, in the order in which they are to be stored."""
        same = (_escaped(self._district), "1", change_set.id.hex, change_set.recorded_at.isoformat())
        await self._driver.copy_to_table(
            "entity_rows",
            source=_lines(rows, "\t".join(same).encode()),
            columns=[*_COLUMNS, "district", "version", "change_set_id", "changed_at"],
            timeout=PATIENCE,
        )


async def _lines(rows: pl.DataFrame, same: bytes) -> AsyncIterator[bytes]:
    """COPY text in blocks; one is made while the one before it is on the wire."""
    waiting: asyncio.Task[bytes] | None = None
    for part in rows.iter_slices(SLICE):
        following = asyncio.create_task(asyncio.to_thread(_copy_text, part, same))
        if waiting is not None:
            yield await waiting
        waiting = following
    if waiting is not None:
        yield await waiting


def _copy_text(part: pl.DataFrame, same: bytes) -> bytes:
    written = part.with_columns(new_ids(part.height).alias("id"), *_phones(part["legal_rep_phone"])).select(_COLUMNS)
    out = io.BytesIO()
    written.write_csv(out, include_header=False, separator="\t", quote_style="never", null_value="\\N")
    # No cell of a plain line holds a line end or a tab.
    return out.getvalue().replace(b"\n", b"\t" + same + b"\n")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _phones(numbers: pl.Series) -> Sequence[pl.Series]:
    """Sealed, and marked for comparison; one by one, so that a file without telephones does not pay for them."""
    name = "legal_rep_phone"
    if numbers.null_count() == numbers.len():
        return numbers, numbers.alias(f"{name}_mark")
    texts = numbers.to_list()
    return _bytea(name, [sealed(text) for text in texts]), _bytea(f"{name}_mark", [mark(text) for text in texts])


def _bytea(name: str, values: Sequence[bytes | None]) -> pl.Series:
    return pl.Series(name, [None if value is None else "\\\\x" + value.hex() for value in values], dtype=pl.String)
