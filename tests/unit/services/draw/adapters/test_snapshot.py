"""A snapshot is believed whole or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.draw.adapters.snapshot import SnapshotBatch, SnapshotDamaged, SnapshotReader
from tests.builders.draw import a_registry, snapshot_bytes

REGISTRY = a_registry(objects=30, officers=2)
CONTENT = snapshot_bytes(REGISTRY.objects, REGISTRY.inspectors)


async def pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def read(content: bytes, size: int = 50) -> tuple[SnapshotReader, SnapshotBatch]:
    reader = SnapshotReader(pieces(content, size))
    whole = SnapshotBatch()
    async for batch in reader.batches():
        whole.objects += batch.objects
        whole.inspectors += batch.inspectors
    return reader, whole


@pytest.mark.parametrize("size", [1, 7, 50, 100_000])
async def test_rows_are_read_whatever_the_pieces_they_come_in(size: int) -> None:
    reader, found = await read(CONTENT, size)
    assert [str(one.entity_id) for one in found.objects] == [row["entity_id"] for row in REGISTRY.objects]
    assert len(found.inspectors) == len(REGISTRY.inspectors)
    assert reader.feed["last_change_set_id"]
    assert len(reader.digest) == 32


def _without_a_row() -> bytes:
    lines = CONTENT.splitlines(keepends=True)
    return b"".join(lines[:5] + lines[6:])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        CONTENT[:-1][: CONTENT.rindex(b"\n{")],
        _without_a_row(),
        CONTENT.replace("宏远3".encode(), "宏远4".encode(), 1),
        CONTENT + CONTENT.splitlines(keepends=True)[1],
        CONTENT.replace(b'"class"', b'"klass"', 1),
        b"[1]\n" + CONTENT,
    ],
)
async def test_a_torn_or_altered_stream_is_refused(content: bytes) -> None:
    with pytest.raises(SnapshotDamaged):
        await read(content)
