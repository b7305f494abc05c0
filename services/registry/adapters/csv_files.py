"""CSV as departments send it: UTF-8 with or without BOM, or GB18030; quotes that open and never close.

A record may span lines inside quotes, but a stray quote must not swallow the rows after it: a quoted record longer than
`SPAN` lines, one that does not come out as wide as the header, or one with a line inside that is a row by itself, is
taken line by line.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SPAN: Final = 20
UTF8, GB18030, AUTO = "utf-8", "gb18030", "auto"
_BLOCK: Final = 1 << 20
# The csv module refuses longer fields; our longest legal text is a few hundred characters.
csv.field_size_limit(1 << 20)


@dataclass(frozen=True, slots=True)
class Row:
    """`line` of the file, from 1, on which the row begins. `torn`: a quote opens in it and never closes."""

    line: int
    cells: list[str]
    torn: bool = False


def decoding_of(path: Path, wanted: str) -> tuple[str, str]:
    """(encoding, error handler) to read a file by. `auto`: UTF-8 if all of it is, else GB18030; where neither fits, the
    one that leaves fewer unreadable characters, so that only the rows that hold them are wrong."""
    if wanted != AUTO:
        return ("utf-8-sig" if wanted.startswith("utf-8") else GB18030), "replace"
    in_utf8 = _unreadable(path, UTF8)
    best = UTF8 if in_utf8 == 0 or in_utf8 <= _unreadable(path, GB18030) else GB18030
    return ("utf-8-sig" if best == UTF8 else GB18030), "replace"


def _unreadable(path: Path, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    count = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            count += decoder.decode(block).count("\ufffd")
    return count + decoder.decode(b"", final=True).count("\ufffd")


def read_csv(path: Path, encoding: str) -> Iterator[Row]:
    """The header and every row that is not blank, with the line it begins on."""
    encoding, errors = decoding_of(path, encoding)
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        yield from records(enumerate(file, start=1))


def records(lines: Iterator[tuple[int, str]], width: int = 0) -> Iterator[Row]:
    """Rows of numbered lines; `width` is the header's, 0 where the header is the first of them."""
    waiting: list[tuple[int, str]] = []
    while True:
        line, text = waiting.pop(0) if waiting else next(lines, (0, ""))
        if not line:
            return
        taken = [(line, text)]
        if text.count('"') % 2:
            taken = _whole_record(taken, waiting, lines)
        cells = _split("".join(part for _, part in taken))
        if len(taken) > 1 and width and _swallows(taken, cells, width):
            waiting[:0], taken = taken[1:], taken[:1]
            cells = _split(taken[0][1])
        if any(cell.strip() for cell in cells):
            width = width or len(cells)
            yield Row(line, cells, torn=len(taken) == 1 and text.count('"') % 2 == 1)


def _whole_record(
    taken: list[tuple[int, str]], waiting: list[tuple[int, str]], lines: Iterator[tuple[int, str]]
) -> list[tuple[int, str]]:
    """Adds lines until the quotes close; gives the first line alone when they do not within `SPAN` lines."""
    while len(taken) < SPAN:
        following = waiting.pop(0) if waiting else next(lines, None)
        if following is None:
            break
        taken = [*taken, following]
        if following[1].count('"') % 2:
            return taken
    waiting[:0] = taken[1:]
    return taken[:1]


def _swallows(taken: list[tuple[int, str]], cells: list[str], width: int) -> bool:
    return len(cells) != width or any(len(_split(text)) == width > 1 for _, text in taken[1:])


def _split(text: str) -> list[str]:
    rows = list(csv.reader([text.rstrip("\r\n")] if "\n" not in text.rstrip("\r\n") else text.splitlines(True)))
    return rows[0] if rows else []
