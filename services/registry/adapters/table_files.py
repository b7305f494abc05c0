"""Import files as rows of text, whatever they came in: CSV (see `csv_files`) or XLSX."""

from __future__ import annotations

import io
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final

import polars as pl
from python_calamine import CalamineWorkbook

from services.registry.adapters.csv_blocks import Block, plain_among, read_blocks, read_header
from services.registry.adapters.csv_files import Row, decoding_of, read_csv, read_lines
from services.registry.adapters.workbook_size import assert_unpacks
from services.registry.domain.import_jobs import FileFormat, ImportFileUnreadable, ImportSource
from shared.runtime.files import KeptFile

Cell = int | float | str | bool | time | date | datetime | timedelta
_ZIP: Final = b"PK\x03\x04"
_ROWS: Final = 50_000
# How many rows it has a workbook does not say before they are read.
_HALF: Final = 0.5
Line = tuple[int, list[str]]
"""A row of a workbook that is not blank, with its number from 1."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header was read. `encoding` is found, never `auto`. `under_header`: what of a workbook was opened
    for the header and not read yet; whoever reads first goes on with it, since a workbook is opened as a whole."""

    kept: KeptFile
    format: FileFormat
    encoding: str
    header: Row | None
    under_header: list[Iterator[Line]] = field(default_factory=list)

    @property
    def is_plain(self) -> bool:
        """Whether it can be read in blocks: a workbook, or CSV whose header stands on one line."""
        header = self.header
        if header is None or self.format is FileFormat.XLSX:
            return header is not None
        return not header.torn and not any("\n" in cell or '"' in cell for cell in header.cells)

    def rows(self) -> Iterator[Row]:
        """Below the header."""
        if self.format is FileFormat.XLSX:
            return (Row(line, cells) for line, cells in self._lines())
        every = read_table(self.kept, self.format, self.encoding)
        next(every, None)
        return every

    def blocks(self) -> Iterator[Block]:
        assert self.header is not None
        if self.format is FileFormat.XLSX:
            return _sheet_blocks(self._lines(), len(self.header.cells))
        return read_blocks(self.kept, self.encoding, self.header, len(self.header.cells))

    def _lines(self) -> Iterator[Line]:
        if self.under_header:
            return self.under_header.pop()
        every = _read_xlsx(self.kept)
        next(every, None)
        return every

    def rows_on(self, lines: AbstractSet[int]) -> Iterator[Row]:
        """The rows that begin on some lines, in no particular order."""
        if not lines:
            return iter(())
        if self.format is FileFormat.XLSX or self.header is None:
            return (row for row in self.rows() if row.line in lines)
        return read_lines(self.kept, self.encoding, lines, len(self.header.cells))


def open_table(kept: KeptFile, source: ImportSource) -> Table:
    """Raises ImportFileUnreadable."""
    kind = _format_of(kept, source.format)
    if kind is FileFormat.XLSX:
        lines = _read_xlsx(kept)
        header = next(lines, None)
        return Table(kept, kind, source.encoding, header and Row(*header), [lines])
    encoding = decoding_of(kept, source.encoding)[0].removesuffix("-sig")
    return Table(kept, kind, encoding, read_header(kept, encoding))


def read_table(kept: KeptFile, wanted: FileFormat, encoding: str) -> Iterator[Row]:
    """The header, then the rows. Raises ImportFileUnreadable."""
    if _format_of(kept, wanted) is FileFormat.XLSX:
        yield from (Row(line, cells) for line, cells in _read_xlsx(kept))
    else:
        yield from read_csv(kept, encoding)


def _format_of(kept: KeptFile, wanted: FileFormat) -> FileFormat:
    if wanted is not FileFormat.AUTO:
        return wanted
    with kept.open() as file:
        return FileFormat.XLSX if file.read(4) == _ZIP else FileFormat.CSV


def _read_xlsx(kept: KeptFile) -> Iterator[Line]:
    """The first sheet. Cells that a spreadsheet keeps as numbers or dates become the text an officer sees."""
    try:
        with kept.open() as file:
            content = io.BytesIO(file.read())
        assert_unpacks(content)
        content.seek(0)
        workbook = CalamineWorkbook.from_filelike(content)
        sheet = workbook.get_sheet_by_index(0)
        first = sheet.start[0] + 1 if sheet.start else 1
        for line, row in enumerate(sheet.iter_rows(), start=first):
            cells = [cell if type(cell) is str else _text(cell) for cell in row]
            if any(cells):
                yield line, cells
    except ImportFileUnreadable:
        raise
    except Exception as error:  # calamine raises a class of its own for each way a workbook can be broken
        raise ImportFileUnreadable(reason="不是有效的 XLSX 工作簿") from error


def _sheet_blocks(lines: Iterator[Line], width: int) -> Iterator[Block]:
    """Rows of a workbook as if they were lines of CSV: those whose cells hold no comma are read by columns too."""
    while taken := list(islice(lines, _ROWS)):
        numbers = pl.Series("line", [line for line, _ in taken], dtype=pl.Int32)
        texts = pl.Series("text", [",".join(cells) for _, cells in taken], dtype=pl.String)
        frame = pl.DataFrame([numbers, texts])
        plain = plain_among(frame, width)
        yield Block(frame.filter(plain), [Row(*taken[place]) for place in (~plain).arg_true()], _HALF)


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return str(cell)
