"""Primitives (密码原语), section 3 of `ssj-draw/1`: suite, lp, T, MAC, uniform_int.

Inside the domain every hash, token, nonce, share and seed is raw `bytes`; hex exists only in texts.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

Bytes32 = bytes
HASH_SIZE = 32
BLOCK_SIZE = 64


class HashState(Protocol):
    """What this module uses of a `hashlib` object."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def copy(self) -> "HashState": ...


@dataclass(frozen=True)
class Suite:
    """A hash function by its protocol name. `h(x)` is its 32-byte digest, `begin(x)` a state that has read x."""

    name: str
    h: Callable[[bytes], Bytes32] = field(compare=False, repr=False)
    begin: Callable[[bytes], HashState] = field(compare=False, repr=False)


def _sha256(data: bytes) -> Bytes32:
    return hashlib.sha256(data).digest()


@cache
def _sm3_start() -> HashState:
    """A fresh SM3 state to copy: naming the algorithm at each call costs more than the hash itself."""
    return hashlib.new("sm3")


def _sm3_begin(data: bytes) -> HashState:
    state = _sm3_start().copy()
    state.update(data)
    return state


def _sm3(data: bytes) -> Bytes32:
    return _sm3_begin(data).digest()


SHA256 = Suite("SHA-256", _sha256, hashlib.sha256)
SM3 = Suite("SM3", _sm3, _sm3_begin)
SUITES = {suite.name: suite for suite in (SHA256, SM3)}


def be4(n: int) -> bytes:
    return n.to_bytes(4, "big")


def be8(n: int) -> bytes:
    return n.to_bytes(8, "big")


def lp(*parts: str | bytes) -> bytes:
    """Length-prefixed concatenation: be4(len p) ‖ p for each part; strings as UTF-8."""
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join([be4(len(part)) + part for part in raw])


def tagged(suite: Suite, tag: str, *parts: str | bytes) -> Bytes32:
    """T(tag, p…) = H(lp(tag, p…))."""
    return suite.h(lp(tag, *parts))


def keyed(suite: Suite, key: bytes) -> Callable[[bytes], Bytes32]:
    """HMAC (RFC 2104, block 64) under one key, with both pads hashed once: half the time over many messages."""
    if len(key) > BLOCK_SIZE:
        key = suite.h(key)
    padded = key.ljust(BLOCK_SIZE, b"\0")
    inner = suite.begin(bytes(b ^ 0x36 for b in padded))
    outer = suite.begin(bytes(b ^ 0x5C for b in padded))

    def mac_of(message: bytes) -> Bytes32:
        inside, outside = inner.copy(), outer.copy()
        inside.update(message)
        outside.update(inside.digest())
        return outside.digest()

    return mac_of


def mac(suite: Suite, key: bytes, tag: str, *parts: str | bytes) -> Bytes32:
    """MAC(key, tag, p…) = HMAC with H, of lp(tag, p…)."""
    return keyed(suite, key)(lp(tag, *parts))


def uniform_int(suite: Suite, seed: Bytes32, label: str, m: int) -> int:
    """An integer uniform in 0…m−1 by rejection, section 5.2. Raises ValueError unless 1 ≤ m ≤ 2⁶³."""
    if not 1 <= m <= 2**63:
        raise ValueError(f"uniform_int: m = {m} is not in 1…2^63")
    head = lp("ssj1/int", seed, label) + be4(8)
    limit = 2**64 - 2**64 % m
    j = 0
    while True:
        x = int.from_bytes(suite.h(head + be8(j))[:8], "big")
        if x < limit:
            return x % m
        j += 1
