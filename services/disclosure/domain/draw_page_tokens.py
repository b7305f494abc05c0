"""Tokens (标识) of a frozen pool: the root that the commitment names, where one token stands (sections 3, 5.4, 7)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from services.disclosure.domain.draw_page_documents import hash_of
from shared.values.errors import Invalid, Refused

SIZE: Final = 32
CHUNK: Final = 256
"""Tokens in a leaf of the tree."""


class TokensAltered(Refused):
    """A token file that is not the one committed to is never shown."""

    message = "分层 {stratum} 的名册标识与承诺书不符"


class TokenMalformed(Invalid):
    message = "标识应为 64 位十六进制字符（数字和小写字母 a 至 f）"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Inclusion proof (包含证明) of section 3."""

    stratum: str
    token: str
    chunk_index: int
    chunk: str
    path: tuple[str, ...]


def read_token(typed: str) -> bytes:
    """Raises TokenMalformed."""
    try:
        token = bytes.fromhex("".join(typed.split()))
    except ValueError as error:
        raise TokenMalformed from error
    if len(token) != SIZE:
        raise TokenMalformed
    return token


def check_tokens(suite: str, stratum: str, size: int, root: str, raw: bytes) -> None:
    """Raises TokensAltered unless `raw` is the file behind size and root."""
    if len(raw) != size * SIZE or root_of(suite, raw).hex() != root:
        raise TokensAltered(stratum=stratum)


def root_of(suite: str, raw: bytes) -> bytes:
    """Merkle root (RFC 6962) over chunks of 256 tokens."""
    return _root(suite, [_leaf(suite, chunk) for chunk in _chunks(raw)])


def prove(suite: str, stratum: str, raw: bytes, token: bytes) -> Inclusion | None:
    """None: the token is not in the file. Tokens increase, so it is found by halving."""
    at = _position(raw, token)
    if at is None:
        return None
    chunks = _chunks(raw)
    index = at // CHUNK
    path = _path(suite, [_leaf(suite, chunk) for chunk in chunks], index)
    return Inclusion(stratum, token.hex(), index, chunks[index].hex(), tuple(node.hex() for node in path))


def ticket_of(suite: str, seed: bytes, group: str, token: bytes) -> bytes:
    """The ticket (签号) of a token: H(A ‖ token), A = T("ssj1/ticket", seed, group)."""
    parts = (b"ssj1/ticket", seed, group.encode())
    prefix = hash_of(suite, b"".join(struct.pack(">I", len(part)) + part for part in parts))
    return hash_of(suite, prefix + token)


def _position(raw: bytes, token: bytes) -> int | None:
    low, high = 0, len(raw) // SIZE
    while low < high:
        middle = (low + high) // 2
        found = raw[middle * SIZE : (middle + 1) * SIZE]
        if found == token:
            return middle
        low, high = (middle + 1, high) if found < token else (low, middle)
    return None


def _chunks(raw: bytes) -> list[bytes]:
    step = CHUNK * SIZE
    return [raw[at : at + step] for at in range(0, len(raw), step)]


def _leaf(suite: str, chunk: bytes) -> bytes:
    return hash_of(suite, b"\0" + chunk)


def _node(suite: str, left: bytes, right: bytes) -> bytes:
    return hash_of(suite, b"\1" + left + right)


def _root(suite: str, leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else hash_of(suite, b"")
    split = _split(len(leaves))
    return _node(suite, _root(suite, leaves[:split]), _root(suite, leaves[split:]))


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return int(1 << ((count - 1).bit_length() - 1))


def _path(suite: str, leaves: list[bytes], index: int) -> list[bytes]:
    """From leaf to root."""
    if len(leaves) < 2:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*_path(suite, leaves[:split], index), _root(suite, leaves[split:])]
    return [*_path(suite, leaves[split:], index - split), _root(suite, leaves[:split])]
