"""SEC21, SEC25: a workbook that would burst is refused before it is read."""

from __future__ import annotations

import io
import struct
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from services.registry.adapters.workbook_size import PARTS_LIMIT, assert_unpacks
from services.registry.domain.import_jobs import ImportFileUnreadable

MIB = 2**20


def packed(*parts: bytes) -> io.BytesIO:
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for number, content in enumerate(parts):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", content)
    return made


def lying(content: bytes, stated: int) -> io.BytesIO:
    """An archive that says its one part has `stated` bytes, in both places that say so."""
    return io.BytesIO(packed(content).getvalue().replace(struct.pack("<L", len(content)), struct.pack("<L", stated)))


def test_an_ordinary_workbook_passes() -> None:
    rows = b"".join(b"<row><c>%d</c><c>%x</c></row>" % (number, number * 7919) for number in range(20_000))
    assert_unpacks(packed(rows, b"<workbook/>"))


def test_a_part_that_packs_a_thousandfold_is_refused() -> None:
    with pytest.raises(ImportFileUnreadable, match="压缩比"):
        assert_unpacks(packed(b"A" * (16 * MIB)))


def test_a_part_that_is_longer_than_it_says_is_refused() -> None:
    with pytest.raises(ImportFileUnreadable):
        assert_unpacks(lying(b"A" * (16 * MIB), 100))


def test_a_thousand_parts_and_more_are_refused() -> None:
    with pytest.raises(ImportFileUnreadable, match="过大"):
        assert_unpacks(packed(*[b""] * (PARTS_LIMIT + 1)))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 40])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(ImportFileUnreadable):
        assert_unpacks(io.BytesIO(content))
