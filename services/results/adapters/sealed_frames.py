"""Large files at rest, as streams of the blocks that `shared.runtime.sealed` seals: no end holds a film in memory.

Layout: key id, `:`, then the sealed blocks of at most 1 MiB each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from cryptography.exceptions import InvalidTag

from shared.runtime.sealed import BLOCK_OVERHEAD, SALT, BlockOpener, BlockSealer, SealKeys

FRAME: Final = 2**20


class FramesDamaged(Exception):
    """The bytes are not what was sealed, or not all of it."""


async def sealed(chunks: AsyncIterator[bytes], keys: SealKeys) -> AsyncIterator[bytes]:
    sealer = BlockSealer(keys)
    yield sealer.key_id.encode() + b":"
    async for piece, is_last in _pieces(chunks, FRAME):
        yield sealer.seal_next(piece, is_last=is_last)


async def opened(chunks: AsyncIterator[bytes], keys: SealKeys) -> AsyncIterator[bytes]:
    """Raises FramesDamaged, also in the middle of the file: what came before it was right."""
    source = aiter(chunks)
    buffer = b""
    while b":" not in buffer:
        piece = await anext(source, None)
        if piece is None:
            raise FramesDamaged
        buffer += piece
    key_id, _, rest = buffer.partition(b":")
    if (name := key_id.decode("ascii", "replace")) not in keys.keys:
        raise FramesDamaged
    opener = BlockOpener(keys, name)
    async for block, is_last in _pieces(_chained(rest, source), FRAME + BLOCK_OVERHEAD, before_first=SALT):
        try:
            yield opener.open_block(block, is_last=is_last)
        except InvalidTag as error:
            raise FramesDamaged from error


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _pieces(chunks: AsyncIterator[bytes], size: int, before_first: int = 0) -> AsyncIterator[tuple[bytes, bool]]:
    """Pieces of exactly `size` bytes (the first longer by `before_first`), the last one of what is left, and which is
    the last; at least one."""
    buffer, wanted = bytearray(), size + before_first
    async for chunk in chunks:
        buffer += chunk
        while len(buffer) > wanted:
            yield bytes(buffer[:wanted]), False
            del buffer[:wanted]
            wanted = size
    yield bytes(buffer), True
