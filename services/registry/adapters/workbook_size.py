"""A workbook is an archive: what it unpacks to is counted before anything reads it into memory (SEC21, SEC25)."""

from __future__ import annotations

import zlib
from typing import IO, Final
from zipfile import BadZipFile, ZipFile

from services.registry.domain.import_jobs import ImportFileUnreadable

UNPACKED_LIMIT: Final = 2 * 2**30
"""Bytes of all parts together: a workbook of a million objects has less than a quarter of it."""
PARTS_LIMIT: Final = 2_000
RATIO_LIMIT: Final = 200
"""Times its packed size; sheets of objects come to thirty, a file made to burst to a thousand."""
_SMALL: Final = 8 * 2**20
"""Bytes that any part may have, however well it packs."""
_BLOCK: Final = 2**20


def assert_unpacks(file: IO[bytes]) -> None:
    """Unpacks every part block by block and keeps none. Sizes that the archive only states are not believed: a part
    that is longer or shorter than stated is broken. Raises ImportFileUnreadable."""
    try:
        with ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
                raise ImportFileUnreadable(reason="工作簿解压后过大")
            for part in parts:
                if part.file_size > max(_SMALL, RATIO_LIMIT * part.compress_size):
                    raise ImportFileUnreadable(reason="工作簿的压缩比异常")
                with archive.open(part) as content:
                    while content.read(_BLOCK):
                        pass
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise ImportFileUnreadable(reason="不是有效的 XLSX 工作簿") from error
