"""Import files as rows of text, whatever they came in: CSV (see `csv_files`) or XLSX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from python_calamine import CalamineWorkbook

from services.registry.adapters.csv_blocks import Block, read_blocks, read_header
from services.registry.adapters.csv_files import Row, decoding_of, read_csv
from services.registry.domain.import_jobs import FileFormat, ImportFileUnreadable, ImportSource

Cell = int | float | str | bool | time | date | datetime | timedelta
_ZIP: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header was read. `encoding` is found, never `auto`."""

    path: Path
    format: FileFormat
    encoding: str
    header: Row | None

    @property
    def is_plain(self) -> bool:
        """Whether it can be read in blocks: CSV whose header stands on one line."""
        header = self.header
        return (
            self.format is FileFormat.CSV
            and header is not None
            and not header.torn
            and not any("\n" in cell or '"' in cell for cell in header.cells)
        )

    def rows(self) -> Iterator[Row]:
        """Below the header."""
        every = read_table(self.path, self.format, self.encoding)
        next(every, None)
        return every

    def blocks(self) -> Iterator[Block]:
        assert self.header is not None
        return read_blocks(self.path, self.encoding, self.header, len(self.header.cells))


def open_table(path: Path, source: ImportSource) -> Table:
    """Raises ImportFileUnreadable."""
    kind = _format_of(path, source.format)
    if kind is FileFormat.XLSX:
        return Table(path, kind, source.encoding, next(_read_xlsx(path), None))
    encoding = decoding_of(path, source.encoding)[0].removesuffix("-sig")
    return Table(path, kind, encoding, read_header(path, encoding))


def read_table(path: Path, wanted: FileFormat, encoding: str) -> Iterator[Row]:
    """The header, then the rows. Raises ImportFileUnreadable."""
    if _format_of(path, wanted) is FileFormat.XLSX:
        yield from _read_xlsx(path)
    else:
        yield from read_csv(path, encoding)


def _format_of(path: Path, wanted: FileFormat) -> FileFormat:
    if wanted is not FileFormat.AUTO:
        return wanted
    with path.open("rb") as file:
        return FileFormat.XLSX if file.read(4) == _ZIP else FileFormat.CSV


def _read_xlsx(path: Path) -> Iterator[Row]:
    """The first sheet. Cells that a spreadsheet keeps as numbers or dates become the text an officer sees."""
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        first = sheet.start[0] + 1 if sheet.start else 1
        for line, row in enumerate(sheet.iter_rows(), start=first):
            cells = [_text(cell) for cell in row]
            if any(cells):
                yield Row(line, cells)
    except ImportFileUnreadable:
        raise
    except Exception as error:  # calamine raises a class of its own for each way a workbook can be broken
        raise ImportFileUnreadable(reason="不是有效的 XLSX 工作簿") from error


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
