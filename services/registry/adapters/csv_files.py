"""CSV as departments send it: UTF-8 with or without BOM, or GB18030; quotes that open and never close.

A record may span lines inside quotes, but a stray quote must not swallow the rows after it: a quoted record longer than
`SPAN` lines, one that does not come out as wide as the header, or one with a line inside that is a row by itself, is
taken line by line.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, TextIO

import polars as pl

from shared.runtime.files import KeptFile

SPAN: Final = 20
UTF8, GB18030, AUTO = "utf-8", "gb18030", "auto"
_BLOCK: Final = 1 << 20
_NOT_ASCII: Final = bytes(range(128, 256))
_TELLING: Final = 3_000
"""So many bytes beyond ASCII, a thousand characters, are not valid UTF-8 by chance."""
# The csv module refuses longer fields; our longest legal text is a few hundred characters.
csv.field_size_limit(1 << 20)


@dataclass(frozen=True, slots=True)
class Row:
    """`line` of the file, from 1, on which the row begins. `torn`: a quote opens in it and never closes."""

    line: int
    cells: list[str]
    torn: bool = False


def decoding_of(kept: KeptFile, wanted: str) -> tuple[str, str]:
    """(encoding, error handler) to read a file by. `auto`: UTF-8 if all of it is, else GB18030; where neither fits, the
    one that leaves fewer unreadable characters, so that only the rows that hold them are wrong."""
    if wanted != AUTO:
        return ("utf-8-sig" if wanted.startswith("utf-8") else GB18030), "replace"
    if _is_utf8(kept):
        return "utf-8-sig", "replace"
    best = UTF8 if _unreadable(kept, UTF8) <= _unreadable(kept, GB18030) else GB18030
    return ("utf-8-sig" if best == UTF8 else GB18030), "replace"


def _is_utf8(kept: KeptFile) -> bool:
    """No text of any length is by chance UTF-8: where the first block has Chinese in it, it speaks for the file."""
    with kept.open() as file:
        while block := file.read(_BLOCK):
            try:
                pl.Series([block + file.readline()], dtype=pl.Binary).cast(pl.String)
            except pl.exceptions.ComputeError:
                return False
            if len(block) - len(block.translate(None, _NOT_ASCII)) > _TELLING:
                return True
    return True


def _unreadable(kept: KeptFile, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    count = 0
    with kept.open() as file:
        while block := file.read(_BLOCK):
            count += decoder.decode(block).count("\ufffd")
    return count + decoder.decode(b"", final=True).count("\ufffd")


def open_text(kept: KeptFile, wanted: str) -> TextIO:
    """The file as text whose line ends are left as they are."""
    encoding, errors = decoding_of(kept, wanted)
    return io.TextIOWrapper(kept.open(), encoding=encoding, errors=errors, newline="")


def read_csv(kept: KeptFile, encoding: str) -> Iterator[Row]:
    """The header and every row that is not blank, with the line it begins on."""
    with open_text(kept, encoding) as file:
        yield from records(enumerate(file, start=1))


def read_lines(kept: KeptFile, encoding: str, wanted: AbstractSet[int], width: int) -> Iterator[Row]:
    """The rows that begin on some lines, as `read_csv` reads them, in one quick pass; in no particular order."""
    waiting: list[tuple[int, list[str]]] = []
    with open_text(kept, encoding) as file:
        for line, text in enumerate(file, start=1):
            for _, texts in waiting:
                texts.append(text)
            while waiting and len(waiting[0][1]) == SPAN:
                yield _first_of(*waiting.pop(0), width)
            if line in wanted and text.count('"') % 2:
                waiting.append((line, [text]))
            elif line in wanted:
                yield _first_of(line, [text], width)
    for each in waiting:
        yield _first_of(*each, width)


def _first_of(line: int, texts: list[str], width: int) -> Row:
    return next(records(enumerate(texts, start=line), width), Row(line, []))


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
