"""Personal fields at rest: `Sealed` columns are AES-256-GCM with the key's id in front, so keys can rotate.

The key file holds `<key id> <base64 of 32 bytes>` lines; the first seals, all open.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_NONCE = 12


@dataclass(frozen=True, slots=True)
class SealKeys:
    """Keys by id, the current one first."""

    keys: dict[str, bytes]

    @classmethod
    def load(cls, path: Path) -> SealKeys:
        lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
        return cls({key_id: base64.b64decode(value) for key_id, value in lines})

    def seal(self, text: str) -> bytes:
        key_id, key = next(iter(self.keys.items()))
        nonce = os.urandom(_NONCE)
        head = key_id.encode() + b":"
        return head + nonce + AESGCM(key).encrypt(nonce, text.encode(), head)

    def open(self, sealed: bytes) -> str:
        """Raises KeyError for a key that was retired too early, InvalidTag for altered bytes."""
        key_id, _, rest = sealed.partition(b":")
        key = self.keys[key_id.decode()]
        return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], key_id + b":").decode()


_TAG: Final = 16
SALT: Final = _NONCE
"""Bytes before the first block of a content."""
BLOCK_OVERHEAD: Final = _NONCE + _TAG
"""Bytes by which a sealed block is longer than what it holds."""


class BlockSealer:
    """Seals a long content block by block under the current key. A block's place and whether it is the last are sealed
    with it, so that blocks can neither be exchanged nor left out."""

    def __init__(self, keys: SealKeys) -> None:
        self.key_id, key = next(iter(keys.keys.items()))
        self._cipher, self._salt, self._place = AESGCM(key), os.urandom(_NONCE), 0

    def seal_next(self, block: bytes, *, is_last: bool) -> bytes:
        about = _about(self.key_id, self._salt, self._place, is_last)
        first = self._salt if self._place == 0 else b""
        self._place += 1
        nonce = os.urandom(_NONCE)
        return first + nonce + self._cipher.encrypt(nonce, block, about)


class BlockOpener:
    """Opens what a `BlockSealer` made."""

    def __init__(self, keys: SealKeys, key_id: str) -> None:
        self._key_id, self._cipher = key_id, AESGCM(keys.keys[key_id])
        self._salt, self._place, self._is_over = b"", 0, False

    def open_next(self, file: BufferedReader[Any], size: int) -> bytes:
        """The next block of at most `size` bytes, empty at the end. Raises InvalidTag for what was altered or cut."""
        if self._is_over:
            return b""
        sealed = file.read(size + BLOCK_OVERHEAD + (SALT if self._place == 0 else 0))
        return self.open_block(sealed, is_last=not file.peek(1))

    def open_block(self, sealed: bytes, *, is_last: bool) -> bytes:
        """What `seal_next` gave, the first with its salt. Raises InvalidTag for what was altered, moved or cut."""
        if self._place == 0:
            self._salt, sealed = sealed[:SALT], sealed[SALT:]
        if len(sealed) < BLOCK_OVERHEAD:
            raise InvalidTag
        about = _about(self._key_id, self._salt, self._place, is_last)
        self._place, self._is_over = self._place + 1, is_last
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about)


def _about(key_id: str, salt: bytes, place: int, is_last: bool) -> bytes:
    return b"%b:%b:%d:%d" % (key_id.encode(), salt, place, is_last)


_current: SealKeys | None = None


def use_seal_keys(keys: SealKeys) -> None:
    """Called once by the composition root of a process."""
    global _current
    _current = keys


def seal_keys() -> SealKeys:
    if _current is None:
        raise RuntimeError("no seal keys: the composition root has not called use_seal_keys")
    return _current


class Sealed(TypeDecorator[str]):
    """A text column that the database never sees in the clear."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else seal_keys().seal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else seal_keys().open(bytes(value))


def masked(value: str | None) -> str | None:
    """What others see of a sealed field: the first three and last two characters of a long one, else nothing."""
    if value is None:
        return None
    return value[:3] + "*" * (len(value) - 5) + value[-2:] if len(value) > 7 else "*" * len(value)
