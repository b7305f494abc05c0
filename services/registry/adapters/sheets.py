"""Tables out: CSV that spreadsheets open as Chinese (UTF-8 with BOM), and XLSX in constant memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import xlsxwriter

from shared.runtime.exports import is_formula

BOM: Final = "\ufeff"
CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BLOCK: Final = 500
_WIDTH: Final = 18

Cells = Sequence[str]


def csv_blocks(header: Cells, rows: Iterable[Cells]) -> Iterator[str]:
    """The file in blocks of lines, to be sent as it is made."""
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(header)
    for number, row in enumerate(rows, start=1):
        writer.writerow(["'" + cell if is_formula(cell) else cell for cell in row])
        if number % _BLOCK == 0:
            yield _drained(out)
    yield _drained(out)


def _drained(out: io.StringIO) -> str:
    block = out.getvalue()
    out.seek(0)
    out.truncate()
    return block


def xlsx_file(title: str, header: Cells, rows: Iterable[Cells]) -> bytes:
    """One sheet, every cell text, the header frozen."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(title[:31])
        sheet.set_column(0, max(0, len(header) - 1), _WIDTH)
        sheet.freeze_panes(1, 0)
        for column, cell in enumerate(header):
            sheet.write_string(0, column, cell, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return out.getvalue()
