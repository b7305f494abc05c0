"""Personal fields at rest: `Sealed` columns are AES-256-GCM with the key's id in front, so keys can rotate.

The key file holds `<key id> <base64 of 32 bytes>` lines; the first seals, all open.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
