"""Large files at rest: sealed frame by frame (AES-256-GCM), so that neither end holds a film in memory.

Layout: key id, `:`, 8 random bytes, then frames of at most 1 MiB with their tags. A frame's nonce is the random bytes
with its number; number and whether it is the last are authenticated, so none can be dropped, moved or added.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.runtime.sealed import SealKeys

FRAME: Final = 2**20
_TAG: Final = 16
_PREFIX: Final = 8


class FramesDamaged(Exception):
    """The bytes are not what was sealed, or not all of it."""


async def sealed(chunks: AsyncIterator[bytes], keys: SealKeys) -> AsyncIterator[bytes]:
    key_id, key = next(iter(keys.keys.items()))
    head = key_id.encode() + b":"
    prefix = os.urandom(_PREFIX)
    yield head + prefix
    cipher, number = AESGCM(key), 0
    async for piece, is_last in _pieces(chunks, FRAME):
        yield cipher.encrypt(prefix + number.to_bytes(4), piece, _bound(head, number, is_last=is_last))
        number += 1


async def opened(chunks: AsyncIterator[bytes], keys: SealKeys) -> AsyncIterator[bytes]:
    """Raises FramesDamaged, also in the middle of the file: what came before it was right."""
    source = aiter(chunks)
    buffer = b""
    while b":" not in buffer or len(buffer) < buffer.index(b":") + 1 + _PREFIX:
        piece = await anext(source, None)
        if piece is None:
            raise FramesDamaged
        buffer += piece
    key_id, _, rest = buffer.partition(b":")
    if key_id.decode("ascii", "replace") not in keys.keys:
        raise FramesDamaged
    head, prefix = key_id + b":", rest[:_PREFIX]
    cipher, number = AESGCM(keys.keys[key_id.decode()]), 0
    async for frame, is_last in _pieces(_chained(rest[_PREFIX:], source), FRAME + _TAG):
        try:
            yield cipher.decrypt(prefix + number.to_bytes(4), frame, _bound(head, number, is_last=is_last))
        except InvalidTag as error:
            raise FramesDamaged from error
        number += 1


def _bound(head: bytes, number: int, *, is_last: bool) -> bytes:
    return head + number.to_bytes(4) + (b"L" if is_last else b"M")


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _pieces(chunks: AsyncIterator[bytes], size: int) -> AsyncIterator[tuple[bytes, bool]]:
    """Pieces of exactly `size` bytes, the last one of what is left, and which is the last; at least one."""
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        while len(buffer) > size:
            yield bytes(buffer[:size]), False
            del buffer[:size]
    yield bytes(buffer), True
