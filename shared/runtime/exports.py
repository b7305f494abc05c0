"""Lists as files an officer opens (导出): CSV in UTF-8 with BOM, and XLSX; Chinese headers, a cap, no formulas (SEC25).

Rows go from the database to a temporary file and from there to the caller, a page at a time, so memory does not grow
with the list. A file leaves only when it is whole: whatever fails before is an error like any other, not a short file.
Every export is an act of the audit trail, with its filters, its rows and its digest (SEC12).
"""

from __future__ import annotations

import asyncio
import base64
import csv
import hashlib
import io
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import IO, Annotated, Any, Final, Generic, TypeVar
from urllib.parse import quote

import xlsxwriter
from fastapi import Query
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.runtime.unit_of_work import SHANGHAI, UnitOfWork
from shared.values.errors import Invalid

ROW_LIMIT: Final = 100_000
"""Rows of one export (SEC21)."""
PAGE: Final = 1000
CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOM: Final = "\ufeff"
_BLOCK: Final = 64 * 1024
_CELL_LIMIT: Final = 32_000
"""Characters; a spreadsheet cell holds 32,767 UTF-16 units."""
_CUT: Final = "……（内容过长，已截断）"
_SHEET_NAME: Final = str.maketrans("", "", "[]:*?/\\'")
# Full-width signs are read as formulas by some editions of spreadsheet programs.
_FORMULA: Final = frozenset("=+-@＝＋－＠")

T = TypeVar("T")
K = TypeVar("K")
Cell = str | int | date | bool | Sequence[str] | None


class ExportTooLarge(Invalid):
    message = "“{name}”超过一次导出的上限 {limit} 行，请缩小筛选范围后分次导出"


class ExportFormat(StrEnum):
    """文件格式：csv 供程序读取，xlsx 供人查看。"""

    CSV = "csv"
    XLSX = "xlsx"


ExportForm = Annotated[ExportFormat, Query(alias="format", description="文件格式：csv 或 xlsx", examples=["xlsx"])]
EXPORTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {CSV_TYPE: {"example": "名称,状态"}, XLSX_TYPE: {}}, "description": "CSV（UTF-8 带 BOM）或 XLSX"}
}
"""`responses=` of every export route."""


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A Chinese header, and what stands under it for a row."""

    title: str
    value: Callable[[T], Cell]


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    """What is exported: its Chinese name, which names file and worksheet, and its columns."""

    name: str
    columns: Sequence[Column[T]]
    limit: int = ROW_LIMIT


@dataclass(frozen=True, slots=True)
class ExportList:
    """What the audit trail keeps of an export: `asked` are the filters, `sha256` is of the file."""

    name: str
    format: str
    rows: int
    sha256: str
    asked: object = None


@dataclass(frozen=True, slots=True)
class Written:
    """A whole file in a temporary place; gone when closed."""

    file: IO[bytes] = field(repr=False)
    rows: int
    size: int
    sha256: bytes


class ExportAnswer(StreamingResponse):
    """Sends the file in blocks and gives its place back, also when the caller went away."""

    def __init__(self, written: Written, media_type: str, headers: dict[str, str]) -> None:
        self._file = written.file
        super().__init__(_blocks(written.file), media_type=media_type, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


async def export(
    work: UnitOfWork, sheet: Sheet[T], pages: AsyncIterator[Sequence[T]], form: ExportFormat, asked: object = None
) -> ExportAnswer:
    """The answer of an export route, inside its open reading; commits the audit row. Raises ExportTooLarge."""
    written = await write_export(sheet, pages, form, work.now)
    try:
        work.acting("export_list", ExportList(sheet.name, form, written.rows, written.sha256.hex(), asked))
        await work.commit()
    except BaseException:
        written.file.close()
        raise
    headers = {
        "Content-Disposition": disposition(f"{sheet.name}_{work.today:%Y%m%d}.{form}"),
        "Content-Length": str(written.size),
        "Repr-Digest": f"sha-256=:{base64.b64encode(written.sha256).decode()}:",
    }
    return ExportAnswer(written, CSV_TYPE if form == ExportFormat.CSV else XLSX_TYPE, headers)


async def paged(
    read: Callable[[int, K | None], Awaitable[Sequence[T]]], key: Callable[[T], K], size: int = PAGE
) -> AsyncIterator[Sequence[T]]:
    """A list read by its own paging query to the end: `read(size, after)`, `key` of the last row goes on."""
    after: K | None = None
    while page := await read(size, after):
        yield page
        if len(page) < size:
            return
        after = key(page[-1])


async def at_once(rows: Sequence[T]) -> AsyncIterator[Sequence[T]]:
    """A list that is short by its nature and already read."""
    yield rows


async def write_export(sheet: Sheet[T], pages: AsyncIterator[Sequence[T]], form: ExportFormat, at: datetime) -> Written:
    """Writes the file off the event loop, a page at a time. Raises ExportTooLarge."""
    file = tempfile.TemporaryFile()
    writer = (_Csv if form == ExportFormat.CSV else _Xlsx)(file, sheet, at)
    try:
        rows = 0
        async for page in pages:
            rows += len(page)
            if rows > sheet.limit:
                raise ExportTooLarge(name=sheet.name, limit=sheet.limit)
            await asyncio.to_thread(_write_page, writer, sheet, page)
        await asyncio.to_thread(writer.end)
        size, digest = await asyncio.to_thread(_measured, file)
    except BaseException:
        file.close()
        raise
    finally:
        writer.close()
    return Written(file, rows, size, digest)


def disposition(name: str) -> str:
    """Content-Disposition of a file with a Chinese name (RFC 6266, RFC 5987): old readers get an ASCII name."""
    safe = plain(name).replace("\n", " ").replace("/", "-").replace("\\", "-")
    extension = safe.rpartition(".")[2]
    return f"attachment; filename=\"export.{extension}\"; filename*=UTF-8''{quote(safe, safe='')}"


def plain(text: str) -> str:
    """Text without control characters but line ends, lone surrogates and non-characters: none fits an XML file."""
    if text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(character for character in lines if _fits(character))


def _fits(character: str) -> bool:
    code = ord(character)
    if code < 0x20:
        return character == "\n"
    return not (0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in (0xFFFE, 0xFFFF))


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could run the text: blanks before the sign do not stop every program."""
    first = text[:1]
    return first in _FORMULA or (first.isspace() and text.lstrip()[:1] in _FORMULA)


