"""A CSV file in blocks for vectorised reading: plain lines stay text, all others become rows by `csv_files.records`.

A line is plain when one split at its commas gives what the CSV reader gives and cleaning changes none of its cells: as
many commas as the header, no quote, characters out of a set that Unicode normalisation leaves alone, no stray blanks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final, Protocol, TextIO

import polars as pl

from services.registry.adapters.csv_files import SPAN, UTF8, Row, open_text, records
from shared.runtime.files import KeptFile

BLOCK: Final = 16_000_000
"""Bytes, or characters of GB18030, read at a time."""
# Printable ASCII without quotes, brackets that search folds, and the backslash; 、·（） and unified ideographs: all of
# them NFC and, but for the two brackets, NFKC.
PLAIN: Final = r"^[ !#-;=?-Z^-z|~、·（）一-鿿]*$"
# `tidy` would take these blanks away.
STRAY: Final = r"^ | $|  |, | ,"


@dataclass(frozen=True, slots=True)
class Block:
    """`plain`: columns `line` and `text`; `rows`: the others, in the order of the file. `read`: how much of the file
    has been read with this block, about, 0 to 1."""

    plain: pl.DataFrame
    rows: list[Row]
    read: float = 1.0


def read_header(kept: KeptFile, encoding: str) -> Row | None:
    """The first row that is not blank."""
    with open_text(kept, encoding) as file:
        return next(records(enumerate(file, start=1)), None)


def read_blocks(kept: KeptFile, encoding: str, header: Row, width: int, size: int = BLOCK) -> Iterator[Block]:
    """Everything below the header, which must stand on one line; `width`: how many columns it has."""
    whole, taken = max(1, kept.stored_size), 0
    with closing(_opened(kept, encoding)) as file:
        for _ in range(header.line):
            file.readline()
        line = header.line + 1
        while content := file.read(size):
            lines = _whole_lines(content + file.readline(), file)
            taken += int(lines.str.len_bytes().sum() or 0)
            yield replace(_block(lines, line, width), read=min(1.0, taken / whole))
            line += lines.len()


class _Utf8(Protocol):
    """A file as UTF-8, whatever it is in."""

    def read(self, size: int, /) -> bytes: ...
    def readline(self) -> bytes: ...
    def close(self) -> None: ...


class _Recoded:
    def __init__(self, text: TextIO) -> None:
        self._text = text

    def read(self, size: int, /) -> bytes:
        return self._text.read(size).encode()

    def readline(self) -> bytes:
        return self._text.readline().encode()

    def close(self) -> None:
        self._text.close()


def _opened(kept: KeptFile, encoding: str) -> _Utf8:
    file = kept.open()
    # Only where lines end as usual do bytes have the lines that text has.
    if encoding == UTF8 and b"\r" not in file.peek(1).replace(b"\r\n", b""):
        return file
    file.close()
    return _Recoded(open_text(kept, encoding))


def _whole_lines(content: bytes, file: _Utf8) -> pl.Series:
    """Lines without their ends. Goes on until no quote that opens near the end could reach beyond it."""
    content = _unified(content)
    while any(line.count(b'"') % 2 for line in content.rsplit(b"\n", SPAN)[-SPAN:]) and (more := file.readline()):
        content = b"%b\n%b" % (content, _unified(more))
    return _text(content).str.split("\n").explode()


def _text(content: bytes) -> pl.Series:
    try:
        return pl.Series("text", [content], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:  # a broken character, which spoils its row only
        return pl.Series("text", [content.decode(errors="replace")], dtype=pl.String)


def _unified(content: bytes) -> bytes:
    """One kind of line end, none behind the last line."""
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content.removesuffix(b"\n")


def plain_among(frame: pl.DataFrame, width: int) -> pl.Series:
    """Which lines in the column `text` are plain."""
    text = pl.col("text")
    return frame.select(
        (text.str.count_matches(",", literal=True) == width - 1)
        & text.str.contains(PLAIN)
        & ~text.str.contains(STRAY)
        & (text.str.strip_chars(",") != "")
    ).to_series()


def _block(lines: pl.Series, first: int, width: int) -> Block:
    numbers = pl.int_range(first, first + lines.len(), dtype=pl.Int32, eager=True).alias("line")
    frame = pl.DataFrame([numbers, lines])
    plain = plain_among(frame, width)
    slow = {place for start in (~plain).arg_true() for place in _reach(lines, start)}
    rows = [row for run in _runs(sorted(slow)) for row in records(_numbered(lines, run, first), width)]
    kept = plain.scatter(sorted(slow), False) if slow else plain
    return Block(frame.filter(kept), rows)


def _reach(lines: pl.Series, start: int) -> range:
    """The lines that may belong to the record beginning here."""
    opens = lines[start].count('"') % 2
    return range(start, min(lines.len(), start + SPAN) if opens else start + 1)


def _runs(places: list[int]) -> Iterator[list[int]]:
    """Neighbouring places together: a record never crosses from one run into another."""
    run: list[int] = []
    for place in places:
        if run and place != run[-1] + 1:
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _numbered(lines: pl.Series, run: list[int], first: int) -> Iterator[tuple[int, str]]:
    return ((first + place, lines[place] + "\n") for place in run)
