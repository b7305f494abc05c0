"""One sheet as XLSX, all cells text: certificate numbers and dates stay as they were typed."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import xlsxwriter

# The file's own time stamp is fixed, or the same district would give other bytes tomorrow.
_CREATED: Final = datetime(2026, 1, 1)  # noqa: DTZ001


def workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The bytes of a workbook with one sheet; the same rows give the same bytes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False})
    book.set_properties({"title": title, "created": _CREATED})
    sheet = book.add_worksheet(title)
    for line, cells in enumerate([columns, *rows]):
        for place, text in enumerate(cells):
            sheet.write_string(line, place, text)
    book.close()
    return buffer.getvalue()
