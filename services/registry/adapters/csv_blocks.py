"""A CSV file in blocks for vectorised reading: plain lines stay text, all others become rows by `csv_files.records`.

A line is plain when one split at its commas gives what the CSV reader gives and cleaning changes none of its cells: as
many commas as the header, no quote, characters out of a set that Unicode normalisation leaves alone, no stray blanks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

import polars as pl

from services.registry.adapters.csv_files import SPAN, Row, decoding_of, records

BLOCK: Final = 12_000_000
"""Characters read at a time."""
# Printable ASCII without quotes, brackets that search folds, and the backslash; 、·（） and unified ideographs: all of
# them NFC and, but for the two brackets, NFKC.
PLAIN: Final = r"^[ !#-;=?-Z^-z|~、·（）一-鿿]*$"
# `tidy` would take these blanks away.
STRAY: Final = r"^ | $|  |, | ,"


@dataclass(frozen=True, slots=True)
class Block:
    """`plain`: columns `line` and `text`; `rows`: the others, in the order of the file."""

    plain: pl.DataFrame
    rows: list[Row]


def read_header(path: Path, encoding: str) -> Row | None:
    """The first row that is not blank."""
    with _opened(path, encoding) as file:
        return next(records(enumerate(file, start=1)), None)


def read_blocks(path: Path, encoding: str, header: Row, width: int, size: int = BLOCK) -> Iterator[Block]:
    """Everything below the header, which must stand on one line; `width`: how many columns it has."""
    with _opened(path, encoding) as file:
        for _ in range(header.line):
            file.readline()
        line = header.line + 1
        while text := file.read(size):
            lines = _whole_lines(text + file.readline(), file)
            yield _block(lines, line, width)
            line += len(lines)


def _opened(path: Path, wanted: str) -> TextIO:
    encoding, errors = decoding_of(path, wanted)
    return path.open(encoding=encoding, errors=errors, newline="")


def _whole_lines(text: str, file: TextIO) -> list[str]:
    """Lines without their ends. Goes on until no quote that opens near the end could reach beyond it."""
    lines = _split(text)
    while any(line.count('"') % 2 for line in lines[-SPAN:]) and (more := file.readline()):
        lines += _split(more)
    return lines


def _split(text: str) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _block(lines: list[str], first: int, width: int) -> Block:
    numbers = pl.int_range(first, first + len(lines), dtype=pl.Int32, eager=True).alias("line")
    frame = pl.DataFrame([numbers, pl.Series("text", lines, dtype=pl.String)])
    text = pl.col("text")
    plain = frame.select(
        (text.str.count_matches(",", literal=True) == width - 1)
        & text.str.contains(PLAIN)
        & ~text.str.contains(STRAY)
        & (text.str.strip_chars(",") != "")
    ).to_series()
    slow = {place for start in (~plain).arg_true() for place in _reach(lines, start)}
    rows = [row for run in _runs(sorted(slow)) for row in records(_numbered(lines, run, first), width)]
    kept = plain.scatter(sorted(slow), False) if slow else plain
    return Block(frame.filter(kept), rows)


def _reach(lines: list[str], start: int) -> range:
    """The lines that may belong to the record beginning here."""
    opens = lines[start].count('"') % 2
    return range(start, min(len(lines), start + SPAN) if opens else start + 1)


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


def _numbered(lines: list[str], run: list[int], first: int) -> Iterator[tuple[int, str]]:
    return ((first + place, lines[place] + "\n") for place in run)