def shown(value: Cell) -> str | int:
    """A value as it stands in a cell: times in Beijing time, lists joined by 、, yes and no in Chinese."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case str():
            return plain(value)
        case int():
            return value
        case datetime():
            return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case _:
            return plain("、".join(value))


class _Csv:
    """RFC 4180 with a BOM, by which spreadsheets know that it is UTF-8."""

    def __init__(self, file: IO[bytes], sheet: Sheet[Any], at: datetime) -> None:
        self._file = file
        self._text = io.StringIO(newline="")
        self._text.write(_BOM)
        self._writer = csv.writer(self._text)
        self.row([column.title for column in sheet.columns])

    def row(self, cells: Sequence[str | int]) -> None:
        self._writer.writerow(["'" + cell if isinstance(cell, str) and is_formula(cell) else cell for cell in cells])

    def end_page(self) -> None:
        self._file.write(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()

    def end(self) -> None:
        self.end_page()

    def close(self) -> None:
        self._text.close()


class _Xlsx:
    """One worksheet in constant memory; text is text, never a formula, number or link."""

    def __init__(self, file: IO[bytes], sheet: Sheet[Any], at: datetime) -> None:
        self._place = tempfile.TemporaryDirectory()
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": self._place.name})
        self._book.set_properties({"created": at.astimezone(SHANGHAI).replace(tzinfo=None)})
        self._quoted = self._book.add_format({"quote_prefix": True})
        bold = self._book.add_format({"bold": True})
        self._sheet = self._book.add_worksheet(sheet.name.translate(_SHEET_NAME)[:31])
        self._sheet.set_column(0, max(0, len(sheet.columns) - 1), 18)
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            self._sheet.write_string(0, place, column.title, bold)
        self._row = 0

    def row(self, cells: Sequence[str | int]) -> None:
        self._row += 1
        row, text, number = self._row, self._sheet.write_string, self._sheet.write_number
        for place, cell in enumerate(cells):
            if cell.__class__ is int:
                number(row, place, cell)
            elif cell:
                text(row, place, *self._text(str(cell)))

    def _text(self, cell: str) -> tuple[str, Any]:
        if len(cell) > _CELL_LIMIT // 2:
            cell = _cut(cell)
        if cell[0] == "<" and cell.startswith("<r>") and cell.endswith("</r>"):
            # The library takes such a text for markup of its own and would write it unescaped.
            cell = f" {cell} "
        return cell, self._quoted if is_formula(cell) else None

    def end_page(self) -> None:
        """Rows are on the disk already."""

    def end(self) -> None:
        self._book.close()

    def close(self) -> None:
        """An abandoned workbook leaves its rows behind otherwise: the library tidies up only when it finishes."""
        self._sheet.row_data_fh.close()
        self._place.cleanup()


def _cut(cell: str) -> str:
    units = cell.encode("utf-16-le")
    if len(units) <= 2 * _CELL_LIMIT:
        return cell
    return units[: 2 * _CELL_LIMIT].decode("utf-16-le", errors="ignore") + _CUT


def _write_page(writer: _Csv | _Xlsx, sheet: Sheet[T], page: Sequence[T]) -> None:
    values = [column.value for column in sheet.columns]
    for row in page:
        writer.row([shown(value(row)) for value in values])
    writer.end_page()


def _measured(file: IO[bytes]) -> tuple[int, bytes]:
    """Size and SHA-256; leaves the file at its beginning."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    digest = hashlib.sha256()
    for block in _read(file):
        digest.update(block)
    file.seek(0)
    return size, digest.digest()


def _read(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


async def _blocks(file: IO[bytes]) -> AsyncIterator[bytes]:
    while block := await asyncio.to_thread(file.read, _BLOCK):
        yield block
