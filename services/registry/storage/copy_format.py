"""PostgreSQL's binary COPY format, column by column: a field is its length in four bytes, then its bytes; -1 is null.

The server reads it in two thirds of the time that text takes: no number, date, array or UUID is parsed.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import polars as pl

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
NULL: Final = b"\xff\xff\xff\xff"
_TEXT_OID: Final = 25
_DAY_ZERO, _TIME_ZERO = date(2000, 1, 1), datetime(2000, 1, 1, tzinfo=UTC)
LONGEST: Final = 4096
"""Bytes of the longest text that `texts` writes; a longer one raises polars' OutOfBoundsError."""
_LENGTHS: Final = pl.Series([struct.pack(">i", length) for length in range(LONGEST + 1)], dtype=pl.Binary)


def row_start(columns: int) -> bytes:
    return struct.pack(">h", columns)


def field(content: bytes | None) -> bytes:
    return NULL if content is None else struct.pack(">i", len(content)) + content


def value(content: str | int | bool | date | datetime | UUID | tuple[str, ...] | None) -> bytes:
    """One field of text, int4, bool, date, timestamptz, uuid or text[], by the type of the value."""
    match content:
        case None | str():
            return field(None if content is None else content.encode())
        case bool():
            return field(b"\1" if content else b"\0")
        case int():
            return field(struct.pack(">i", content))
        case datetime():
            since = content - _TIME_ZERO
            return field(struct.pack(">q", (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds))
        case date():
            return field(struct.pack(">i", (content - _DAY_ZERO).days))
        case UUID():
            return field(content.bytes)
        case tuple():
            return field(_array(content))


def _array(parts: Sequence[str]) -> bytes:
    """text[] of one dimension, or of none when empty."""
    if not parts:
        return struct.pack(">iii", 0, 0, _TEXT_OID)
    head = struct.pack(">iiiii", 1, 0, _TEXT_OID, len(parts), 1)
    return head + b"".join(field(part.encode()) for part in parts)


def texts(column: pl.Series) -> pl.Series:
    """A column of String or Binary as fields of at most `LONGEST` bytes each."""
    raw = column.cast(pl.Binary)
    fields = _LENGTHS.gather(raw.bin.size().fill_null(0)) + raw
    return fields.fill_null(NULL) if raw.null_count() else fields
